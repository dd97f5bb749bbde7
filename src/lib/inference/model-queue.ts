import { InferenceAwayError, InferenceBusyError, InferenceDeadlineError, NinjadError } from '../errors.ts';
import { clipText } from './clip-text.ts';
import { describeModel } from './describe-model.ts';
import type { Inference, ModelStates } from './inference.ts';
import { createJobQueue, type Job, type QueueLimits } from './job-queue.ts';
import { type Batch, type ModelRole, roleOf, type Work, type WorkItem, type WorkResults } from './work.ts';

/**
 * Queue of requests for the process that computes them. It outlives every such process: the owner of one reports the
 * states of the models here, takes batches and brings their results.
 */
export interface ModelQueue {
  /** The side that everybody else sees. */
  readonly inference: Inference;
  states(): Readonly<ModelStates>;
  setState<Role extends ModelRole>(role: Role, state: ModelStates[Role]): void;
  /** Calls the listener each time something was put in, and returns the function that stops it. */
  onWork(listener: () => void): () => void;
  /** The next batch, the most urgent first. */
  take(): Batch | undefined;
  answer(batchId: number, results: readonly unknown[]): void;
  /** The models could not do with a batch, in a sentence. */
  fail(batchId: number, reason: string): void;
  /**
   * The process is gone or given up: all waiting requests are rejected with the reason, a sentence. If it took too
   * long, those whose items it had get `InferenceDeadlineError`, all others `InferenceAwayError`.
   */
  abandon(reason: string, wasTooSlow: boolean): void;
  /** Number of items that wait. */
  depth(): number;
}

/**
 * A query may have to wait for one batch. Larger ones are no faster a text: 343 a second in a bulk import with all-MiniLM-L6-v2, and 318
 * with 32 items and 1,024 tokens, behind which a query waited for up to 50 ms.
 */
const defaultLimits: QueueLimits = { capacity: 2_000, batchItems: 8, batchTokens: 256 };

const workOf = {
  embedder: { query: 'query', passage: 'passage' },
  builtIn: { query: 'builtInQuery', passage: 'builtInPassage' },
} as const;

/** See `ModelQueue`. All models are `loading` at first. */
export function createModelQueue(limits: Partial<QueueLimits> = {}): ModelQueue {
  const jobs = createJobQueue({ ...defaultLimits, ...limits });
  const states: ModelStates = {
    builtIn: { state: 'loading', percent: null },
    embedder: { state: 'loading', percent: null },
    reranker: { state: 'loading', percent: null },
    ner: { state: 'loading', percent: null },
  };
  const changeListeners = new Set<() => void>();
  const workListeners = new Set<() => void>();

  async function submit<Kind extends Work>(
    work: Kind,
    items: readonly WorkItem[],
    signal: AbortSignal,
  ): Promise<WorkResults[Kind][]> {
    signal.throwIfAborted();
    const role = roleOf(work);
    if (states[role].state !== 'ready') throw new InferenceAwayError(describeModel(role, states[role]));
    if (items.length === 0) return [];
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        jobs.forget(job);
        reject(signal.reason as Error);
      };
      const job: Job = {
        work,
        items,
        resolve(results) {
          signal.removeEventListener('abort', onAbort);
          resolve(results as WorkResults[Kind][]);
        },
        reject(error) {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      if (!jobs.push(job)) {
        reject(new InferenceBusyError(`${jobs.depth()} texts wait for the models already`));
        return;
      }
      signal.addEventListener('abort', onAbort, { once: true });
      for (const listener of workListeners) listener();
    });
  }

  const single = (text: string): WorkItem => [clipText(text)];
  return {
    inference: {
      builtIn: () => states.builtIn,
      embedder: () => states.embedder,
      reranker: () => states.reranker,
      ner: () => states.ner,
      embed: (texts, { kind, by = 'embedder', signal }) =>
        submit(workOf[by][kind], texts.map(single), signal),
      async rerank(query, passages, { signal }) {
        const clipped = clipText(query);
        return submit(
          'pair',
          passages.map((passage) => [clipped, clipText(passage)]),
          signal,
        );
      },
      async entities(texts, { signal }) {
        const found = await submit('names', texts.map(single), signal);
        return found.map((names, index) =>
          names.map((name) => ({ ...name, text: (texts[index] ?? '').slice(name.start, name.end) })),
        );
      },
      onChange(listener) {
        changeListeners.add(listener);
        return () => void changeListeners.delete(listener);
      },
    },
    states: () => states,
    setState(role, state) {
      if (JSON.stringify(states[role]) === JSON.stringify(state)) return;
      states[role] = state;
      for (const listener of changeListeners) listener();
    },
    onWork(listener) {
      workListeners.add(listener);
      return () => void workListeners.delete(listener);
    },
    take: () => jobs.take(),
    answer: (batchId, results) => jobs.answer(batchId, results),
    fail: (batchId, reason) => jobs.fail(batchId, new NinjadError('INFERENCE_FAILED', reason)),
    abandon(reason, wasTooSlow) {
      const { running, waiting } = jobs.drain();
      for (const job of running)
        job.reject(wasTooSlow ? new InferenceDeadlineError(reason) : new InferenceAwayError(reason));
      for (const job of waiting) job.reject(new InferenceAwayError(reason));
    },
    depth: () => jobs.depth(),
  };
}
