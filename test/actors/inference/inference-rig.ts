import { readFileSync } from 'node:fs';
import { createActor, waitFor } from 'xstate';
import {
  createInferenceActors,
  type InferenceActorsDeps,
} from '../../../actors/inference/create-inference.ts';
import { inferenceMachine } from '../../../machines/inference/machine.ts';
import type { InferenceTimings } from '../../../machines/inference/protocol.ts';
import { createModelQueue } from '../../../src/lib/inference/model-queue.ts';
import type { QueueLimits } from '../../../src/lib/inference/job-queue.ts';
import type { ModelSources } from '../../../src/lib/inference/survey-models.ts';
import type { ModelRole } from '../../../src/lib/inference/work.ts';
import { until } from '../../helpers/daemon.ts';

export interface RigOptions {
  models: ModelSources['models'];
  modelsDir?: string;
  /** Folder with the encoder that the build makes. Default: none is wanted. */
  builtInDir?: string;
  cacheDir?: string;
  /** Allows downloads from there. */
  hub?: string;
  deadlineMs?: number;
  timings?: Partial<InferenceTimings>;
  limits?: Partial<QueueLimits>;
  ageLimits?: NonNullable<InferenceActorsDeps['ageLimits']>;
}

const stops: (() => Promise<void>)[] = [];

/** Stops what `startInference` has started. */
export async function stopInference(): Promise<void> {
  await Promise.all(stops.splice(0).map((stop) => stop()));
}

/** The machine of the models with its real actors and processes. */
export function startInference(options: RigOptions) {
  const queue = createModelQueue(options.limits);
  const changes: string[] = [];
  queue.inference.onChange(() => changes.push(JSON.stringify(queue.states())));
  const logic = inferenceMachine.provide({
    actors: createInferenceActors({
      queue,
      env: process.env,
      sources: {
        models: options.models,
        builtInDir: options.builtInDir ?? null,
        modelsDir: options.modelsDir ?? null,
        cacheDir: options.cacheDir ?? '/nowhere',
        allowDownload: options.hub !== undefined,
        hub: options.hub ?? 'http://nowhere.invalid',
      },
      ...(options.ageLimits === undefined ? {} : { ageLimits: options.ageLimits }),
    }),
  });
  const actor = createActor(logic, {
    input: { deadlineMs: options.deadlineMs ?? 60_000, timings: { backoffMinMs: 50, ...options.timings } },
  });
  actor.start();
  stops.push(async () => {
    if (actor.getSnapshot().status !== 'active') return;
    actor.send({ type: 'child.stop' });
    await waitFor(actor, ({ status }) => status === 'done', { timeout: 30_000 });
  });
  return {
    actor,
    queue,
    changes,
    inference: queue.inference,
    becomes: (role: ModelRole, state: string) =>
      until(`the ${role} is ${state}`, () => queue.states()[role].state === state, 60_000),
    pid: inferencePid,
  };
}

/** The pid of the inference process that descends from this process, or undefined where there is none. */
export function inferencePid(parent: number = process.pid): number | undefined {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ').filter(Boolean);
  const found = children.find((pid) => /inference.child/.test(commandLine(pid)));
  return found === undefined ? undefined : Number(found);
}

/** Empty for a process that has gone since it was listed. */
function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
