import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AutoTokenizer, env } from '@huggingface/transformers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadEmbedder } from '../../../../actors/inference/embedder.ts';
import { builtInModel } from '../../../../src/lib/inference/built-in/built-in-model.ts';
import { readGraphWeights } from '../../../../src/lib/inference/built-in/graph-model.ts';
import { makeBuiltIn, sourceFolder } from '../../../../src/lib/inference/built-in/make-built-in.ts';
import { tempDir } from '../../../helpers/temp-dir.ts';
import { interpretGraph } from './interpret-graph.ts';

const source = sourceFolder() ?? '';
let modelsDir: string;
let folder: string;
beforeAll(async () => {
  modelsDir = mkdtempSync(join(tmpdir(), 'ninjad-built-in-'));
  folder = join(modelsDir, builtInModel);
  expect(await makeBuiltIn(modelsDir)).toEqual({ outcome: 'made', folder });
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
});

afterAll(() => rmSync(modelsDir, { recursive: true, force: true }));

const load = () =>
  loadEmbedder({ name: folder, model: builtInModel, dtype: 'q8', progress: () => undefined });
const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [dot, lengthOfA, lengthOfB] = [0, 0, 0];
  for (let at = 0; at < a.length; at += 1) {
    dot += (a[at] ?? 0) * (b[at] ?? 0);
    lengthOfA += (a[at] ?? 0) ** 2;
    lengthOfB += (b[at] ?? 0) ** 2;
  }
  return dot / Math.sqrt(lengthOfA * lengthOfB);
};

const sentences = [
  'hello',
  'The spare key is with Ulla in the blue house.',
  'Who has the spare key?',
  'backup of nas-02 failed at 03:15 (ERR-4711); restic ran out of memory, a restart helped',
  'Colons: they have no score in the vocabulary :)',
];
/** As many tokens as the window has. */
const long = sentences.join(' ').repeat(4);

describe('the built-in encoder', () => {
  it('has a cosine of 0.999 at least to the original graph, computed in float', async () => {
    const { compute } = await load();
    const tokenizer = await AutoTokenizer.from_pretrained(folder);
    const original = interpretGraph(join(source, 'dist'), await readGraphWeights(join(source, 'dist')));
    for (const text of [...sentences, long]) {
      const { input_ids: all } = tokenizer(text, { return_tensor: false, add_special_tokens: false }) as {
        input_ids: number[];
      };
      const ids = all.slice(0, 128);
      const { data } = original({
        indices: { shape: [ids.length, 2], data: ids.flatMap((_, at) => [0, at]) },
        values: { shape: [ids.length], data: ids },
      });
      const [ours] = (await compute('passage', [[text]])) as [Float32Array];
      expect(cosine(ours, data), text.slice(0, 60)).toBeGreaterThan(0.999);
    }
  });

  it('gives a text the same vector alone and in a batch with longer ones', async () => {
    const { compute } = await load();
    const [alone] = (await compute('passage', [[sentences[1] ?? '']])) as [Float32Array];
    const [together] = (await compute('passage', [[sentences[1] ?? ''], [long]])) as [Float32Array];
    expect(cosine(alone, together)).toBeGreaterThan(0.99999);
  });

  it('puts near what means the same, and away what does not', async () => {
    const { compute } = await load();
    const [question, answer, other] = (await compute('query', [
      ['Where do I find a spare key for the house?'],
      [sentences[1] ?? ''],
      ['The build server ran out of disk space.'],
    ])) as [Float32Array, Float32Array, Float32Array];
    expect(cosine(question, answer)).toBeGreaterThan(cosine(question, other) + 0.2);
  });

  it('does not judge what it does not know', async () => {
    const { compute } = await load();
    const vectors = await compute('query', [
      ['备用钥匙在谁那里？'],
      ['合鍵は誰が持っていますか'],
      ['أين المفتاح الاحتياطي'],
      ['где запасной ключ?'],
      ['ß↯∮⌘ ⟁⟁'],
      ['Who is 田中?'],
      ['spare key'],
    ]);
    expect(vectors.map((vector) => vector.some((value) => value !== 0))).toEqual([
      ...[false, false, false, false, false],
      ...[true, true],
    ]);
  });

  it('brings its licence, says where it comes from, and is small', () => {
    expect(readFileSync(join(folder, 'LICENSE'), 'utf8')).toContain('Apache License');
    expect(readFileSync(join(folder, 'ORIGIN'), 'utf8')).toContain(
      'Universal Sentence Encoder lite by Google',
    );
    expect(statSync(join(folder, 'onnx', 'model_quantized.onnx')).size).toBeLessThan(7_500_000);
  });
});

describe('making it', () => {
  it('is left out where it is up to date, and done again where its files are of another version', async () => {
    expect(await makeBuiltIn(modelsDir)).toEqual({ outcome: 'up to date', folder });
    writeFileSync(join(folder, 'made-of.json'), '{}');
    expect(await makeBuiltIn(modelsDir)).toEqual({ outcome: 'made', folder });
    expect(await makeBuiltIn(modelsDir)).toEqual({ outcome: 'up to date', folder });
  });

  it('says where the package is absent, and leaves what is there', async () => {
    const empty = tempDir();
    mkdirSync(join(empty, 'kept'));
    expect(await makeBuiltIn(empty, null)).toEqual({ outcome: 'absent' });
    expect(readdirSync(empty)).toEqual(['kept']);
  });

  it('names the weight that is missing', async () => {
    const broken = tempDir();
    const manifest = { modelTopology: { node: [] }, weightsManifest: [{ paths: [], weights: [] }] };
    mkdirSync(join(broken, 'dist'));
    writeFileSync(join(broken, 'package.json'), '{"version":"0"}');
    writeFileSync(join(broken, 'dist', 'model.json'), JSON.stringify(manifest));
    await expect(makeBuiltIn(tempDir(), broken)).rejects.toThrow(/expected a weight .* got none/);
  });
});
