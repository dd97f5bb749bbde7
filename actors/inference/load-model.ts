import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { env, LogLevel } from '@huggingface/transformers';
import { NinjadError } from '../../src/lib/errors.ts';
import { weightsFile } from '../../src/lib/inference/find-model.ts';
import type { ModelPlan } from '../../src/lib/inference/survey-models.ts';
import type { ModelRole, Work, WorkItem } from '../../src/lib/inference/work.ts';
import { loadEmbedder } from './embedder.ts';
import { loadNer } from './ner.ts';
import type { LoadOptions } from './pretrained.ts';
import { loadReranker } from './reranker.ts';

/** A model in memory. */
export interface LoadedModel {
  /** `<org>/<name>`, for an encoder followed by `@` and the first half of a digest of its weights. */
  model: string;
  /** The length of an embedder's vectors. */
  dimensions: number | undefined;
  compute(work: Work, items: readonly WorkItem[]): Promise<unknown[]>;
}

const digestChars = 12;

/** It would print the texts that it could not compute. */
env.logLevel = LogLevel.NONE;

/**
 * Loads a model, from the hub where the plan says so. `onPercent` hears how much of its files is there, each whole
 * percent once. Throws the errors of transformers.js, the tokenizer or the ONNX runtime, and where the model cannot
 * serve its role.
 */
export async function loadModel(plan: ModelPlan, onPercent: (percent: number) => void): Promise<LoadedModel> {
  const { role, model, precision, from } = plan;
  const folder = from.kind === 'folder' ? from.folder : join(from.cacheDir, model);
  if (from.kind === 'hub') await removeCutOffDownloads(folder);
  prepare(plan);
  const options: LoadOptions = {
    name: from.kind === 'folder' ? folder : model,
    model,
    dtype: precision,
    progress: wholePercents(onPercent),
  };
  const loaded = await loaders[role](options);
  if (role !== 'embedder' && role !== 'builtIn') return { model, ...loaded };
  const digest = await digestOf(join(folder, weightsFile[precision]));
  return { model: `${model}@${digest}`, ...loaded };
}

/** True for a failure to load that time may heal: a network's, not a broken file's. */
export function mayHeal({ from }: ModelPlan, thrown: unknown): boolean {
  if (from.kind === 'folder') return false;
  const { cause, message } = thrown as { cause?: unknown; message?: unknown };
  return (
    cause !== undefined || /fetch|network|terminated|could not locate|error \(\d+\)/i.test(String(message))
  );
}

const loaders: Record<ModelRole, (options: LoadOptions) => Promise<Omit<LoadedModel, 'model'>>> = {
  builtIn: loadEmbedder,
  embedder: loadEmbedder,
  reranker: loadReranker,
  ner: loadNer,
};

/** transformers.js has one global configuration; models are loaded one after the other. */
function prepare({ from }: ModelPlan): void {
  const isRemote = from.kind === 'hub';
  env.allowRemoteModels = isRemote;
  env.allowLocalModels = !isRemote;
  env.useFSCache = isRemote;
  if (!isRemote) return;
  env.remoteHost = from.hub.endsWith('/') ? from.hub : `${from.hub}/`;
  env.cacheDir = from.cacheDir;
}

/** A download that a predecessor was killed over is never taken up again. */
async function removeCutOffDownloads(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const leftovers = names.filter((name) => /\.tmp\.\d+\./.test(name));
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { force: true })));
}

function wholePercents(onPercent: (percent: number) => void): LoadOptions['progress'] {
  let last = -1;
  return (info) => {
    if (info.status !== 'progress_total') return;
    const percent = Math.floor(info.progress);
    if (percent <= last) return;
    last = percent;
    onPercent(percent);
  };
}

/** Two sets of weights under one name are two vector spaces. */
async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (thrown) {
    throw new NinjadError('MODEL_UNREADABLE', `${file} cannot be read`, { cause: thrown });
  }
  return hash.digest('hex').slice(0, digestChars);
}
