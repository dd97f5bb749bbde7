import pg from 'pg';
import { dayName } from '../../lib/local-time.ts';
import type { Store } from '../../lib/store/store.ts';
import { importanceOf } from '../../memory/keep/importance.ts';
import { bundleValues, insertBundles, type NewBundledNote } from '../../memory/rows/bundles.ts';
import { eventColumns, idIsTaken, insertFreshEvents } from './event-columns.ts';
import type { EventRecord } from './event-record.ts';
import { notesOf } from './said-notes.ts';

const { DatabaseError } = pg;

/** More notes of one batch than these wait apart from the memories, where they are as cheap as their events. */
export const notesAtOnce = 50;

/**
 * Records events of which many bring notes, most of them different: the notes wait in bundles. False, and nothing is recorded, where
 * they bring something else, where the owner says one, and where an id is taken, which the slower statement sorts out.
 */
export async function recordBundled(
  store: Pick<Store, 'query'>,
  records: readonly EventRecord[],
  now: Date,
): Promise<boolean> {
  const count = records.reduce((sum, { notes = [] }) => sum + notes.length, 0);
  if (count <= notesAtOnce) return false;
  if (records.some(({ task, isReport }) => task !== undefined || isReport === true)) return false;
  const columns = eventColumns(records);
  const { told, said } = notesOf(records, now);
  if (told.length < said.length / 2 || told.some(({ trust }) => trust === 'owner')) return false;
  const values = bundleValues(countedNotes(told, said, now));
  if (values === undefined) return false;
  try {
    await store.query({
      name: 'record-events-and-bundles',
      text: `WITH recorded AS (${insertFreshEvents}) ${insertBundles(columns.length + 1)}`,
      values: [...columns, ...values],
    });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof DatabaseError && thrown.constraint === idIsTaken)) throw thrown;
    return false;
  }
}

/** Each note once, with how often it was said and when first. */
function countedNotes(
  told: ReturnType<typeof notesOf>['told'],
  said: ReturnType<typeof notesOf>['said'],
  now: Date,
): NewBundledNote[] {
  const notes = told.map((note) => ({
    kind: note.kind,
    content: note.content,
    source: note.source,
    trust: note.trust,
    origin: note.origin,
    importance: note.importance ?? importanceOf(note),
    title: note.title ?? null,
    tags: [...(note.tags ?? [])],
    conversation: note.conversation ?? null,
    event_id: Infinity,
    seen_count: 0,
    created: Infinity,
    lastSeen: now.getTime(),
    day: '',
  }));
  for (const { id, place, happenedAt } of said) {
    const note = notes[place - 1] as NewBundledNote;
    note.event_id = Math.min(note.event_id, id);
    note.seen_count += 1;
    note.created = Math.min(note.created, happenedAt);
  }
  for (const note of notes) note.day = dayName(new Date(note.created));
  return notes;
}
