import type { Bus } from '../lib/bus.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { localTime } from '../lib/local-time.ts';
import { believeClock, readPruningClock } from '../lib/store/pruning-clock.ts';
import type { Store, Tx } from '../lib/store/store.ts';
import type { OutboxFacts } from '../outbox/facts.ts';
import { keepNotice, settleNotices } from '../notices/rows.ts';

/** Needs of whoever deletes rows for their age. */
export interface MayPruneDeps {
  store: Store;
  bus?: Pick<Bus<OutboxFacts>, 'emit'>;
}

/**
 * Whether rows may be deleted for their age by this reading of the clock: not while it is far from all readings before.
 * The owner is told when that begins, once, and the notice goes when it is over.
 */
export async function mayPrune({ store, bus }: MayPruneDeps, now: Date): Promise<boolean> {
  const { isBelieved, text } = await store.transaction(async (tx) => {
    const { isBelieved, hasChanged, believedAt } = await readPruningClock(tx, now);
    if (!hasChanged) return { isBelieved };
    if (isBelieved) {
      await settleNotices(tx, { origin: 'clock', now });
      return { isBelieved };
    }
    const text = doubtOf(believedAt, now);
    await keepNotice(tx, { origin: 'clock', text, taskId: null, now });
    return { isBelieved, text };
  });
  if (text !== undefined) bus?.emit('owner.told', { origin: 'clock', text, taskId: null });
  return isBelieved;
}

/** Believes the clock since the owner says so, and takes the doubt back that they were told. `record` writes who did it. */
export async function believeNow(
  { store, bus }: { store: Store; bus: Pick<Bus<ListFacts>, 'emit'> },
  now: Date,
  record: (tx: Tx) => Promise<void>,
): Promise<void> {
  await store.transaction(async (tx) => {
    await believeClock(tx, now);
    await settleNotices(tx, { origin: 'clock', now });
    await record(tx);
  });
  bus.emit('list.changed', { list: 'notices.list' });
}

function doubtOf(believedAt: Date, now: Date): string {
  return (
    `The clock says ${localTime(now)}, and the last time it was looked at it said ${localTime(believedAt)}: ` +
    'nothing is deleted for its age until it has gone on for a day. If it is right, ninjad clock --believe says so at once.'
  );
}
