import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import Bree from 'bree';
import type { HomePaths } from '../../src/lib/config/paths.ts';
import { SECOND } from '../../src/lib/time.ts';
import type { ProgramEnd as ToldEnd } from '../../src/sensors/look.ts';
import type { OwnEnd, SensorWork, WorkDone } from '../../src/sensors/work.ts';
import { runEntry, startWorker } from '../threads/thread.ts';
import type { BenchMessage, ProgramWish, WorkerInput } from './bench-messages.ts';

/** Where sensors are at work: each look in a worker of its own, which Bree starts, times and ends. */
export interface Bench {
  /**
   * Rejects where the look throws, where its worker dies or takes longer than the work allows, and where `signal` aborts;
   * whatever it has started is ended by then.
   */
  run(work: SensorWork, look: Look): Promise<WorkDone>;
}

/** What a look needs of the daemon. */
export interface Look {
  timeoutMs: number;
  signal: AbortSignal;
  /** Runs a program of a sensor that ships. */
  run: (wish: ProgramWish, signal: AbortSignal) => Promise<ToldEnd>;
  /** Runs the owner's program. */
  runOwn: (signal: AbortSignal) => Promise<OwnEnd>;
}

export interface BenchDeps {
  paths: HomePaths;
  /** Where the kernel tells of itself. Default `/proc` and `/sys`. */
  roots?: { proc: string; sys: string };
}

const entry = new URL('./sensor-worker.ts', import.meta.url);
const maxHeapMib = 192;
/** Bree ends a worker this long after the look should have ended by itself; a busy machine takes seconds to load one. */
const lastResortMs = 8 * SECOND;

/** See `Bench`. */
export function createBench({ paths, roots = { proc: '/proc', sys: '/sys' } }: BenchDeps): Bench {
  const bree = new Bree({
    root: false,
    doRootCheck: false,
    logger: false,
    timeout: false,
    // Whoever asked for the run hears of its faults.
    errorHandler: () => undefined,
    workerMessageHandler: () => undefined,
  });
  bree.createWorker = (_, options) => startWorker(entry, options);
  let runs = 0;
  const gone = new Map<string, () => void>();
  bree.on('worker deleted', (name: string) => gone.get(name)?.());

  return {
    async run(work, look) {
      look.signal.throwIfAborted();
      runs += 1;
      // A name of its own for each run: a worker that does not end never keeps the next one away.
      const name = `look-${runs}`;
      const workerData: WorkerInput = { work, paths, roots, timeoutMs: look.timeoutMs };
      const graceMs = work.what === 'own' ? 20 * SECOND : 0;
      await bree.add({
        name,
        path: fileURLToPath(runEntry(entry)),
        closeWorkerAfterMs: look.timeoutMs + graceMs + lastResortMs,
        worker: { workerData, resourceLimits: { maxOldGenerationSizeMb: maxHeapMib } },
      });
      const over = new AbortController();
      const deleted = new Promise<void>((resolve) => gone.set(name, resolve));
      await bree.run(name);
      const worker = bree.workers.get(name);
      try {
        if (worker === undefined) throw new Error('the worker did not start');
        return await doneBy(worker, look, over.signal);
      } catch (thrown) {
        // After its last word Bree ends a worker itself, and takes away whoever waits for its exit.
        void worker?.terminate();
        throw thrown;
      } finally {
        over.abort();
        if (worker !== undefined) await deleted;
        gone.delete(name);
        await bree.remove(name);
      }
    },
  };
}

function doneBy(worker: Worker, look: Look, over: AbortSignal): Promise<WorkDone> {
  const running = new Set<Promise<unknown>>();
  const ends = AbortSignal.any([look.signal, over]);
  const answer = async (id: number, asked: Promise<unknown>): Promise<void> => {
    running.add(asked);
    worker.postMessage({ id, answer: await asked });
    running.delete(asked);
  };
  return new Promise<WorkDone>((resolve, reject) => {
    worker.on('message', (message: BenchMessage | 'done') => {
      if (message === 'done') return;
      if ('done' in message) resolve(message.done);
      else if ('failed' in message) reject(new Error(message.failed));
      else if ('wish' in message) void answer(message.id, look.run(message.wish, ends));
      else void answer(message.id, look.runOwn(ends));
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error(`it took longer than ${look.timeoutMs / SECOND} s`)));
    look.signal.addEventListener('abort', () => reject(new Error('it was called off')), {
      once: true,
      signal: over,
    });
  }).finally(async () => {
    // Nothing that it has started outlives the look.
    await Promise.all(running);
  });
}
