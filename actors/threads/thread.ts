import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

export interface ThreadOptions {
  /** The module that the thread runs, as the URL of its source; the compiled one lies beside it. */
  entry: URL;
  /** Its failure, for messages: `the text could not be read`. */
  failure: string;
  /** Milliseconds that one task may take; past it the thread is ended and all tasks that wait for it fail. */
  deadlineMs: number;
  maxHeapMib: number;
}

/** A worker thread that is started when there is something to do, and anew when it has died. */
export interface Thread<Task> {
  /** Rejects where the task fails, takes too long, or the thread dies under it. */
  ask<Result>(task: Task): Promise<Result>;
  isRunning(): boolean;
  /** Ends the thread until it is needed again. */
  close(): Promise<void>;
}

interface Waiting {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

/** See `Thread`. It does not keep the process alive. `serveThread` is the other end. */
export function createThread<Task>({ entry, failure, deadlineMs, maxHeapMib }: ThreadOptions): Thread<Task> {
  let worker: Worker | undefined;
  let lastId = 0;
  const waiting = new Map<number, Waiting>();

  const failAll = (error: Error): void => {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };

  function start(): Worker {
    const started = startWorker(entry, { resourceLimits: { maxOldGenerationSizeMb: maxHeapMib } });
    started.on('message', ({ id, result, error }: { id: number; result?: never; error?: string }) => {
      const one = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) one?.resolve(result as never);
      else one?.reject(new Error(`${failure}: ${error}`));
    });
    const end = (error: Error): void => {
      if (worker === started) failAll(error);
    };
    started.on('error', end);
    started.on('exit', () => end(new Error(`${failure}: the thread has ended`)));
    // Last: a listener for messages holds the process again, and a daemon that has stopped would never end.
    started.unref();
    return started;
  }

  return {
    async ask<Result>(task: Task): Promise<Result> {
      worker ??= start();
      const current = worker;
      const id = ++lastId;
      const answer = new Promise<Result>((resolve, reject) => waiting.set(id, { resolve, reject }));
      current.postMessage({ id, task });
      const late = AbortSignal.timeout(deadlineMs);
      const onLate = (): void => {
        if (worker === current) failAll(new Error(`${failure} within ${deadlineMs} ms`));
        void current.terminate();
      };
      late.addEventListener('abort', onLate, { once: true });
      return answer.finally(() => late.removeEventListener('abort', onLate));
    },
    isRunning: () => worker !== undefined,
    async close() {
      const ended = worker;
      if (ended !== undefined) failAll(new Error(`${failure}: the thread was closed`));
      await ended?.terminate();
    },
  };
}

/** Starts a thread at `entry`, the URL of its source. The compiled entry as it is; from source, tsx has to be told of each thread (Node 20 takes no loader for one). */
export function startWorker(entry: URL, options: WorkerOptions): Worker {
  if (!isFromSource()) return new Worker(runEntry(entry), options);
  const tsx = new URL(
    './dist/esm/api/index.mjs',
    pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json')),
  ).href;
  const bootstrap = `import(${JSON.stringify(tsx)}).then((tsx) => { tsx.register(); return import(${JSON.stringify(entry.href)}); })`;
  return new Worker(bootstrap, { ...options, eval: true });
}

/** The file that runs for the source of an entry: the compiled one where this is compiled. */
export function runEntry(entry: URL): URL {
  return isFromSource() ? entry : new URL(entry.href.replace(/\.ts$/, '.js'));
}

function isFromSource(): boolean {
  return import.meta.url.endsWith('.ts');
}
