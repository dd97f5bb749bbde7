import { DAY } from '../lib/time.ts';
import type { FolderRow } from './rows/folders.ts';

/** What a server says of a folder. */
export interface FolderStatus {
  uidValidity: number;
  /** The UID that the next mail gets; null where the server does not say. */
  uidNext: number | null;
}

/** What is to be read of a folder. */
export type Plan =
  /** The first look at this mailbox: nothing older than now is taken. */
  | { kind: 'begin' }
  | { kind: 'nothing' }
  /** All UIDs above the cursor. */
  | { kind: 'next' }
  /** The UIDs say nothing: what is not older than `since` and was never seen is new. `why` completes "since …". */
  | { kind: 'rescan'; since: Date; why: string };

/** A server may have filed late what belongs before the latest mail. */
const renumberedMs = 2 * DAY;
const recededMs = 7 * DAY;

/** Plans a look. `row` is of this mailbox; one of another counts as none. */
export function planOf(
  row: Pick<FolderRow, 'uidValidity' | 'cursor' | 'seenAt'> | undefined,
  { uidValidity, uidNext }: FolderStatus,
  now: Date,
): Plan {
  if (row === undefined) return { kind: 'begin' };
  if (row.uidValidity !== uidValidity)
    return {
      kind: 'rescan',
      since: new Date(row.seenAt.getTime() - renumberedMs),
      why: `the server has numbered the folder anew (UIDVALIDITY ${row.uidValidity} → ${uidValidity})`,
    };
  if (uidNext !== null && uidNext <= row.cursor)
    return {
      kind: 'rescan',
      since: new Date(now.getTime() - recededMs),
      why: `the server counts from behind again (UIDNEXT ${uidNext}, ${row.cursor} was seen)`,
    };
  return uidNext === row.cursor + 1 ? { kind: 'nothing' } : { kind: 'next' };
}
