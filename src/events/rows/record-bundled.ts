import pg from 'pg';
import type { Store } from '../../lib/store/store.ts';
import { bundleValues, insertBundles, type NewBundledNote } from '../../memory/rows/bundles.ts';
import {
  eventColumns,
  idIsTaken,
  insertFreshEvents,
  insertPlainEvents,
  plainColumns,
} from './event-columns.ts';
import { type EventRecord, isBare } from './event-record.ts';
import { notesOf } from './said-notes.ts';

const { DatabaseError } = pg;

const noTags: readonly string[] = [];

/** More notes of one batch than these wait apart from the memories, where they are cheaper than their events. */
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
  const count = records.reduce((sum, { notes }) => sum + (notes?.length ?? 0), 0);
  if (count <= notesAtOnce) return false;
  if (records.some(({ task, isReport }) => task !== undefined || isReport === true)) return false;
  const { told, said } = notesOf(records, now);
  if (told.length < said.length / 2 || told.some(({ trust }) => trust === 'owner')) return false;
  const values = bundleValues(countedNotes(told, said, now));
  if (values === undefined) return false;
  const [name, insert, columns] = records.every(isBare)
    ? ['record-plain-events-and-bundles', insertPlainEvents, plainColumns(records)]
    : ['record-events-and-bundles', insertFreshEvents, eventColumns(records)];
  try {
    await store.query({
      name,
      text: `WITH recorded AS (${insert}) ${insertBundles(columns.length + 1)}`,
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
  const lastSeen = now.getTime();
  const notes = told.map((note): NewBundledNote => ({
    event_id: Infinity,
    seen_count: 0,
    kind: note.kind,
    content: note.isPayload ? null : note.content,
    chars: note.content.length,
    source: note.source,
    trust: note.trust,
    origin: note.origin,
    importance: note.importance ?? null,
    title: note.title ?? null,
    tags: note.tags ?? noTags,
    conversation: note.conversation ?? null,
    created: Infinity,
    lastSeen,
  }));
  for (const { id, place, happenedAt } of said) {
    const note = notes[place - 1] as NewBundledNote;
    note.event_id = Math.min(note.event_id, id);
    note.seen_count += 1;
    note.created = Math.min(note.created, happenedAt);
  }
  return notes;
}
