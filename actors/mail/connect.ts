import { fromPromise } from 'xstate';
import type { FolderInput, FolderOpening } from '../../machines/mail-folder/protocol.ts';
import type { Account } from '../../src/mail/account.ts';
import { type FolderClient, openFolder } from '../../src/mail/client.ts';
import { refusalOf } from '../../src/mail/refusal.ts';
import { readSecret, type Secret } from '../../src/mail/secret.ts';

export interface ConnectDeps {
  account: Account;
  env: NodeJS.ProcessEnv;
  commandMs: () => number;
  /** Takes the connection over. */
  keep: (client: FolderClient) => void;
}

/** Logs in and opens the folder. A token that is refused is asked for once more: it may have expired a moment ago. */
export function createConnect(deps: ConnectDeps) {
  return fromPromise<FolderOpening, FolderInput>(({ input, signal }) => connect(deps, input.folder, signal));
}

async function connect(deps: ConnectDeps, folder: string, signal: AbortSignal): Promise<FolderOpening> {
  const { account, env } = deps;
  if (!account.enabled) return { kind: 'disabled' };
  const read = await readSecret(account.secret, env);
  if ('problem' in read) return { kind: 'unauthorised', reason: read.problem };
  const first = await open(deps, folder, read.secret, signal);
  if (first.kind !== 'unauthorised' || account.secret.kind !== 'token') return first;
  const again = await readSecret(account.secret, env);
  if ('problem' in again || isSame(again.secret, read.secret)) return first;
  return open(deps, folder, again.secret, signal);
}

async function open(
  { account, commandMs, keep }: ConnectDeps,
  folder: string,
  secret: Secret,
  signal: AbortSignal,
): Promise<FolderOpening> {
  try {
    keep(await openFolder(account, folder, secret, { commandMs: commandMs(), signal }));
    return { kind: 'open' };
  } catch (thrown) {
    return refusalOf(thrown, account);
  }
}

function isSame(one: Secret, other: Secret): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
