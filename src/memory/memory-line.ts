import { z } from 'zod';
import { type Trust, trustOf, trusts } from '../lib/wire/trust.ts';
import type { ImportedMemory } from './rows/import-memories.ts';
import type { MemoryRow } from './rows/memories.ts';
import { memoryKinds } from './kinds.ts';

/** A longer text has to be given in pieces. Even all escaped, it fits a request of the control API. */
export const maxMemoryChars = 500_000;
export const maxTitleChars = 200;
export const maxTags = 32;

/** Postgres cannot take NUL, JSON no halves of characters. */
const storable = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine(
      (text) => !/[\0\p{Surrogate}]/u.test(text),
      'expected a text without NUL and halves of characters',
    );
const time = z.iso.datetime({ offset: true });

export const memoryText = storable(maxMemoryChars).refine(
  (text) => text.trim() !== '',
  'expected a text, got blanks',
);
export const memoryTitle = storable(maxTitleChars);
export const memoryTags = z.array(storable(64)).max(maxTags);

/**
 * A memory in an export: one JSON object a line. Only `content` has to be there; `id` says what it was and is not taken
 * over. Unknown names are refused, so that a slip of the pen loses nothing silently.
 */
export const memoryLine = z.strictObject({
  id: z.int().min(1).optional(),
  kind: z.enum(memoryKinds).default('note'),
  content: memoryText,
  title: memoryTitle.nullable().default(null),
  source: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, 'expected a source such as cli or cron:disk')
    .default('cli'),
  trust: z.enum(trusts).default('owner'),
  importance: z.number().min(0).max(1).default(0.5),
  tags: memoryTags.default([]),
  pinned: z.boolean().default(false),
  conversation: storable(256).nullable().default(null),
  seenCount: z.int().min(1).max(2_147_483_647).default(1),
  createdAt: time.optional(),
  lastSeenAt: time.optional(),
});
export type MemoryLine = z.output<typeof memoryLine>;

/** A memory as it is exported. */
export function lineOf(row: MemoryRow): z.input<typeof memoryLine> {
  return {
    id: row.id,
    kind: row.kind as MemoryLine['kind'],
    content: row.content,
    title: row.title,
    source: row.source,
    trust: row.trust as Trust,
    importance: Number(row.importance.toFixed(4)),
    tags: row.tags,
    pinned: row.pinned,
    conversation: row.conversation,
    seenCount: row.seen_count,
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
  };
}

/**
 * A line as it is to be stored: never more trusted than its source can be, nor than `ceiling`; never later than now, and
 * seen no earlier than it came.
 */
export function importedOf(
  line: MemoryLine,
  { ceiling, now }: { ceiling: Trust; now: Date },
): ImportedMemory {
  const { kind, content, title, source, importance, tags, pinned, conversation, seenCount } = line;
  const came = earlier(line.createdAt, now);
  const seen = earlier(line.lastSeenAt ?? line.createdAt, now);
  return {
    ...{ kind, content, title, source, importance, tags, pinned, conversation, seenCount },
    trust: leastTrusted([line.trust, trustOf(source), ceiling]),
    createdAt: came,
    lastSeenAt: seen < came ? came : seen,
  };
}

function leastTrusted(given: readonly Trust[]): Trust {
  return trusts[Math.max(...given.map((trust) => trusts.indexOf(trust)))] ?? 'untrusted';
}

function earlier(time: string | undefined, now: Date): Date {
  const at = time === undefined ? now : new Date(time);
  return at > now ? now : at;
}
