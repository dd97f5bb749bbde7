import type { EventWriter } from '../../../src/events/event-writer.ts';
import type { NewEvent } from '../../../src/lib/wire/put-event.ts';
import type { Store } from '../../../src/lib/store/store.ts';
import { createMailParser, type MailParser } from '../../../actors/mail/parser.ts';
import { type Account, accountsOf } from '../../../src/mail/account.ts';
import { type FolderClient, openFolder } from '../../../src/mail/client.ts';
import { readSecret } from '../../../src/mail/secret.ts';
import type { TakeInDeps } from '../../../src/mail/take-in/deps.ts';
import { catchUp, look } from '../../../src/mail/take-in/look.ts';

export type MailPayload = Record<string, unknown> & { text: string; subject: string; dedupKey: string };

/** The account that an address names. */
export function accountAt(url: string, more: Partial<Account> = {}): Account {
  const [account] = accountsOf(
    (key) => ({ 'mail.url': url, 'mail.tokenCommand': null, 'mail.accounts': [] })[key] as never,
  );
  return { ...(account as Account), ...more };
}

/** A folder that is looked into by hand: real connections and rows, and a writer that keeps what it is given. */
export function folderRig(
  store: Store,
  account: Account,
  { folder = 'INBOX', parser }: { folder?: string; parser?: MailParser } = {},
) {
  const events: NewEvent[] = [];
  const reports: string[] = [];
  const suspects = new Map<number, number>();
  const reader = parser ?? createMailParser();
  const own = new Set([account.user]);
  let onPut = (_: NewEvent): Promise<void> => Promise.resolve();
  const writer: Pick<EventWriter, 'putAccepted'> = {
    async putAccepted(event, dedupKey, onWritten) {
      await onPut(event);
      onWritten?.();
      // The router keeps one event a key, as the real one does.
      const isKnown = events.some(({ payload }) => (payload as MailPayload).dedupKey === dedupKey);
      if (!isKnown) events.push(event);
    },
  };
  let client: FolderClient | undefined;
  const depsOf = (open: FolderClient): TakeInDeps => ({
    account,
    folder,
    client: open,
    store,
    writer,
    parser: reader,
    own: () => own,
    now: () => new Date(),
    suspects,
    onTaken: () => undefined,
    report: (thrown, what) => reports.push(`${what}: ${String(thrown)}`),
  });
  const connect = async (commandMs = 10_000): Promise<FolderClient> => {
    client?.close();
    const read = await readSecret(account.secret, process.env);
    if ('problem' in read) throw new Error(read.problem);
    client = await openFolder(account, folder, read.secret, { commandMs });
    return client;
  };
  return {
    events,
    reports,
    connect,
    payloads: () => events.map(({ payload }) => payload as MailPayload),
    subjects: () => events.map(({ payload }) => (payload as MailPayload).subject),
    /** What comes when an event is put. */
    onPut: (listener: typeof onPut) => (onPut = listener),
    /** A look by a new connection. */
    async look(signal = new AbortController().signal) {
      await look(depsOf(await connect()), signal);
    },
    async catchUp(since: Date) {
      return catchUp(depsOf(await connect()), since, new AbortController().signal);
    },
    depsOf,
    async close() {
      client?.close();
      if (parser === undefined) await reader.close();
    },
  };
}

let made = 0;

/** A mail with these fields; what is left out is plain. `date` is when it was written. */
export function mailOf(fields: Record<string, string | null> = {}, body = 'hello\r\n'): string {
  made += 1;
  const all: Record<string, string | null> = {
    From: 'Ann <ann@example.net>',
    To: 'owner@example.org',
    Subject: `mail ${made}`,
    Date: new Date().toUTCString(),
    'Message-ID': `<${made}.${process.pid}@example.net>`,
    ...fields,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
