import { createHash } from 'node:crypto';
import type { Note } from '../../lib/reflexes/reflex.ts';

/** A memory as it is kept from an event. */
export interface NoteRecord extends Note {
  /** `extraction` for what is learned without being asked to. */
  origin: 'event' | 'extraction';
}

/** A note with all that it is told apart from others by. */
export interface ToldNote extends NoteRecord {
  /** All of that but its text. */
  manner: string;
  source: string;
  conversation: string | undefined;
  /** Its text is the payload of each event that says it. */
  isPayload: boolean;
}

/** An event that may say something to be remembered. */
interface Speaker {
  id: number;
  /** Epoch milliseconds. */
  occurredAt: number;
  source: string;
  payload: string;
  conversation?: string | undefined;
  notes?: readonly NoteRecord[] | undefined;
}

/** The different notes of a batch, and which event says which of them (by place, from 1), and when (epoch milliseconds). */
export function notesOf(records: readonly Speaker[], now: Date) {
  const told: ToldNote[] = [];
  const said: { id: number; place: number; happenedAt: number }[] = [];
  const placesOf = createPlaces();
  const latest = now.getTime();
  for (const record of records) {
    const { notes } = record;
    if (notes === undefined) continue;
    // What an event says happened when the event says, though not in the future.
    const happenedAt = Math.min(record.occurredAt, latest);
    for (const note of notes) {
      const { content } = note;
      const isPayload = content === record.payload;
      const { manner, places } = placesOf(note, record);
      let place = places.get(content);
      if (place === undefined) {
        const { source, conversation } = record;
        place = told.push({ ...note, manner, source, conversation, isPayload });
        places.set(content, place);
      } else if (!isPayload) (told[place - 1] as ToldNote).isPayload = false;
      said.push({ id: record.id, place, happenedAt });
    }
  }
  return { told, said };
}

/** Places by text, apart for notes that differ in anything else; of a flood hardly one does from the one before it. */
function createPlaces() {
  const known = new Map<string, { manner: string; places: Map<string, number> }>();
  let last:
    { note: NoteRecord; speaker: Speaker; found: NonNullable<ReturnType<typeof known.get>> } | undefined;
  return (note: NoteRecord, speaker: Speaker) => {
    if (last !== undefined && isSameManner(note, last.note) && isSameSpeaker(speaker, last.speaker))
      return last.found;
    const manner = mannerOf(note, speaker);
    let found = known.get(manner);
    if (found === undefined) known.set(manner, (found = { manner, places: new Map() }));
    last = { note, speaker, found };
    return found;
  };
}

function isSameManner(a: NoteRecord, b: NoteRecord): boolean {
  return (
    a.kind === b.kind &&
    a.trust === b.trust &&
    a.origin === b.origin &&
    a.importance === b.importance &&
    a.title === b.title &&
    a.tags === b.tags
  );
}

function isSameSpeaker(a: Speaker, b: Speaker): boolean {
  return a.source === b.source && a.conversation === b.conversation;
}

/** A hash of all that tells notes apart, in hexadecimal digits: equal notes are found again by it. */
export function likenessOf({ manner, content }: Pick<ToldNote, 'manner' | 'content'>): string {
  return createHash('md5').update(`${manner}\u0001${content}`).digest('hex');
}

function mannerOf(note: NoteRecord, { source, conversation }: Speaker): string {
  const { kind, trust, origin, importance, title, tags = [] } = note;
  return [kind, trust, origin, importance, source, conversation, title, ...tags].join('\u0001');
}
