import { keepNotice, seeNotices } from '../notices/rows.ts';
import type { Tx } from '../lib/store/store.ts';

/** Tells the owner by a notice; resolves to its number. */
export async function tellOwner(tx: Tx, text: string, now: Date): Promise<number | null> {
  const subject = await keepNotice(tx, { origin: 'fleet', text, taskId: null, now });
  const [, id] = /^notice:(\d+)$/.exec(subject ?? '') ?? [];
  return id === undefined ? null : Number(id);
}

/** What was told no longer holds: nobody needs to read it. */
export async function takeBack(tx: Tx, toldId: number | null, now: Date): Promise<void> {
  if (toldId !== null) await seeNotices(tx, { ids: [toldId], now });
}
