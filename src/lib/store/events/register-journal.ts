import { hostname } from 'node:os';
import type { Store } from '../store.ts';

/** Bytes of a journal that one journal number covers; event ids stay below 2^53 with 8,190 numbers. */
export const epochBytes = 2 ** 40;

/** Gives a journal its number for an epoch (`floor(position / epochBytes)`), the same one whenever it is asked again. */
export async function registerJournal(store: Store, uuid: string, epoch: number, now: Date): Promise<number> {
  const { rows } = await store.query<{ id: number }>({
    name: 'register-journal',
    text: `WITH new AS (
             INSERT INTO journals (uuid, epoch, host, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT ON CONSTRAINT journals_uuid_epoch_key DO NOTHING RETURNING id)
           SELECT id FROM new UNION ALL SELECT id FROM journals WHERE uuid = $1 AND epoch = $2 LIMIT 1`,
    values: [uuid, epoch, hostname(), now],
  });
  const [row] = rows;
  if (row === undefined) throw new Error(`journal ${uuid} could not be registered`);
  return row.id;
}

/** Turns journal positions into event ids, registering the journal at the store the first time. */
export interface EventIds {
  /** Makes `idOf` ready for these positions. Rejects with `StoreAwayError` while the store is away. */
  prepare(positions: readonly number[]): Promise<void>;
  /** The id of the event whose line begins at `position`. Throws where `prepare` was not called for it. */
  idOf(position: number): number;
}

/** See `EventIds`. */
export function createEventIds(store: Store, journalUuid: string, now: () => number = Date.now): EventIds {
  const numbers = new Map<number, number>();
  return {
    async prepare(positions) {
      for (const position of positions) {
        const epoch = Math.floor(position / epochBytes);
        if (!numbers.has(epoch))
          numbers.set(epoch, await registerJournal(store, journalUuid, epoch, new Date(now())));
      }
    },
    idOf(position) {
      const number = numbers.get(Math.floor(position / epochBytes));
      if (number === undefined) throw new Error('the journal is not registered yet');
      return number * epochBytes + (position % epochBytes);
    },
  };
}
