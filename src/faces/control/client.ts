import { type IncomingMessage, request } from 'node:http';
import { NinjadError } from '../../lib/errors.ts';
import { DaemonNotRunningError } from '../../lib/wire/write-line.ts';
import type { Ask } from '../../lib/operations/ask.ts';
import type { OperationTable } from '../../lib/operations/operation.ts';
import type { InspectionMessage } from '../../inspection/inspection-message.ts';
import type { TranscriptMessage } from '../../tasks/transcript-stream.ts';
import type { WatchMessage } from '../../tasks/watch-event.ts';
import { splitLines } from './split-lines.ts';

/** Filters of an export; those that are undefined are left out. */
type Filter = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * A running daemon from outside. A call rejects with `DaemonNotRunningError` when nobody listens, and with a `NinjadError`
 * that carries the daemon's own code and sentence when it refuses.
 */
export interface ControlClient<Table extends OperationTable> {
  ask: Ask<Table>;
  /** The doings of a task. Ends after `ended`, or early when the daemon goes away. */
  followTranscript(id: number, signal?: AbortSignal): AsyncGenerator<TranscriptMessage, void, undefined>;
  /** The bytes of an export of memories, JSON lines, as they come. Throws where the daemon goes away before the end. */
  exportMemories(filter: Filter): AsyncGenerator<Buffer, void, undefined>;
  /** What happens to the actors, in Stately's form, as long as it is read. */
  inspect(signal?: AbortSignal): AsyncGenerator<InspectionMessage, void, undefined>;
  /** What happens to the event of this key. Ends after `ended`, or early when the daemon goes away. */
  watch(dedupKey: string, signal?: AbortSignal): AsyncGenerator<WatchMessage, void, undefined>;
}

interface Call {
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/**
 * A client of the daemon that listens on this Unix socket. Nothing is opened before the first call. `answerMs` is the longest wait for
 * an answer of `ask`, which is given up then with the code NO_ANSWER; without it a daemon that hangs is waited for.
 */
export function createControlClient<Table extends OperationTable>(
  socketPath: string,
  { answerMs }: { answerMs?: number } = {},
): ControlClient<Table> {
  async function* stream<Message>(
    path: string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Message, void, undefined> {
    const response = await open(socketPath, path, { signal });
    for await (const line of splitLines(untilGone(response, signal))) yield JSON.parse(line) as Message;
  }
  async function* download(path: string): AsyncGenerator<Buffer, void, undefined> {
    const response = await open(socketPath, path, {});
    for await (const chunk of untilGone(response, undefined)) yield chunk;
    if (!response.complete) throw cutOff();
  }
  return {
    ask: async (name, input) => {
      const signal = answerMs === undefined ? undefined : AbortSignal.timeout(answerMs);
      try {
        const response = await open(socketPath, `/v1/operations/${name}`, { body: input, signal });
        return (await readJson(response, signal)) as never;
      } catch (cause) {
        if (signal?.aborted !== true || cause instanceof NinjadError) throw cause;
        throw new NinjadError('NO_ANSWER', `no answer within ${String(answerMs)} ms`, { cause });
      }
    },
    followTranscript: (id, signal) => stream(`/v1/tasks/${id}/transcript/follow`, signal),
    exportMemories: (filter) => download(`/v1/memories.jsonl${queryOf(filter)}`),
    inspect: (signal) => stream('/v1/inspect', signal),
    watch: (dedupKey, signal) => stream(`/v1/watch/${encodeURIComponent(dedupKey)}`, signal),
  };
}

/** What connecting meets where no daemon listens, or one that is just closing. */
const absent: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ECONNRESET']);

async function open(socketPath: string, path: string, call: Call): Promise<IncomingMessage> {
  const { body, signal } = call;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const method = text === undefined ? 'GET' : 'POST';
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = text === undefined ? {} : { 'content-type': 'application/json' };
    // No agent: a kept connection would hold the process open.
    const sent = request(
      { socketPath, path, method, headers, agent: false, ...(signal && { signal }) },
      resolve,
    );
    sent.once('error', (cause) => reject(connectError(socketPath, cause)));
    sent.end(text);
  });
  if (response.statusCode === 200) return response;
  throw await refusalOf(response);
}

function connectError(socketPath: string, cause: NodeJS.ErrnoException): Error {
  if (cause.syscall === 'connect' && absent.has(cause.code ?? ''))
    return new DaemonNotRunningError(socketPath, { cause });
  if (cause.name === 'AbortError') return cause;
  return new NinjadError('CONNECTION_LOST', `the connection to the daemon failed: ${cause.message}`, {
    cause,
  });
}

/** The bytes of a stream up to the end of the daemon; rejects only where the caller itself has had enough. */
async function* untilGone(response: IncomingMessage, signal: AbortSignal | undefined) {
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) yield chunk;
  } catch {
    // Node says ECONNRESET for both.
    signal?.throwIfAborted();
  }
}

async function readJson(response: IncomingMessage, signal?: AbortSignal): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of untilGone(response, signal)) chunks.push(chunk);
  if (!response.complete) throw cutOff();
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const start = text.slice(0, 200);
    throw new NinjadError('BAD_ANSWER', `the daemon answered with something that is not JSON: ${start}`, {
      cause,
    });
  }
}

function cutOff(): NinjadError {
  return new NinjadError('CONNECTION_LOST', 'the daemon went away before its answer was whole');
}

async function refusalOf(response: IncomingMessage): Promise<NinjadError> {
  const answer = (await readJson(response)) as { error?: { code?: unknown; message?: unknown } };
  const { code, message } = answer.error ?? {};
  return new NinjadError(
    typeof code === 'string' ? code : 'INTERNAL',
    typeof message === 'string'
      ? message
      : `the daemon answered with HTTP status ${String(response.statusCode)}`,
  );
}

function queryOf(filter: Filter): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query.toString()}`;
}
