import { dayName } from '../../lib/local-time.ts';
import { numberArray, textArray } from '../../lib/store/array-literal.ts';
import type { Store, Tx } from '../../lib/store/store.ts';
import { importanceOf } from '../keep/importance.ts';
import type { NotedMemory } from './inbox.ts';
import { insertNotes, type SettledNote } from './insert-notes.ts';

/** A note that waits in a bundle, as the memory that it may become: `id` is the one that it will have. */
export interface BundledNote extends NotedMemory {
  bundle_id: number;
  day: string;
}

/** A note as it is put into a bundle. */
export interface NewBundledNote extends Pick<
  NotedMemory,
  'kind' | 'source' | 'trust' | 'origin' | 'title' | 'conversation' | 'event_id' | 'seen_count'
> {
  /** Null where it is the payload of its event, which is read when the note becomes a memory. */
  content: string | null;
  /** Characters of its text, wherever that stands. */
  chars: number;
  /** Null where it is to be judged by its text then. */
  importance: number | null;
  tags: readonly string[];
  /** Epoch milliseconds. */
  created: number;
  lastSeen: number;
}

/** A note as a bundle of any version has it. */
type PackedNote = Omit<NewBundledNote, 'chars'> & { day?: string };

/** Few enough for one of the keeper's batches. */
const maxNotes = 32;
const maxChars = 50_000;
/** JSON has no such character, so texts need no quoting on their way. */
const separator = '\u0001';

/** Condition on rows of `events`: nobody needs their payload for a memory any more. */
export const isNotedNoMore =
  'id < coalesce((SELECT min(first_event) FROM memory_bundles), 9223372036854775807)';

/** A data-modifying statement that stores bundles, with parameters from `$first` on: those of `bundleValues`. */
export function insertBundles(first: number): string {
  return `INSERT INTO memory_bundles (notes, count, chars, first_event)
    SELECT notes, count, chars, first_event
      FROM unnest(string_to_array($${first}::text, E'\\x01'), $${first + 1}::int[], $${first + 2}::int[], $${first + 3}::bigint[])
        AS bundle (notes, count, chars, first_event)`;
}

/** The values for `insertBundles`; undefined where a text has a NUL, which the database cannot take. */
export function bundleValues(notes: readonly NewBundledNote[]): string[] | undefined {
  const bundles: { notes: string[]; chars: number; firstEvent: number }[] = [];
  let last: (typeof bundles)[number] | undefined;
  let before: NewBundledNote | undefined;
  for (const note of notes) {
    if (last === undefined || last.notes.length === maxNotes || last.chars + note.chars > maxChars) {
      bundles.push((last = { notes: [], chars: 0, firstEvent: Infinity }));
      before = undefined;
    }
    last.notes.push(packed(note, before));
    last.chars += note.chars;
    if (note.content === null) last.firstEvent = Math.min(last.firstEvent, note.event_id);
    before = note;
  }
  const texts = bundles.map((bundle) => `[${bundle.notes.join(',')}]`);
  if (texts.some((text) => text.includes('\\u0000'))) return undefined;
  return [
    texts.join(separator),
    numberArray(bundles.map((bundle) => bundle.notes.length)),
    numberArray(bundles.map(({ chars }) => chars)),
    textArray(bundles.map(({ firstEvent }) => (firstEvent === Infinity ? undefined : firstEvent.toString()))),
  ];
}

/** What a note may have in common with the one before it. */
const shared = [
  'kind',
  'content',
  'source',
  'trust',
  'origin',
  'importance',
  'title',
  'tags',
  'conversation',
  'created',
  'lastSeen',
] as const satisfies (keyof PackedNote)[];

/** A note in JSON, without what is as in the note before it: those of a flood have little of their own. */
function packed(note: NewBundledNote, before: NewBundledNote | undefined): string {
  const own: Record<string, unknown> = { event_id: note.event_id, seen_count: note.seen_count };
  for (const key of shared) if (note[key] !== before?.[key]) own[key] = note[key];
  return JSON.stringify(own);
}

function unpacked(text: string): PackedNote[] {
  let note = {} as PackedNote;
  return (JSON.parse(text) as Partial<PackedNote>[]).map((own) => (note = { ...note, ...own }));
}

/**
 * Notes of the newest bundles: about so many, and no more than about so many characters, though always those of one. A note whose
 * event is gone is left out, since its text is gone with it. `except`: bundles that somebody is at.
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
  if (rows.length === 0) return [];
  const bundles = rows.map(({ id, notes, ids }) => ({ id, ids, notes: unpacked(notes) }));
  const payloads = await findPayloads(
    store,
    bundles.flatMap(({ notes }) => notes),
  );
  const found = bundles.flatMap(({ id: bundle, ids, notes }) =>
    notes.flatMap((note, place) => {
      const content = note.content ?? payloads.get(note.event_id);
      return content === undefined ? [] : [asMemory({ ...note, content }, bundle, ids[place] as number)];
    }),
  );
  if (found.length > 0) return found;
  await deleteBundles(
    store,
    bundles.map(({ id }) => id),
  );
  return nextBundled(store, { limit, maxChars: most, except });
}

async function findPayloads(store: Tx, notes: readonly PackedNote[]): Promise<Map<number, string>> {
  const ids = notes.filter(({ content }) => content === null).map(({ event_id: id }) => id);
  if (ids.length === 0) return new Map();
  const { rows } = await store.query<{ id: number; payload: string }>({
    name: 'memory-bundles-payloads',
    text: 'SELECT id, payload FROM events WHERE id = ANY ($1::bigint[])',
    values: [numberArray(ids)],
  });
  return new Map(rows.map(({ id, payload }) => [id, payload]));
}

function asMemory(
  { created, lastSeen, importance, day, tags, ...note }: PackedNote & { content: string },
  bundle: number,
  id: number,
): BundledNote {
  const createdAt = new Date(created);
  return {
    ...note,
    id,
    bundle_id: bundle,
    importance: importance ?? importanceOf(note),
    tags: [...tags],
    day: day ?? dayName(createdAt),
    content_hash: '',
    pinned: false,
    edited_at: null,
    document_id: null,
    chunk: null,
    is_being_cut: false,
    created_at: createdAt,
    last_seen_at: new Date(Math.max(created, lastSeen)),
  };
}

/** Takes bundles away for good, within the transaction that settles their notes; resolves to those of the notes that it had. */
export async function takeBundled(tx: Tx, notes: readonly BundledNote[]): Promise<Set<BundledNote>> {
  const taken = await deleteBundles(tx, [...new Set(notes.map(({ bundle_id: id }) => id))]);
  return new Set(notes.filter(({ bundle_id: id }) => taken.has(id)));
}

async function deleteBundles(tx: Tx, ids: readonly number[]): Promise<Set<number>> {
  const { rows } = await tx.query<{ id: number }>({
    name: 'memory-bundles-take',
    text: 'DELETE FROM memory_bundles WHERE id = ANY ($1::bigint[]) RETURNING id',
    values: [ids],
  });
  return new Set(rows.map(({ id }) => id));
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
