import { type MessagePort, parentPort } from 'node:worker_threads';

/** The thread's end of `createThread`: performs each task and answers. */
export function serveThread(perform: (task: never) => unknown): void {
  const port = parentPort as MessagePort;
  port.on('message', ({ id, task }: { id: number; task: never }) => {
    Promise.resolve()
      .then(() => perform(task))
      .then((result) => port.postMessage({ id, result }))
      .catch((thrown: unknown) => {
        port.postMessage({ id, error: thrown instanceof Error ? thrown.message : String(thrown) });
      });
  });
}
