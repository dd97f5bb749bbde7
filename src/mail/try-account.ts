import type { Account } from './account.ts';
import { openFolder } from './client.ts';
import { headerOf, readHeaders } from './headers.ts';
import { refusalOf } from './refusal.ts';
import { readSecret } from './secret.ts';
import { oneLine } from './text/clean.ts';

/** What a look into a folder from outside of the daemon found; nothing in it was changed, and nothing was taken in. */
export type Trial =
  | {
      name: string;
      folder: string;
      state: 'open';
      messages: number;
      uidValidity: number;
      uidNext: number | null;
      /** UIDs above the cursor, which would be read; null where no cursor is known. */
      unread: number | null;
      /** The newest mail, its fields as they stand. */
      newest: { from: string; subject: string; receivedAt: string } | null;
    }
  | {
      name: string;
      folder: string;
      state: 'disabled' | 'away' | 'throttled' | 'unauthorised' | 'parked';
      reason: string;
    };

export interface TrialOptions {
  env: NodeJS.ProcessEnv;
  commandMs: number;
  /** How far the daemon has read the folder. */
  cursorOf?: (folder: string) => number | null;
}

/** Connects to each folder of an account, opens it for reading only and says what is there. Never rejects. */
export async function tryAccount(account: Account, options: TrialOptions): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const folder of account.folders) trials.push(await tryFolder(account, folder, options));
  return trials;
}

async function tryFolder(account: Account, folder: string, options: TrialOptions): Promise<Trial> {
  const { name } = account;
  if (!account.enabled) return { name, folder, state: 'disabled', reason: 'it is switched off' };
  const read = await readSecret(account.secret, options.env);
  if ('problem' in read) return { name, folder, state: 'unauthorised', reason: read.problem };
  try {
    const client = await openFolder(account, folder, read.secret, { commandMs: options.commandMs });
    try {
      const { messages, uidValidity, uidNext } = client.opened;
      const cursor = options.cursorOf?.(folder) ?? null;
      const unread = cursor === null ? null : (await client.uidsAbove(cursor)).length;
      const newest = messages === 0 ? undefined : await newestOf(client, uidNext);
      return { name, folder, state: 'open', messages, uidValidity, uidNext, unread, newest: newest ?? null };
    } finally {
      client.close();
    }
  } catch (thrown) {
    const { kind, reason } = refusalOf(thrown, account);
    return { name, folder, state: kind, reason };
  }
}

async function newestOf(client: Awaited<ReturnType<typeof openFolder>>, uidNext: number | null) {
  const uids = await client.uidsAbove(Math.max(0, (uidNext ?? 1) - 50));
  const [head] = await client.heads(uids.slice(-1));
  if (head === undefined) return undefined;
  const headers = readHeaders(head.header);
  const field = (name: string): string => oneLine(headerOf(headers, name) ?? '', 120);
  return { from: field('from'), subject: field('subject'), receivedAt: head.receivedAt.toISOString() };
}
