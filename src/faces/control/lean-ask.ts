import { connect } from 'node:net';
import { NinjadError } from '../../lib/errors.ts';
import type { Ask } from '../../lib/operations/ask.ts';
import type { OperationTable } from '../../lib/operations/operation.ts';

/**
 * The `ask` of `createControlClient` for a process that is to be there at once: HTTP/1.0 by hand on the socket, since
 * `node:http` takes a tenth of its memory and of its start. Rejects with a `NinjadError`.
 */
export function createLeanAsk<Table extends OperationTable>(socketPath: string): Ask<Table> {
  return async (name, input) => {
    const text = await exchange(socketPath, `/v1/operations/${name}`, JSON.stringify(input));
    return read(text) as never;
  };
}

/** By HTTP/1.0 the answer comes in one piece and ends with the connection. */
function exchange(socketPath: string, path: string, body: string): Promise<string> {
  const head = [
    `POST ${path} HTTP/1.0`,
    'host: ninjad',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(socketPath, () => socket.write(`${head.join('\r\n')}\r\n\r\n${body}`));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    socket.once('error', (cause: NodeJS.ErrnoException) => reject(connectionError(socketPath, cause)));
  });
}

function connectionError(socketPath: string, cause: NodeJS.ErrnoException): NinjadError {
  if (cause.syscall === 'connect')
    return new NinjadError('NOT_RUNNING', `no daemon answers at ${socketPath}`, { cause });
  return new NinjadError('CONNECTION_LOST', `the connection to the daemon failed: ${cause.message}`, {
    cause,
  });
}

function read(text: string): unknown {
  const [, status, length] = /^HTTP\/1\.[01] (\d{3})(?:[^]*?\r\ncontent-length: (\d+))?/i.exec(text) ?? [];
  const body = text.slice(text.indexOf('\r\n\r\n') + '\r\n\r\n'.length);
  if (status === undefined || (length !== undefined && Buffer.byteLength(body) < Number(length)))
    throw new NinjadError('CONNECTION_LOST', 'the daemon went away before its answer was whole');
  const answer = parse(body);
  if (status === '200') return answer;
  const { code, message } = (answer as { error?: { code?: string; message?: string } }).error ?? {};
  throw new NinjadError(code ?? 'INTERNAL', message ?? `the daemon answered with HTTP status ${status}`);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch (cause) {
    const start = body.slice(0, 200);
    throw new NinjadError('BAD_ANSWER', `the daemon answered with something that is not JSON: ${start}`, {
      cause,
    });
  }
}
