import { createHash } from 'node:crypto';
import type { Note } from '../../lib/reflexes/reflex.ts';

/** A memory as it is kept from an event. */
export interface NoteRecord extends Note {
  /** `extraction` for what is learned without being asked to. */
  origin: 'event' | 'extraction';
}

/** A note with all that it is told apart from others by. */
interface ToldNote extends NoteRecord {
  likeness: string;
  source: string;
  conversation: string | undefined;
}

/** An event that may say something to be remembered. */
interface Speaker {
  id: number;
  /** Epoch milliseconds. */
  occurredAt: number;
  source: string;
  conversation?: string | undefined;
  notes?: readonly NoteRecord[] | undefined;
}

/** The different notes of a batch, and which event says which of them (by place, from 1), and when (epoch milliseconds). */
export function notesOf(records: readonly Speaker[], now: Date) {
  const told: ToldNote[] = [];
  const said: { id: number; place: number; happenedAt: number }[] = [];
  const places = new Map<string, number>();
  for (const { id, occurredAt, source, conversation, notes = [] } of records) {
    // What an event says happened when the event says, though not in the future.
    const happenedAt = Math.min(occurredAt, now.getTime());
    for (const note of notes) {
      const likeness = likenessOf(note, source, conversation);
      let place = places.get(likeness);
      if (place === undefined) {
        place = told.push({ ...note, likeness, source, conversation });
        places.set(likeness, place);
      }
      said.push({ id, place, happenedAt });
    }
  }
  return { told, said };
}

function likenessOf(note: NoteRecord, source: string, conversation: string | undefined): string {
  const { kind, content, trust, origin, importance, title, tags = [] } = note;
  return createHash('md5')
    .update([kind, trust, origin, importance, source, conversation, title, ...tags, content].join('\u0001'))
    .digest('hex');
}
