import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { trustOf } from '../recall/trust.ts';
import type { NoteRecord } from '../store/events/record-events.ts';
import type { WireEvent } from '../wire/parse-line.ts';
import { memoryTags, memoryTitle } from './memory-line.ts';

/** What an event may say that its text is. */
export const notedKinds = ['note', 'fact', 'preference', 'event'] as const;

const keys = z.object({
  kind: z.enum(notedKinds).optional(),
  title: memoryTitle.optional(),
  tags: memoryTags.optional(),
  importance: z.number().min(0).max(1).optional(),
});

/**
 * The memory that an event wants kept: its text, with `kind`, `title`, `tags` and `importance` of a JSON payload. What matters
 * to the owner is for the owner to say: from others `importance` is not taken. Throws a `UsageError` for a key that cannot be used.
 */
export function noteOf(event: Pick<WireEvent, 'text' | 'payload' | 'source'>): Omit<NoteRecord, 'origin'> {
  const parsed = keys.safeParse(event.payload.startsWith('{') ? objectIn(event.payload) : {});
  if (!parsed.success) throw new UsageError(`the payload cannot be used: ${z.prettifyError(parsed.error)}`);
  const { kind = 'note', title, tags, importance } = parsed.data;
  const trust = trustOf(event.source);
  return {
    content: event.text,
    kind,
    trust,
    ...(title !== undefined && { title }),
    ...(tags !== undefined && { tags }),
    ...(importance !== undefined && trust === 'owner' && { importance }),
  };
}

/** Braces may begin a text as well. */
function objectIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
