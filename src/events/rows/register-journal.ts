import { hostname } from 'node:os';
import type { Store } from '../../lib/store/store.ts';

/** Bytes of a journal that one journal number covers; event ids stay below 2^53 with 8,190 numbers. */
export const epochBytes = 2 ** 40;

/** From a position of a journal on, its events have this number in their ids. */
interface Span {
  number: number;
  from: number;
}

/** Where a journal stood when this process opened it, so that positions which come a second time are told apart. */
export interface JournalStart {
  uuid: string;
  /** The position after the last byte that was there at the start; undefined: nothing is looked for. */
  replayEnd?: number | undefined;
  /** Told in a sentence of a journal that ends before what the store has of it. */
  onProblem?: ((problem: string) => void) | undefined;
}

/** Turns journal positions into event ids, registering the journal at the store the first time. */
export interface EventIds {
  /** Makes `idOf` ready for these positions. Rejects with `StoreAwayError` while the store is away. */
  prepare(positions: readonly number[]): Promise<void>;
  /** The id of the event whose line begins at `position`. Throws where `prepare` was not called for it. */
  idOf(position: number): number;
}

/**
 * Gives a journal its numbers for an epoch (`floor(position / epochBytes)`), the same ones whenever it is asked again. A
 * journal that ends before what the store has of it was cut, by a power failure or by a copy that was restored: what comes
 * from `replayEnd` on gets a number of its own, or it would pass for events that are recorded already.
 */
export async function registerJournal(
  store: Pick<Store, 'query'>,
  { uuid, replayEnd, onProblem }: JournalStart,
  epoch: number,
  now: Date,
): Promise<readonly Span[]> {
  const spans = await spansOf(store, uuid, epoch);
  const last = spans.at(-1);
  if (last === undefined) return [await addSpan(store, { uuid, epoch, from: 0 }, now)];
  if (replayEnd === undefined || Math.floor(replayEnd / epochBytes) !== epoch) return spans;
  const ahead = await countFrom(store, last.number, replayEnd);
  if (ahead === 0) return spans;
  onProblem?.(
    `the journal ends at position ${replayEnd}, but the store has ${ahead} events of what came after it: it was cut, by a power failure or by a copy that was restored; those events stay, and new lines get ids of their own`,
  );
  return [...spans, await addSpan(store, { uuid, epoch, from: replayEnd }, now)];
}

/** In the order in which they were given, so that of two from the same position the later one counts. */
async function spansOf(store: Pick<Store, 'query'>, uuid: string, epoch: number): Promise<Span[]> {
  const { rows } = await store.query<Span>({
    name: 'journal-spans',
    text: `SELECT id AS number, from_position AS "from" FROM journals WHERE uuid = $1 AND epoch = $2 ORDER BY id`,
    values: [uuid, epoch],
  });
  return rows;
}

async function addSpan(
  store: Pick<Store, 'query'>,
  { uuid, epoch, from }: { uuid: string; epoch: number; from: number },
  now: Date,
): Promise<Span> {
  const { rows } = await store.query<Span>({
    name: 'register-journal',
    text: `INSERT INTO journals (uuid, epoch, from_position, host, created_at) VALUES ($1, $2, $3, $4, $5)
           RETURNING id AS number, from_position AS "from"`,
    values: [uuid, epoch, from, hostname(), now],
  });
  return rows[0] as Span;
}

async function countFrom(store: Pick<Store, 'query'>, number: number, position: number): Promise<number> {
  const { rows } = await store.query<{ count: number }>({
    name: 'journal-events-ahead',
    text: 'SELECT count(*)::int AS count FROM events WHERE id >= $1::bigint AND id < $2::bigint',
    values: [number * epochBytes + (position % epochBytes), (number + 1) * epochBytes],
  });
  return rows[0]?.count ?? 0;
}

/** See `EventIds`. */
export function createEventIds(
  store: Pick<Store, 'query'>,
  journal: JournalStart,
  now: () => number = Date.now,
): EventIds {
  const spansByEpoch = new Map<number, readonly Span[]>();
  return {
    async prepare(positions) {
      for (const position of positions) {
        const epoch = Math.floor(position / epochBytes);
        if (!spansByEpoch.has(epoch))
          spansByEpoch.set(epoch, await registerJournal(store, journal, epoch, new Date(now())));
      }
    },
    idOf(position) {
      const spans = spansByEpoch.get(Math.floor(position / epochBytes));
      const span = spans?.findLast(({ from }) => from <= position);
      if (span === undefined) throw new Error('the journal is not registered yet');
      return span.number * epochBytes + (position % epochBytes);
    },
  };
}
