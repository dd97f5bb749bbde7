import type { Bus } from '../lib/bus.ts';
import type { Store } from '../lib/store/store.ts';
import { keepNotice, settleNotices } from '../notices/rows.ts';
import type { OutboxFacts } from '../outbox/facts.ts';
import type { RoomState } from './room.ts';

export interface TellDeps {
  store: Store;
  bus: Pick<Bus<OutboxFacts>, 'emit'>;
}

/** Tells the owner once what is wrong with the room on the disk; undefined takes back what was told before. */
export async function tellOfRoom(
  { store, bus }: TellDeps,
  text: string | undefined,
  now: Date,
): Promise<void> {
  const isNews = await store.transaction(async (tx) => {
    if (text === undefined) {
      await settleNotices(tx, { origin: 'storage', now });
      return false;
    }
    await keepNotice(tx, { origin: 'storage', text, taskId: null, now });
    return true;
  });
  if (isNews && text !== undefined) bus.emit('owner.told', { origin: 'storage', text, taskId: null });
}

/** What is wrong with the room, in a sentence or two; undefined where nothing is. */
export function roomProblem({ state, freeBytes, limitBytes }: RoomState): string | undefined {
  if (state !== 'low' || freeBytes === null) return undefined;
  return (
    `The disk of the home has ${megabytes(freeBytes)} free, and storage.minFreeBytes is ${megabytes(limitBytes)}: ` +
    'tasks other than yours, backups and drafts wait. Events are taken and kept. ninjad storage says what takes how much.'
  );
}

/** What is wrong where nothing is left that may go; undefined where the home fits. */
export function budgetProblem(overBytes: number, budgetBytes: number): string | undefined {
  if (overBytes <= 0) return undefined;
  return (
    `The home takes ${megabytes(overBytes)} more than its budget of ${megabytes(budgetBytes)}, and what is left never goes by itself: ` +
    'raise storage.maxBytes, or forget memories. ninjad storage says what takes how much.'
  );
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
