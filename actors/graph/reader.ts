import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ExtractionLimits } from '../../src/lib/graph/extract.ts';
import type { EntityName, Extraction } from '../../src/lib/graph/extraction.ts';
import type { Reader } from '../../src/lib/graph/learn.ts';
import type { Inference, NamedEntity } from '../../src/lib/inference/inference.ts';
import type { Trust } from '../../src/lib/recall/trust.ts';
import type { ReaderTask } from './reader-worker.ts';

export interface ReaderDeps {
  /** The models, where there are some: names that the NER model sees are taken too. */
  inference?: Pick<Inference, 'ner' | 'entities'> | undefined;
  /** Milliseconds that one text may take (default 20 s); past it the thread is ended and the text given up. */
  deadlineMs?: number;
}

/** A reader that owns a thread: started when there is something to read, so that a quiet daemon does not carry it. */
export interface ThreadReader extends Reader {
  /** Ends the thread until it is needed again. */
  close(): Promise<void>;
}

interface Waiting {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

const defaultDeadlineMs = 20_000;
const nerDeadlineMs = 10_000;
const maxHeapMib = 256;
const maxTextChars = 200_000;

/** A stranger's mail of ten thousand names leaves no more than this behind. */
const limitsOf: Readonly<Record<Trust, ExtractionLimits>> = {
  owner: { entities: 100, relations: 150 },
  local: { entities: 100, relations: 150 },
  untrusted: { entities: 30, relations: 40 },
};

/** The compiled entry as it is; from source, tsx has to be told of each thread (Node 20 takes no loader for one). */
function startThread(): Worker {
  const options = { resourceLimits: { maxOldGenerationSizeMb: maxHeapMib } };
  const compiled = new URL('./reader-worker.js', import.meta.url);
  if (!import.meta.url.endsWith('.ts')) return new Worker(compiled, options);
  const source = new URL('./reader-worker.ts', import.meta.url).href;
  const tsx = new URL(
    './dist/esm/api/index.mjs',
    pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json')),
  ).href;
  const bootstrap = `import(${JSON.stringify(tsx)}).then((tsx) => { tsx.register(); return import(${JSON.stringify(source)}); })`;
  return new Worker(bootstrap, { ...options, eval: true });
}

/**
 * Reads texts in a worker thread: grammar takes milliseconds a sentence and half a second to load, which the daemon's
 * own loop does not have. A thread that hangs or dies fails the text at hand; the next text gets a new thread.
 */
export function createReader({ inference, deadlineMs = defaultDeadlineMs }: ReaderDeps = {}): ThreadReader {
  let worker: Worker | undefined;
  let names: readonly EntityName[] = [];
  let lastId = 0;
  const waiting = new Map<number, Waiting>();

  const failAll = (error: Error): void => {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };

  function start(): Worker {
    const started = startThread();
    started.unref();
    started.on('message', ({ id, result, error }: { id: number; result?: never; error?: string }) => {
      const one = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) one?.resolve(result as never);
      else one?.reject(new Error(`the text could not be read: ${error}`));
    });
    const end = (error: Error): void => {
      if (worker === started) failAll(error);
    };
    started.on('error', end);
    started.on('exit', () => end(new Error('the thread that reads texts has ended')));
    return started;
  }

  async function ask<Result>(task: ReaderTask): Promise<Result> {
    if (worker === undefined) {
      worker = start();
      if (task.type !== 'names' && names.length > 0) await ask({ type: 'names', names });
    }
    const current = worker;
    const id = ++lastId;
    const answer = new Promise<Result>((resolve, reject) => waiting.set(id, { resolve, reject }));
    current.postMessage({ id, task });
    const late = AbortSignal.timeout(deadlineMs);
    const onLate = (): void => {
      if (worker === current) failAll(new Error(`the text could not be read within ${deadlineMs} ms`));
      void current.terminate();
    };
    late.addEventListener('abort', onLate, { once: true });
    return answer.finally(() => late.removeEventListener('abort', onLate));
  }

  async function namedIn(sentences: readonly string[]): Promise<NamedEntity[][]> {
    if (inference?.ner().state !== 'ready' || sentences.length === 0) return [];
    // Without the model the other ways serve.
    return inference.entities(sentences, { signal: AbortSignal.timeout(nerDeadlineMs) }).catch(() => []);
  }

  return {
    async learnNames(known) {
      names = known;
      await ask({ type: 'names', names });
    },
    async read(text, trust) {
      const sentences = await ask<string[]>({ type: 'sentences', text: text.slice(0, maxTextChars) });
      const named = await namedIn(sentences);
      return ask<Extraction>({ type: 'extract', sentences, limits: limitsOf[trust], named });
    },
    async close() {
      const ended = worker;
      if (ended !== undefined) failAll(new Error('the reader was closed'));
      await ended?.terminate();
    },
  };
}
