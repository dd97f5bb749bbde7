import { setImmediate as nextTick } from 'node:timers/promises';
import { messageOf } from '../../src/lib/errors.ts';
import type { WireClient } from './wire-client.ts';
import { type Frame, frameType, framesOf, queryFrame, stringAt, syncFrame } from './wire-frames.ts';
import { createSessionKeeper } from './wire-isolation.ts';
import { channelsAfter, listenTo, textOfGroup } from './wire-listeners.ts';
import type { SharedStatements } from './wire-statements.ts';

/** Runs whole groups of messages in the one backend session and resolves to its raw answer. */
export type Engine = (group: Buffer) => Promise<Buffer>;

/** The one backend session that all connections take turns at. */
export interface WireSession {
  readonly shared: SharedStatements;
  readonly clients: ReadonlySet<WireClient>;
  join(client: WireClient): void;
  /** Something may be runnable. */
  wake(): void;
  /** Resolves when the group that runs now, if any, has ended, and lets no other begin. */
  stop(): Promise<void>;
}

export interface WireSessionOptions {
  engine: Engine;
  /** Longest silence of a client that holds the session inside a transaction, in milliseconds. */
  idleInTransactionMs: number;
  /** The session answers no more as the protocol demands; it has to be started afresh. */
  onBroken: (error: Error) => void;
}

/**
 * Takes turns: a group at a time, round robin; a client inside a transaction keeps the session until it ends.
 * A client that vanishes is rolled back and its statements are closed. What a client sets in the session is its own: see
 * `createSessionKeeper`.
 */
export function createWireSession({
  engine,
  idleInTransactionMs,
  onBroken,
}: WireSessionOptions): WireSession {
  const shared: SharedStatements = { generation: 0, unnamedOwner: undefined };
  const clients = new Set<WireClient>();
  let owner: WireClient | undefined;
  let pumping: Promise<void> | undefined;
  let stopped = false;
  let idleTimer: NodeJS.Timeout | undefined;
  const hidden = (group: Buffer): Promise<Buffer> => {
    // A simple query destroys the unnamed statement.
    shared.unnamedOwner = undefined;
    return engine(group);
  };
  const keeper = createSessionKeeper(hidden);

  function wake(): void {
    if (stopped || pumping !== undefined) return;
    clearTimeout(idleTimer);
    pumping = pump()
      .catch((thrown: unknown) => {
        stopped = true;
        onBroken(thrown instanceof Error ? thrown : new Error(String(thrown)));
      })
      .finally(() => {
        pumping = undefined;
        watchIdleOwner();
      });
  }

  async function pump(): Promise<void> {
    for (let turn = nextTurn(); turn !== undefined; turn = nextTurn()) {
      await turn();
      // Between two groups the event loop reads sockets and signals.
      await nextTick();
    }
  }

  function nextTurn(): (() => Promise<void>) | undefined {
    if (stopped) return undefined;
    for (const client of owner === undefined ? clients : [owner]) {
      if (client.gone) return () => cleanUpAfter(client);
      const group = client.takeGroup();
      if (group === undefined) continue;
      clients.delete(client);
      clients.add(client);
      return () => runGroup(client, group);
    }
    return undefined;
  }

  async function runGroup(client: WireClient, group: readonly Frame[]): Promise<void> {
    if (!(await hasEntered(client))) return;
    const refusal = keeper.refusal(client, group);
    if (refusal !== undefined) return refuse(client, group, refusal);
    const { bytes, parsesAdded } = client.statements.compile(group);
    const answer = read(await engine(bytes), parsesAdded);
    settle(client, group, answer);
    if (answer.listened || answer.unlistened) {
      client.channels = channelsAfter(client.channels, textOfGroup(group));
      if (answer.status === 'I') await hidden(queryFrame(listenTo(clients)));
    }
    client.send(answer.bytes);
    for (const notification of answer.notifications) {
      const channel = stringAt(notification, 9).text;
      for (const listener of clients) if (listener.channels.has(channel)) listener.send(notification);
    }
  }

  /** A client whose state cannot be brought back is told so and closed; the session is nobody's then. */
  async function hasEntered(client: WireClient): Promise<boolean> {
    try {
      await keeper.enter(client);
      return true;
    } catch (thrown) {
      client.fail('57P01', `this connection could not be kept apart from others: ${messageOf(thrown)}`);
      return false;
    }
  }

  /** Refused by the session itself, so that a transaction fails as by any other error. */
  async function refuse(client: WireClient, group: readonly Frame[], reason: string): Promise<void> {
    const last = group.at(-1);
    if (last !== undefined && frameType(last) === 'H') {
      client.fail('0A000', reason);
      return;
    }
    const raise = `DO $refused$ BEGIN RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = '${reason.replaceAll("'", "''")}'; END $refused$`;
    const answer = read(await hidden(queryFrame(raise)), 0);
    settle(client, group, answer);
    client.send(answer.bytes);
  }

  function settle(client: WireClient, group: readonly Frame[], answer: Answer): void {
    const last = group.at(-1);
    if (answer.status === undefined && last !== undefined && frameType(last) !== 'H') {
      throw new Error('the embedded database gave no ReadyForQuery');
    }
    owner = answer.status === 'I' ? undefined : client;
    if (answer.discarded) {
      shared.generation++;
      shared.unnamedOwner = undefined;
    }
  }

  async function cleanUpAfter(client: WireClient): Promise<void> {
    clients.delete(client);
    if (owner === client) {
      owner = undefined;
      await hidden(Buffer.concat([syncFrame, queryFrame('ROLLBACK')]));
    }
    await keeper.leave(client);
    if (clients.size === 0) {
      shared.generation++;
      await hidden(queryFrame('DISCARD ALL'));
      return;
    }
    await hidden(Buffer.concat([...client.statements.closeAll(), syncFrame]));
    if (client.channels.size > 0) await hidden(queryFrame(listenTo(clients)));
  }

  function watchIdleOwner(): void {
    if (stopped || owner === undefined) return;
    const idle = owner;
    // A plain timer: this runs in the database's own process, where no machine lives.
    idleTimer = setTimeout(() => {
      idle.fail(
        '25P03',
        `idle in a transaction for ${idleInTransactionMs} ms: rolled back, since others wait for the session`,
      );
    }, idleInTransactionMs);
  }

  return {
    shared,
    clients,
    join: (client) => clients.add(client),
    wake,
    async stop() {
      stopped = true;
      clearTimeout(idleTimer);
      await pumping;
    },
  };
}

interface Answer {
  /** Bytes for the client. */
  bytes: Buffer;
  /** Transaction status of the last ReadyForQuery: idle, in a transaction, in a failed one; undefined without one. */
  status: string | undefined;
  notifications: Frame[];
  listened: boolean;
  unlistened: boolean;
  discarded: boolean;
}

function read(output: Buffer, parsesAdded: number): Answer {
  const notifications: Frame[] = [];
  const kept: Frame[] = [];
  let hidden = parsesAdded;
  let status: string | undefined;
  let listened = false;
  let unlistened = false;
  let discarded = false;
  for (const message of framesOf(output)) {
    const type = frameType(message);
    if (type === 'A') {
      notifications.push(message);
      continue;
    }
    if (hidden > 0) {
      hidden--;
      if (type === '1') continue;
      hidden = 0;
    }
    if (type === 'Z') status = message.toString('latin1', 5, 6);
    if (type === 'C') {
      const tag = message.toString('latin1', 5, message.length - 1);
      listened ||= tag === 'LISTEN';
      unlistened ||= tag === 'UNLISTEN' || tag === 'DISCARD ALL';
      discarded ||= tag === 'DISCARD ALL' || tag === 'DEALLOCATE ALL';
    }
    kept.push(message);
  }
  const untouched = notifications.length === 0 && parsesAdded === 0;
  return {
    bytes: untouched ? output : Buffer.concat(kept),
    status,
    notifications,
    listened,
    unlistened,
    discarded,
  };
}
