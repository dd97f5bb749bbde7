import type { FetchMessageObject, ImapFlow, MessageStructureObject, StatusObject } from 'imapflow';
import { NinjadError } from '../lib/errors.ts';
import { MINUTE } from '../lib/time.ts';
import { packageVersion } from '../lib/version.ts';
import { type Account, isThisMachine } from './account.ts';
import type { MailHead } from './fingerprint.ts';
import type { FolderStatus } from './plan.ts';
import type { Secret } from './secret.ts';

/** One connection to one folder, opened for reading only. Each command has a deadline, past which the line is cut. */
export interface FolderClient {
  /** The folder as it was when it was opened. */
  readonly opened: FolderStatus & { messages: number };
  /** Asks anew, and not what the connection remembers. */
  status(): Promise<FolderStatus & { messages: number }>;
  /** UIDs above one, ascending. */
  uidsAbove(uid: number): Promise<number[]>;
  /** UIDs of what was received or written since a day, ascending. */
  uidsSince(day: Date): Promise<number[]>;
  heads(uids: readonly number[]): Promise<MailHead[]>;
  structures(uids: readonly number[]): Promise<Map<number, MessageStructureObject>>;
  /** The first bytes of a part. */
  part(uid: number, part: string, maxBytes: number): Promise<Buffer>;
  /** Waits for news in the background, until the next command. */
  idle(): void;
  onNews(listener: () => void): void;
  /** The connection has ended, by itself or by a deadline; called once, with what was said. */
  onEnd(listener: (thrown: unknown) => void): void;
  close(): void;
}

export interface ClientOptions {
  /** How long the server may take over one answer, in milliseconds. */
  commandMs: number;
  /** Ends the connection, also while it is being made. */
  signal?: AbortSignal;
  /** After how many milliseconds waiting for news begins anew. Default 8 minutes: many servers and routers cut at 10. */
  idleMs?: number;
}

/** The server has not answered in time. */
export class MailLateError extends NinjadError {
  constructor(what: string, ms: number) {
    super('ETIMEOUT', `the mail server did not answer ${what} within ${Math.round(ms / 1_000)} s`);
  }
}

const defaultIdleMs = 8 * MINUTE;
const maxHeaderBytes = 64 * 1024;
const bodyStartBytes = 4 * 1024;
/** More than any answer to what is asked here. */
const maxLineBytes = 4 * 1024 * 1024;
const maxTokens = 200_000;

/** Connects, logs in and opens a folder by EXAMINE. Rejects with what imapflow throws, or with `MailLateError`. */
export async function openFolder(
  account: Account,
  folder: string,
  secret: Secret,
  options: ClientOptions,
): Promise<FolderClient> {
  const { ImapFlow: Client } = await import('imapflow');
  options.signal?.throwIfAborted();
  const client = new Client(clientOptions(account, secret, options));
  const ends = endsOf(client);
  const stop = (): void => client.close();
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    await inTime(client, client.connect(), 'the login', 2 * options.commandMs);
    const box = await inTime(
      client,
      client.mailboxOpen(folder, { readOnly: true }),
      'EXAMINE',
      options.commandMs,
    );
    if (box.readOnly !== true)
      throw new NinjadError('NOT_READ_ONLY', 'the server has opened the folder for writing');
    const opened = {
      uidValidity: Number(box.uidValidity),
      uidNext: box.uidNext || null,
      messages: box.exists,
    };
    return folderClient(client, { folder, opened, ends, commandMs: options.commandMs });
  } catch (thrown) {
    client.close();
    throw explained(client, thrown, folder);
  } finally {
    if (options.signal?.aborted === true) client.close();
  }
}

function clientOptions(
  { host, port, security, user }: Account,
  secret: Secret,
  { commandMs, idleMs = defaultIdleMs }: ClientOptions,
) {
  const isHere = isThisMachine(host);
  return {
    host,
    port,
    secure: security === 'tls',
    doSTARTTLS: security === 'starttls',
    auth: { user, ...secret },
    // A bridge on this machine signs its own certificate, and nobody is in between.
    ...(isHere && { tls: { rejectUnauthorized: false } }),
    // Sent to servers that ask for it only.
    clientInfo: {
      name: 'ninjad',
      version: packageVersion(),
      vendor: 'ninjad',
      'support-url': false as const,
    },
    logger: false as const,
    disableAutoIdle: true,
    disableCompression: true,
    maxIdleTime: idleMs,
    connectionTimeout: commandMs,
    greetingTimeout: commandMs,
    maxLineLength: maxLineBytes,
    maxLiteralSize: maxLineBytes,
    maxResponseSize: 2 * maxLineBytes,
    maxResponseTokens: maxTokens,
  };
}

interface Ends {
  on: (listener: (thrown: unknown) => void) => void;
}

/** Listens before anything can happen, and for as long as the object lives: an error that nobody hears ends the process. */
function endsOf(client: ImapFlow): Ends {
  let ended: { thrown: unknown } | undefined;
  let hear: ((thrown: unknown) => void) | undefined;
  const end = (thrown: unknown): void => {
    if (ended !== undefined) return;
    ended = { thrown };
    hear?.(thrown);
  };
  client.on('error', end);
  client.on('close', () =>
    end(Object.assign(new Error(byeOf(client) ?? 'the connection was closed'), { code: 'NoConnection' })),
  );
  return {
    on(listener) {
      hear = listener;
      if (ended !== undefined) listener(ended.thrown);
    },
  };
}

function byeOf(client: ImapFlow): string | undefined {
  const { byeReason } = client as unknown as { byeReason?: unknown };
  return typeof byeReason === 'string' ? byeReason : undefined;
}

/** What the server said at the end is worth more than that the connection is not available. */
function explained(client: ImapFlow, thrown: unknown, folder: string): unknown {
  const failure = thrown as {
    serverResponseCode?: string;
    responseText?: string;
    mailboxMissing?: boolean;
    reason?: string;
  };
  if (failure.mailboxMissing === true || failure.serverResponseCode === 'NONEXISTENT')
    return Object.assign(new Error(`there is no folder ${folder}`), { code: 'NoFolder' });
  const bye = byeOf(client);
  if (bye !== undefined && failure.reason === undefined && thrown instanceof Error)
    Object.assign(thrown, { reason: bye });
  return thrown;
}

interface Inner {
  folder: string;
  opened: FolderClient['opened'];
  ends: Ends;
  commandMs: number;
}

function folderClient(client: ImapFlow, { folder, opened, ends, commandMs }: Inner): FolderClient {
  const ask = <Value>(what: string, answer: Promise<Value>): Promise<Value> =>
    inTime(client, answer, what, commandMs);
  const fetchAll = (uids: readonly number[], query: Parameters<ImapFlow['fetchAll']>[1]) =>
    uids.length === 0
      ? Promise.resolve([] as FetchMessageObject[])
      : ask('FETCH', client.fetchAll(uids.join(','), { uid: true, ...query }, { uid: true }));
  const search = async (query: Parameters<ImapFlow['search']>[0]): Promise<number[]> => {
    const found = await ask('SEARCH', client.search(query, { uid: true }));
    if (!Array.isArray(found)) throw new NinjadError('NO_SEARCH', 'the mail server did not answer SEARCH');
    return found.toSorted((one, other) => one - other);
  };
  return {
    opened,
    async status() {
      const said = await ask(
        'STATUS',
        client.status(folder, { uidNext: true, uidValidity: true, messages: true }),
      );
      const { uidValidity, uidNext, messages } = said === false ? ({} as Partial<StatusObject>) : said;
      if (uidValidity === undefined)
        throw new NinjadError('NO_STATUS', 'the mail server did not answer STATUS with a UIDVALIDITY');
      return { uidValidity: Number(uidValidity), uidNext: uidNext ?? null, messages: messages ?? 0 };
    },
    uidsAbove: async (uid) => (await search({ uid: `${uid + 1}:*` })).filter((found) => found > uid),
    uidsSince: async (day) => {
      const received = await search({ since: day });
      const written = await search({ sentSince: day });
      return [...new Set([...received, ...written])].sort((one, other) => one - other);
    },
    async heads(uids) {
      const found = await fetchAll(uids, {
        size: true,
        internalDate: true,
        bodyParts: [
          { key: 'HEADER', start: 0, maxLength: maxHeaderBytes },
          { key: 'TEXT', start: 0, maxLength: bodyStartBytes },
        ],
      });
      const heads = found.map(headOf).filter(({ uid }) => uids.includes(uid));
      return heads.sort((one, other) => one.uid - other.uid);
    },
    async structures(uids) {
      const found = await fetchAll(uids, { bodyStructure: true });
      return new Map(
        found.flatMap(({ uid, bodyStructure }) =>
          bodyStructure === undefined ? [] : [[uid, bodyStructure]],
        ),
      );
    },
    async part(uid, part, maxBytes) {
      const found = await fetchAll([uid], { bodyParts: [{ key: part, start: 0, maxLength: maxBytes }] });
      const bytes = found.find((one) => one.uid === uid)?.bodyParts?.get(part.toLowerCase());
      return (bytes ?? Buffer.alloc(0)).subarray(0, maxBytes);
    },
    idle() {
      void client.idle().catch(() => undefined);
    },
    onNews(listener) {
      client.on('exists', listener);
    },
    onEnd: ends.on,
    close: () => client.close(),
  };
}

function headOf({ uid, size = 0, internalDate, headers, bodyParts }: FetchMessageObject): MailHead {
  const received = internalDate === undefined ? Number.NaN : new Date(internalDate).getTime();
  return {
    uid,
    size,
    receivedAt: new Date(Number.isNaN(received) ? Date.now() : received),
    header: (headers ?? Buffer.alloc(0)).subarray(0, maxHeaderBytes),
    bodyStart: (bodyParts?.get('text') ?? Buffer.alloc(0)).subarray(0, bodyStartBytes),
  };
}

/** The answer, or the end of the connection: what is silent now will not be heard later. */
async function inTime<Value>(
  client: ImapFlow,
  answer: Promise<Value>,
  what: string,
  ms: number,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new MailLateError(what, ms));
      client.close();
    }, ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
