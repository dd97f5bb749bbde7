import { numberArray } from '../../lib/store/array-literal.ts';
import type { Store, Tx } from '../../lib/store/store.ts';
import type { NotedMemory } from './inbox.ts';
import { insertNotes, type SettledNote } from './insert-notes.ts';

/** A note that waits in a bundle, as the memory that it may become: `id` is the one that it will have. */
export interface BundledNote extends NotedMemory {
  bundle_id: number;
  day: string;
}

/** A note as it is put into a bundle. */
export type NewBundledNote = Pick<
  NotedMemory,
  | 'kind'
  | 'content'
  | 'source'
  | 'trust'
  | 'origin'
  | 'importance'
  | 'title'
  | 'tags'
  | 'conversation'
  | 'event_id'
  | 'seen_count'
> & {
  /** Epoch milliseconds. */
  created: number;
  lastSeen: number;
  day: string;
};

/** Few enough for one of the keeper's batches. */
const maxNotes = 32;
const maxChars = 50_000;
/** JSON has no such character, so texts need no quoting on their way. */
const separator = '\u0001';

/** A data-modifying statement that stores bundles, with parameters from `$first` on: those of `bundleValues`. */
export function insertBundles(first: number): string {
  return `INSERT INTO memory_bundles (notes, count, chars)
    SELECT notes, count, chars
      FROM unnest(string_to_array($${first}::text, E'\\x01'), $${first + 1}::int[], $${first + 2}::int[]) AS bundle (notes, count, chars)`;
}

/** The values for `insertBundles`; undefined where a text has a NUL, which the database cannot take. */
export function bundleValues(notes: readonly NewBundledNote[]): string[] | undefined {
  const bundles: { notes: NewBundledNote[]; chars: number }[] = [];
  let last: (typeof bundles)[number] | undefined;
  for (const note of notes) {
    if (last === undefined || last.notes.length === maxNotes || last.chars + note.content.length > maxChars)
      bundles.push((last = { notes: [], chars: 0 }));
    last.notes.push(note);
    last.chars += note.content.length;
  }
  const texts = bundles.map((bundle) => JSON.stringify(bundle.notes));
  if (texts.some((text) => text.includes('\\u0000'))) return undefined;
  return [
    texts.join(separator),
    numberArray(bundles.map((bundle) => bundle.notes.length)),
    numberArray(bundles.map(({ chars }) => chars)),
  ];
}

/**
 * Notes of the newest bundles: about so many, and no more than about so many characters, though always those of one. `except`:
 * bundles that somebody is at.
 */
export async function nextBundled(
  store: Tx,
  { limit, maxChars: most, except = [] }: { limit: number; maxChars: number; except?: readonly number[] },
): Promise<BundledNote[]> {
  const { rows } = await store.query<{ id: number; notes: string; ids: number[] }>({
    name: 'memory-bundles-next',
    text: `
      WITH newest AS (
        SELECT id, count, row_number() OVER place AS number, sum(count) OVER place AS up_to, sum(chars) OVER place - chars AS before_it
          FROM (SELECT id, count, chars FROM memory_bundles WHERE id <> ALL ($3::bigint[]) ORDER BY id DESC LIMIT $1) AS every WINDOW place AS (ORDER BY id DESC)
      )
      SELECT id, notes, (SELECT array_agg(nextval('memory_embeddings_id_seq')::float8) FROM generate_series(1, newest.count)) AS ids
        FROM newest JOIN memory_bundles USING (id) WHERE number = 1 OR (up_to <= $1 AND before_it < $2) ORDER BY id DESC`,
    values: [limit, most, except],
  });
  return rows.flatMap(({ id: bundle, notes, ids }) =>
    (JSON.parse(notes) as NewBundledNote[]).map((note, place) =>
      asMemory(note, bundle, ids[place] as number),
    ),
  );
}

function asMemory({ created, lastSeen, ...note }: NewBundledNote, bundle: number, id: number): BundledNote {
  return {
    ...note,
    id,
    bundle_id: bundle,
    content_hash: '',
    pinned: false,
    edited_at: null,
    document_id: null,
    chunk: null,
    is_being_cut: false,
    created_at: new Date(created),
    last_seen_at: new Date(Math.max(created, lastSeen)),
  };
}

/** Takes bundles away for good, within the transaction that settles their notes; resolves to those of the notes that it had. */
export async function takeBundled(tx: Tx, notes: readonly BundledNote[]): Promise<Set<BundledNote>> {
  const { rows } = await tx.query<{ id: number }>({
    name: 'memory-bundles-take',
    text: 'DELETE FROM memory_bundles WHERE id = ANY ($1::bigint[]) RETURNING id',
    values: [[...new Set(notes.map(({ bundle_id: id }) => id))]],
  });
  const taken = new Set(rows.map(({ id }) => id));
  return new Set(notes.filter(({ bundle_id: id }) => taken.has(id)));
}

/** Makes memories, not yet prepared, of all notes of bundles, in one transaction. */
export function moveBundled(store: Store, notes: readonly BundledNote[]): Promise<void> {
  return store.transaction(async (tx) => {
    const taken = await takeBundled(tx, notes);
    await insertNotes(tx, [...taken].map(unprepared));
  });
}

/** A note as the memory that is still to be prepared. */
export function unprepared(memory: BundledNote): SettledNote {
  return { memory, count: memory, content: memory.content, redacted: 0, things: [], codes: undefined };
}
