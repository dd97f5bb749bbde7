import pg from 'pg';
import { numberArray, textArray } from '../../lib/store/array-literal.ts';
import { dayName } from '../../lib/local-time.ts';
import { importanceOf } from '../../memory/keep/importance.ts';
import type { Store } from '../../lib/store/store.ts';
import { type EventRecord, isBare } from './event-record.ts';
import {
  eventColumns,
  idIsTaken,
  insertFreshEvents,
  insertPlainEvents,
  plainColumns,
} from './event-columns.ts';
import { notesAtOnce, recordBundled } from './record-bundled.ts';
import { likenessOf, notesOf } from './said-notes.ts';

export type { EventRecord, NewTask } from './event-record.ts';

const { DatabaseError } = pg;

/** Keeps answers that are to be sent to where their lines say; repeating it does no harm. */
export type KeepAnswers = (
  tx: Pick<Store, 'query'>,
  answered: readonly (EventRecord & { replyTo: string })[],
  now: Date,
) => Promise<void>;

/**
 * Records a batch of events, their tasks and their memories in one statement, all or nothing; where one is to be
 * answered elsewhere, in one transaction with `keepAnswers`.
 * An event that is recorded already is left as it is, with what it caused: recording twice does no harm.
 */
export async function recordEvents(
  store: Store,
  records: readonly EventRecord[],
  now: Date,
  keepAnswers?: KeepAnswers,
): Promise<void> {
  const answered = keepAnswers === undefined ? [] : records.filter(isAnswered);
  if (answered.length === 0)
    return (await recordBundled(store, records, now)) ? undefined : recordBatch(store, records, now);
  await store.transaction(async (tx) => {
    await recordBatch(tx, records, now);
    await keepAnswers?.(tx, answered, now);
  });
}

function isAnswered(record: EventRecord): record is EventRecord & { replyTo: string } {
  return record.replyTo !== undefined;
}

async function recordBatch(
  store: Pick<Store, 'query'>,
  records: readonly EventRecord[],
  now: Date,
): Promise<void> {
  if (records.every(isPlain)) {
    await recordPlain(store, plainColumns(records));
    return;
  }
  const columns = eventColumns(records);
  const effects = records.filter(hasEffects);
  if (effects.length === 0) {
    await store.query({ name: 'record-events', text: insertEvents, values: columns });
    return;
  }
  const notes = effects.reduce((sum, record) => sum + (record.notes?.length ?? 0), 0);
  const [name, keepNotes] =
    notes > notesAtOnce
      ? ['record-events-and-many-notes', keepInInbox]
      : ['record-events-and-effects', keepAsMemories];
  await store.query({
    name,
    text: `WITH recorded AS (${insertEvents} RETURNING id, priority, source, category, conversation),
      new_tasks AS (
        INSERT INTO tasks (event_id, priority, source, category, conversation, prompt, reply_to, fork_of, run_after, queued_at,
                           permission_category, wants_agent, held_by, outcome, reason)
        SELECT recorded.id, priority, source, category, conversation, task.prompt, task.reply_to, task.fork_of,
               coalesce(to_timestamp(task.held_ms / 1000), $18), $18, task.permission_category, task.wants_agent, task.held_by,
               CASE WHEN task.held_by IS NOT NULL THEN 'held' END, task.reason
        FROM unnest($15::bigint[], $16::text[], $17::text[], $23::text[], $31::text[], $32::text[], $33::float8[], $34::text[], $39::text[])
          AS task (event_id, prompt, reply_to, fork_of, permission_category, held_by, held_ms, reason, wants_agent)
        JOIN recorded ON recorded.id = task.event_id ORDER BY recorded.id),
      reports AS (
        INSERT INTO graph_pending (origin, origin_id)
        SELECT 'event', recorded.id FROM unnest($28::bigint[]) AS report (event_id)
        JOIN recorded ON recorded.id = report.event_id
        ON CONFLICT ON CONSTRAINT graph_pending_pkey DO NOTHING)
      ${keepNotes}`,
    values: [...columns, ...effectColumns(effects, now)],
  });
}

/** Which of these ids are recorded already. */
export async function findRecorded(store: Store, ids: readonly number[]): Promise<Set<number>> {
  const { rows } = await store.query<{ id: number }>({
    name: 'find-recorded',
    text: 'SELECT id FROM events WHERE id = ANY ($1::bigint[])',
    values: [ids],
  });
  return new Set(rows.map(({ id }) => id));
}

/** The ids of the events that have one of these deduplication keys already, by key. */
export async function findDedupKeys(store: Store, keys: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await store.query<{ id: number; dedup_key: string }>({
    name: 'find-dedup-keys',
    text: 'SELECT id, dedup_key FROM events WHERE dedup_key = ANY ($1::text[])',
    values: [keys],
  });
  return new Map(rows.map((row) => [row.dedup_key, row.id]));
}

/** True for the refusal of a row whose deduplication key another one got first: daemons may share a database. */
export function isRepetition(thrown: unknown): boolean {
  return thrown instanceof DatabaseError && thrown.constraint === 'events_dedup_key_key';
}

const onConflict = `ON CONFLICT ON CONSTRAINT ${idIsTaken} DO NOTHING`;

/** The notes of a batch, each once with how often it was said. */
const saidNotes = `
  FROM unnest($19::uuid[], $20::text[], $21::text[], $22::text[], $24::text[], $25::real[], $26::text[], $27::text[],
              $35::text[], $36::text[]) WITH ORDINALITY
    AS told (likeness, kind, content, trust, origin, importance, title, tags, source, conversation, place)
  JOIN (
    SELECT one.place, min(one.event_id) AS event_id, count(*)::int AS times, min(one.happened_ms) AS happened_ms,
           min(one.day)::date AS day
    FROM unnest($37::bigint[], $38::bigint[], $29::float8[], $30::text[]) AS one (event_id, place, happened_ms, day)
    JOIN recorded ON recorded.id = one.event_id GROUP BY one.place
  ) AS said USING (place) ORDER BY place`;

const noteColumns = `
  told.kind, told.content, told.source, told.trust, told.origin, told.importance, told.title,
  CASE WHEN told.tags = '[]' THEN '{}'::text[] ELSE ARRAY(SELECT jsonb_array_elements_text(told.tags::jsonb)) END,
  told.conversation, said.event_id, said.times, to_timestamp(said.happened_ms / 1000),
  greatest($18, to_timestamp(said.happened_ms / 1000)), said.day`;

const noteNames =
  'kind, content, source, trust, origin, importance, title, tags, conversation, event_id, seen_count, created_at, last_seen_at, day';

/** What waits to be prepared already, word for word, is counted: nothing that is said again and again waits twice. */
const keepAsMemories = `,
  notes (place, ${noteNames}) AS (SELECT place, ${noteColumns} ${saidNotes}),
  counted AS (
    UPDATE memory_embeddings AS waiting SET
      seen_count = waiting.seen_count + note.seen_count, created_at = least(waiting.created_at, note.created_at),
      last_seen_at = greatest(waiting.last_seen_at, note.last_seen_at), day = least(waiting.day, note.day)
    FROM notes AS note
    WHERE waiting.id = (
      SELECT min(id) FROM memory_embeddings AS same
      WHERE NOT same.prepared AND same.content_hash = md5(note.content) AND same.edited_at IS NULL AND same.document_id IS NULL
        AND (same.kind, same.content, same.source, same.trust, same.origin, same.importance, same.title, same.tags, same.conversation)
            IS NOT DISTINCT FROM
            (note.kind, note.content, note.source, note.trust, note.origin, note.importance, note.title, note.tags, note.conversation))
    RETURNING note.place
  )
  INSERT INTO memory_embeddings (${noteNames})
  SELECT ${noteNames} FROM notes WHERE place NOT IN (SELECT place FROM counted) ORDER BY place`;

const keepInInbox = `
  INSERT INTO memory_inbox AS waiting (likeness, ${noteNames}) SELECT told.likeness, ${noteColumns} ${saidNotes}
  ON CONFLICT ON CONSTRAINT memory_inbox_likeness_key DO UPDATE SET
    seen_count = waiting.seen_count + excluded.seen_count, created_at = least(waiting.created_at, excluded.created_at),
    last_seen_at = greatest(waiting.last_seen_at, excluded.last_seen_at), day = least(waiting.day, excluded.day)`;

const insertEvents = `${insertFreshEvents}
  ${onConflict}`;

/**
 * The hot path: four columns fewer, and no look for each id first, which costs the embedded database a sixth.
 * An id is taken only where the answer to an earlier try was lost; then the slower statement sorts it out.
 */
async function recordPlain(store: Pick<Store, 'query'>, values: string[]): Promise<void> {
  try {
    await store.query({ name: 'record-plain-events', text: insertPlainEvents, values });
  } catch (thrown) {
    if (!(thrown instanceof DatabaseError && thrown.constraint === idIsTaken)) throw thrown;
    await store.query({
      name: 'record-plain-events-again',
      text: `${insertPlainEvents} ${onConflict}`,
      values,
    });
  }
}

function isPlain(record: EventRecord): boolean {
  return isBare(record) && !hasEffects(record);
}

function hasEffects({ task, notes, isReport }: EventRecord): boolean {
  return task !== undefined || notes !== undefined || isReport === true;
}

function effectColumns(records: readonly EventRecord[], now: Date): unknown[] {
  const tasks = records.flatMap(({ id, task, reason }) =>
    task === undefined ? [] : [{ id, reason, ...task }],
  );
  const { told, said } = notesOf(records, now);
  return [
    numberArray(tasks.map(({ id }) => id)),
    textArray(tasks.map(({ prompt }) => prompt)),
    textArray(tasks.map(({ replyTo }) => replyTo)),
    now,
    textArray(told.map(likenessOf)),
    textArray(told.map(({ kind }) => kind)),
    textArray(told.map(({ content }) => content)),
    textArray(told.map(({ trust }) => trust)),
    textArray(tasks.map(({ forkOf }) => forkOf)),
    textArray(told.map(({ origin }) => origin)),
    numberArray(told.map((note) => note.importance ?? importanceOf(note))),
    textArray(told.map(({ title }) => title)),
    textArray(told.map(({ tags = [] }) => JSON.stringify(tags))),
    numberArray(records.filter(({ isReport }) => isReport === true).map(({ id }) => id)),
    numberArray(said.map(({ happenedAt }) => happenedAt)),
    textArray(said.map(({ happenedAt }) => dayName(new Date(happenedAt)))),
    textArray(tasks.map(({ permissionCategory }) => permissionCategory)),
    textArray(tasks.map(({ heldBy }) => heldBy)),
    textArray(tasks.map(({ heldUntil }) => heldUntil?.toString())),
    textArray(tasks.map(({ heldBy, reason }) => (heldBy === undefined ? undefined : reason))),
    textArray(told.map(({ source }) => source)),
    textArray(told.map(({ conversation }) => conversation)),
    numberArray(said.map(({ id }) => id)),
    numberArray(said.map(({ place }) => place)),
    textArray(tasks.map(({ wantsAgent }) => wantsAgent)),
  ];
}
