import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../src/lib/errors.ts';
import { putEvent } from '../../src/lib/wire/put-event.ts';
import type { ProgramEnd } from '../../src/sensors/look.ts';
import { doWork, type OwnEnd } from '../../src/sensors/work.ts';
import type { BenchAnswer, BenchMessage, ProgramWish, WorkerInput } from './bench-messages.ts';

/*
 * One look of one sensor in a thread of its own. It measures, and writes wire lines to the pipe; programs are run by the main
 * thread, which alone may wait for children of this process and knows how to end all that comes of them.
 */

const { work, paths, roots, timeoutMs } = workerData as WorkerInput;
const port = parentPort as MessagePort;
const waiting = new Map<number, (answer: never) => void>();
let lastId = 0;

port.on('message', (message: BenchAnswer | string) => {
  if (typeof message === 'string') return;
  waiting.get(message.id)?.(message.answer as never);
  waiting.delete(message.id);
});

function ask<Answer>(question: { wish: ProgramWish } | { own: true }): Promise<Answer> {
  lastId += 1;
  const id = lastId;
  const answer = new Promise<Answer>((resolve) => waiting.set(id, resolve));
  tell({ id, ...question });
  return answer;
}

function tell(message: BenchMessage): void {
  port.postMessage(message);
}

const context = {
  now: () => new Date(),
  signal: AbortSignal.timeout(timeoutMs),
  run: (program: string, args: readonly string[], options: { timeoutMs?: number } = {}) =>
    ask<ProgramEnd>({ wish: { program, args, timeoutMs: options.timeoutMs ?? timeoutMs } }),
  ...roots,
};

doWork(work, {
  context,
  runOwn: () => ask<OwnEnd>({ own: true }),
  put: (event) => putEvent(paths, event),
})
  .then((done) => tell({ done }))
  .catch((thrown: unknown) => tell({ failed: messageOf(thrown) }))
  .finally(() => port.postMessage('done'));
