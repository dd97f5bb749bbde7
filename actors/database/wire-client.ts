import type { Socket } from 'node:net';
import {
  createFrameReader,
  errorFrame,
  type Frame,
  frame,
  frameType,
  type FrameReader,
  ProtocolError,
} from './wire-frames.ts';
import { daemonName } from '../../src/lib/store/pool.ts';
import { createStatementScope, type SharedStatements, type StatementScope } from './wire-statements.ts';

/** One connection, seen from the session that all connections take turns at. */
export interface WireClient {
  readonly statements: StatementScope;
  /** One of the daemon's own connections, by its application's name: it sets nothing in the session. */
  readonly isDaemon: boolean;
  /** The channels on which it listens. */
  channels: Set<string>;
  readonly gone: boolean;
  /** Messages that must run without anybody in between; undefined when none is complete or the client reads too slowly. */
  takeGroup(): Frame[] | undefined;
  send(bytes: Buffer): void;
  /** Says why and closes. */
  fail(sqlState: string, message: string): void;
}

export interface WireClientOptions {
  id: number;
  /** ParameterStatus values a client is told at its start. */
  parameters: ReadonlyMap<string, string>;
  shared: SharedStatements;
  maxMessageBytes: number;
  maxGroupBytes: number;
  /** A group is complete, the client reads again, or it is gone. */
  onChange: () => void;
}

const protocolVersion = { major: 3, minor: 0 };
const sslRequest = 80877103;
const gssEncryptionRequest = 80877104;
const cancelRequest = 80877102;
const maxQueuedBytes = 8 * 1024 * 1024;
/** Sync, Flush, Query, FunctionCall: after these the client waits for answers. */
const groupEnds = new Set(['S', 'H', 'Q', 'F']);
/** CopyData, CopyDone, CopyFail: COPY FROM STDIN is refused when it begins, so these come too late. */
const copyMessages = new Set(['d', 'c', 'f']);

/** Speaks the frontend side of the protocol on one socket: start-up, then whole groups of messages for the session. */
export function createWireClient(socket: Socket, options: WireClientOptions): WireClient {
  const reader = createFrameReader(options.maxMessageBytes);
  let started = false;
  let isDaemon = false;
  let leaving = false;
  let gone = false;
  let draining = false;
  let group: Frame[] = [];
  let groupBytes = 0;
  let queued: Frame[][] = [];
  let queuedBytes = 0;

  const client: WireClient = {
    statements: createStatementScope(options.id, options.shared),
    channels: new Set(),
    get isDaemon() {
      return isDaemon;
    },
    get gone() {
      return gone;
    },
    takeGroup() {
      if (draining || gone) return undefined;
      const next = queued.shift();
      if (next === undefined) return undefined;
      queuedBytes -= sizeOf(next);
      if (queuedBytes <= maxQueuedBytes) socket.resume();
      return next;
    },
    send(bytes) {
      if (gone) return;
      draining = !socket.write(bytes);
      if (leaving && queued.length === 0) leave();
    },
    fail(sqlState, message) {
      if (gone) return;
      if (draining) {
        socket.destroy();
      } else {
        socket.write(errorFrame('FATAL', sqlState, message));
        socket.destroySoon();
      }
      vanish();
    },
  };

  socket.on('data', (chunk: Buffer) => {
    if (gone || leaving) return;
    reader.push(chunk);
    try {
      readMessages();
    } catch (thrown) {
      if (!(thrown instanceof ProtocolError)) throw thrown;
      client.fail('08P01', `not the PostgreSQL protocol: ${thrown.message}`);
    }
  });
  socket.on('drain', () => {
    draining = false;
    options.onChange();
  });
  socket.on('end', beginLeaving);
  socket.on('error', vanish);
  socket.on('close', vanish);

  function readMessages(): void {
    if (!started) {
      const parameters = startUp(reader, socket, options);
      if (parameters === undefined) return;
      started = true;
      isDaemon = parameters.get('application_name') === daemonName;
    }
    for (let message = reader.next(); message !== undefined && !leaving; message = reader.next()) {
      takeMessage(message);
    }
    if (queuedBytes > maxQueuedBytes) socket.pause();
  }

  function takeMessage(message: Frame): void {
    const type = frameType(message);
    if (type === 'X') {
      beginLeaving();
      return;
    }
    if (copyMessages.has(type)) return;
    group.push(message);
    groupBytes += message.length;
    if (groupBytes > options.maxGroupBytes) {
      client.fail('54000', `more than ${options.maxGroupBytes} bytes without a Sync`);
      return;
    }
    if (!groupEnds.has(type)) return;
    queued.push(group);
    queuedBytes += groupBytes;
    group = [];
    groupBytes = 0;
    options.onChange();
  }

  /** Messages before Terminate still run. */
  function beginLeaving(): void {
    leaving = true;
    if (queued.length === 0) leave();
  }

  function leave(): void {
    if (gone) return;
    socket.destroySoon();
    vanish();
  }

  function vanish(): void {
    if (gone) return;
    gone = true;
    group = [];
    queued = [];
    queuedBytes = 0;
    socket.resume();
    options.onChange();
  }

  return client;
}

/** Greets a client that has said all of its start-up, and returns the parameters that it gave. */
function startUp(
  reader: FrameReader,
  socket: Socket,
  options: WireClientOptions,
): ReadonlyMap<string, string> | undefined {
  for (let packet = reader.nextStartup(); packet !== undefined; packet = reader.nextStartup()) {
    const code = packet.length < 8 ? 0 : packet.readInt32BE(4);
    if (code === sslRequest || code === gssEncryptionRequest) {
      socket.write('N');
    } else if (code === cancelRequest) {
      // Statements run to their end before the next byte is read: there is never one left to cancel.
      socket.end();
      return undefined;
    } else if (code >> 16 === protocolVersion.major) {
      greet(socket, code & 0xffff, options);
      return parametersOf(packet);
    } else {
      throw new ProtocolError(`start-up code ${code}`);
    }
  }
  return undefined;
}

/** Pairs of strings after the length and the version, ended by an empty one. */
function parametersOf(packet: Buffer): Map<string, string> {
  const strings = packet.toString('utf8', 8).split('\0');
  const parameters = new Map<string, string>();
  for (let index = 0; index + 1 < strings.length && strings[index] !== ''; index += 2)
    parameters.set(strings[index] as string, strings[index + 1] as string);
  return parameters;
}

/** The directory's mode 0700 keeps others out, so everybody who got here is the owner. */
function greet(socket: Socket, minorVersion: number, options: WireClientOptions): void {
  const answers: Frame[] = [];
  if (minorVersion > protocolVersion.minor) {
    answers.push(frame('v', int32(protocolVersion.minor), int32(0)));
  }
  answers.push(frame('R', int32(0)));
  for (const [name, value] of options.parameters) answers.push(frame('S', name, value));
  answers.push(frame('K', int32(options.id), int32(0)), frame('Z', Buffer.from('I')));
  socket.write(Buffer.concat(answers));
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function sizeOf(group: readonly Frame[]): number {
  return group.reduce((sum, message) => sum + message.length, 0);
}
