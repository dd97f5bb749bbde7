import { z } from 'zod';
import { UsageError } from '../lib/errors.ts';
import { trustOf } from '../lib/wire/trust.ts';
import type { Note } from '../lib/reflexes/reflex.ts';
import type { WireEvent } from '../lib/wire/parse-line.ts';
import { memoryTags, memoryTitle } from './memory-line.ts';

/** Kinds that an event may give to its text. */
export const notedKinds = ['note', 'fact', 'preference', 'event'] as const;

const keys = z.object({
  kind: z.enum(notedKinds).optional(),
  title: memoryTitle.optional(),
  tags: memoryTags.optional(),
  importance: z.number().min(0).max(1).optional(),
});

/**
 * The memory that an event wants kept: its text, with `kind`, `title`, `tags` and `importance` of a JSON payload. Only
 * the owner says what matters to the owner: `importance` from others is ignored. Throws a `UsageError` for a key that
 * cannot be used.
 */
export function noteOf(event: Pick<WireEvent, 'text' | 'payload' | 'source'>): Note {
  const trust = trustOf(event.source);
  if (!event.payload.startsWith('{')) return { content: event.text, kind: 'note', trust };
  const parsed = keys.safeParse(objectIn(event.payload));
  if (!parsed.success) throw new UsageError(`the payload cannot be used: ${z.prettifyError(parsed.error)}`);
  const { kind = 'note', title, tags, importance } = parsed.data;
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
