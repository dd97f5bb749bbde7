import type { Store, Tx } from '../../lib/store/store.ts';

/** How far a folder was read. */
export interface FolderRow {
  account: string;
  folder: string;
  /** Host and user, see `mailboxOf`. */
  mailbox: string;
  uidValidity: number;
  /** The highest UID that the journal has the event of. */
  cursor: number;
  seenAt: Date;
  lastMessageAt: Date | null;
}

const columns = `account, folder, mailbox, uid_validity AS "uidValidity", cursor, seen_at AS "seenAt", last_message_at AS "lastMessageAt"`;

/** How far all folders were read. */
export async function listFolders(store: Pick<Store, 'query'>): Promise<FolderRow[]> {
  const { rows } = await store.query<FolderRow>({
    name: 'mail-folders-list',
    text: `SELECT ${columns} FROM mail_folders ORDER BY account, folder`,
    values: [],
  });
  return rows;
}

/** How far a folder was read; undefined before its first look. */
export async function findFolder(
  store: Pick<Store, 'query'>,
  account: string,
  folder: string,
): Promise<FolderRow | undefined> {
  const { rows } = await store.query<FolderRow>({
    name: 'mail-folders-find',
    text: `SELECT ${columns} FROM mail_folders WHERE account = $1 AND folder = $2`,
    values: [account, folder],
  });
  return rows[0];
}

/** Keeps how far a folder was read. */
export async function keepFolder(tx: Tx, row: FolderRow): Promise<void> {
  await tx.query({
    name: 'mail-folders-keep',
    text: `INSERT INTO mail_folders (account, folder, mailbox, uid_validity, cursor, seen_at, last_message_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT ON CONSTRAINT mail_folders_pkey DO UPDATE
             SET mailbox = $3, uid_validity = $4, cursor = $5, seen_at = greatest(mail_folders.seen_at, $6),
                 last_message_at = greatest(mail_folders.last_message_at, $7)`,
    values: [
      row.account,
      row.folder,
      row.mailbox,
      row.uidValidity,
      row.cursor,
      row.seenAt,
      row.lastMessageAt,
    ],
  });
}
