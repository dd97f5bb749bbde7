import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createActor, waitFor } from 'xstate';
import { createInferenceActors } from '../../actors/inference/create-inference.ts';
import { inferenceMachine } from '../../machines/inference/machine.ts';
import { builtInModel, builtInModelsDir } from '../../src/lib/inference/built-in/built-in-model.ts';
import { describeModel } from '../../src/lib/inference/describe-model.ts';
import { findModel } from '../../src/lib/inference/find-model.ts';
import { createModelQueue, type ModelQueue } from '../../src/lib/inference/model-queue.ts';
import type { Inference } from '../../src/lib/inference/inference.ts';
import { withoutModels } from '../../src/lib/inference/without-models.ts';

/** The models of a run. */
export interface BenchModels {
  inference: Inference;
  remarks: string[];
  stop: () => Promise<void>;
}

/** Which models, by their names on the hub; null for none. */
export interface ModelNames {
  embedder: string | null;
  reranker: string | null;
}

const roles = ['embedder', 'reranker'] as const;
const batchDeadlineMs = 120_000;
const loadMs = 10 * 60_000;
const stopMs = 30_000;

/** True where the build has made the built-in encoder. */
export async function isBuiltInThere(): Promise<boolean> {
  return (await findModel(builtInModelsDir(), builtInModel)).kind === 'complete';
}

/** The embedders in a folder of the hub's layout, by name; `but` names one of another folder with the same weights. */
export async function embeddersIn(modelsDir: string, but?: string): Promise<string[]> {
  const found: string[] = [];
  for (const organisation of foldersIn(modelsDir))
    for (const name of foldersIn(join(modelsDir, organisation))) {
      const model = `${organisation}/${name}`;
      if (but !== undefined && basename(but) === name) continue;
      if ((await findModel(modelsDir, model)).kind === 'complete' && isEmbedder(join(modelsDir, model)))
        found.push(model);
    }
  return found.sort();
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

/** Models that classify, such as a reranker, are called `…ForSequenceClassification` and the like. */
function isEmbedder(folder: string): boolean {
  const { architectures = [] } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as {
    architectures?: string[];
  };
  return architectures.every((name) => !name.includes('For'));
}

/** No models at all. */
export function noModels(): BenchModels {
  return {
    inference: withoutModels,
    remarks: [],
    stop: () => Promise.resolve(),
  };
}

/**
 * Embedder and reranker from a folder of the hub's layout, in the daemon's own inference process. Nothing is downloaded.
 * Rejects, with the process ended, where one cannot be loaded: figures of half the models would mislead.
 */
export async function modelsIn(modelsDir: string, names: ModelNames): Promise<BenchModels> {
  const queue = createModelQueue();
  const logic = inferenceMachine.provide({
    actors: createInferenceActors({
      queue,
      env: process.env,
      sources: {
        models: { ...names, ner: null },
        builtInDir: null,
        modelsDir,
        cacheDir: modelsDir,
        allowDownload: false,
        hub: 'http://localhost.invalid',
      },
    }),
  });
  const actor = createActor(logic, { input: { deadlineMs: batchDeadlineMs } });
  const stop = async (): Promise<void> => {
    actor.send({ type: 'child.stop' });
    await waitFor(actor, ({ status }) => status === 'done', { timeout: stopMs });
  };
  actor.start();
  try {
    await settled(queue);
    const missing = roles.filter((role) => names[role] !== null && queue.states()[role].state !== 'ready');
    if (missing.length > 0)
      throw new Error(
        `${modelsDir}: ${missing.map((role) => describeModel(role, queue.states()[role])).join('; ')}`,
      );
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return { inference: queue.inference, remarks: [], stop };
}

/** Until neither model is loading any more. */
function settled(queue: ModelQueue): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = AbortSignal.timeout(loadMs);
    const look = (): void => {
      if (roles.some((role) => queue.states()[role].state === 'loading')) return;
      stopListening();
      resolve();
    };
    const stopListening = queue.inference.onChange(look);
    late.addEventListener('abort', () => {
      stopListening();
      reject(new Error(`the models took longer than ${loadMs / 60_000} minutes to load`));
    });
    look();
  });
}
