import { fromPromise } from 'xstate';
import type { FolderInput, LookEnd } from '../../machines/mail-folder/protocol.ts';
import { NinjadError } from '../../src/lib/errors.ts';
import type { FolderClient } from '../../src/mail/client.ts';
import type { MailDesk } from '../../src/mail/desk.ts';
import { refusalOf } from '../../src/mail/refusal.ts';
import type { TakeInDeps } from '../../src/mail/take-in/deps.ts';
import { catchUp, look } from '../../src/mail/take-in/look.ts';

export interface LookDeps extends Omit<TakeInDeps, 'client' | 'folder'> {
  desk: Pick<MailDesk, 'takeRequests'>;
  client: () => FolderClient;
}

/** The pipe or the store does not take events now; the connection is as good as before. */
const ours: ReadonlySet<string> = new Set(['STORE_AWAY', 'NOT_RUNNING', 'PIPE_FULL', 'NOT_ACCEPTED']);

/** Takes in what is new, then what was asked for, and waits for news again. */
export function createLook(deps: LookDeps) {
  return fromPromise<LookEnd, FolderInput>(async ({ input, signal }) => {
    const client = deps.client();
    try {
      await takeIn({ ...deps, client, folder: input.folder }, deps.desk, signal);
      if (!signal.aborted) client.idle();
      return { kind: 'through' };
    } catch (thrown) {
      if (signal.aborted || (thrown instanceof NinjadError && ours.has(thrown.code))) throw thrown;
      deps.report(thrown, `the look into ${input.folder}`);
      return refusalOf(thrown, deps.account);
    }
  });
}

async function takeIn(deps: TakeInDeps, desk: LookDeps['desk'], signal: AbortSignal): Promise<void> {
  await look(deps, signal);
  const requests = desk.takeRequests(deps.account.name, deps.folder);
  try {
    for (const { since, resolve } of requests) resolve(await catchUp(deps, since, signal));
  } catch (thrown) {
    // Those that were answered stay so.
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    for (const { reject } of requests) reject(error);
    throw thrown;
  }
}
