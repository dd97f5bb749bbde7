import { z } from 'zod';
import { recordAct } from '../activity/record-act.ts';
import type { Bus } from '../lib/bus.ts';
import { ConflictError, messageOf, NotFoundError } from '../lib/errors.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { nothing, page, time } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import { type Page, pageOf } from '../lib/operations/page.ts';
import type { Store } from '../lib/store/store.ts';
import type { CaughtUp, MailDesk, MailState } from './desk.ts';
import { listMails, type MailView } from './rows/events.ts';
import { listFolders } from './rows/folders.ts';

/** Services that the operations of mail use. */
export interface MailNeeds {
  store: Store;
  mailDesk: MailDesk;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  now: () => Date;
}

/** A watched folder: how it is, and how far it was read. */
export interface FolderView {
  /** The account. */
  name: string;
  folder: string;
  source: string;
  state: MailState;
  uidValidity: number | null;
  /** The highest UID whose event the journal has. */
  cursor: number | null;
  lastMessageAt: Date | null;
  reason: string | null;
}

/** How catching up went in a folder, or why it did not. */
export type CatchUpView = CaughtUp | { name: string; folder: string; problem: string };

const catchUpInput = z.strictObject({ name: z.string().min(1).max(64).optional(), since: time });
const maxPage = 200;

/** Operations of mail. */
export const mailOperations = {
  'mail.list': operation('GET /mail', nothing, (needs: MailNeeds) => foldersOf(needs)),
  'mail.messages': operation(
    'GET /mail/messages',
    z.strictObject(page),
    async ({ store }: MailNeeds, { limit, before }): Promise<Page<MailView>> => {
      const most = Math.min(limit, maxPage);
      return pageOf(await listMails(store, { before, limit: most + 1 }), most);
    },
  ),
  'mail.catchUp': operation(
    'POST /mail/catch-up',
    catchUpInput,
    async (needs: MailNeeds, { name, since }, caller): Promise<CatchUpView[]> => {
      const { mailDesk, store, bus, now } = needs;
      const chosen = mailDesk.folders().filter((one) => name === undefined || one.name === name);
      if (chosen.length === 0)
        throw new NotFoundError(
          name === undefined ? 'no mailbox is set up' : `no account of mail is called ${name}`,
        );
      if (since.getTime() > now().getTime())
        throw new ConflictError('the time lies ahead: nothing came since then');
      await store.transaction((tx) =>
        recordAct(tx, caller, {
          at: now(),
          action: 'mail.catch-up',
          summary: `mail since ${since.toISOString()} was asked for${name === undefined ? '' : ` of ${name}`}`,
          detail: { ...(name !== undefined && { name }), since: since.toISOString() },
        }),
      );
      const results = await Promise.all(chosen.map((one) => catchUpOf(mailDesk, one, since)));
      for (const list of ['mail.list', 'mail.messages']) bus.emit('list.changed', { list });
      return results;
    },
  ),
};

async function catchUpOf(
  desk: MailDesk,
  { name, folder }: { name: string; folder: string },
  since: Date,
): Promise<CatchUpView> {
  return desk
    .catchUp(name, folder, since)
    .catch((thrown: unknown) => ({ name, folder, problem: messageOf(thrown) }));
}

async function foldersOf({ store, mailDesk }: MailNeeds): Promise<FolderView[]> {
  // How a folder is watched must be seen also while the store is away.
  const rows = await listFolders(store).catch(() => []);
  return mailDesk.folders().map(({ name, folder, source, state, reason }) => {
    const row = rows.find((one) => one.account === name && one.folder === folder);
    return {
      name,
      folder,
      source,
      state,
      uidValidity: row?.uidValidity ?? null,
      cursor: row?.cursor ?? null,
      lastMessageAt: row?.lastMessageAt ?? null,
      reason,
    };
  });
}
