import { z } from 'zod';
import { trusts } from '../recall/trust.ts';
import { memoryKinds } from './kinds.ts';
import { memoryLine, memoryTags, memoryText, memoryTitle } from './memory-line.ts';

const id = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((given) => given === 'true')]);

/** By what lists and exports can be narrowed. */
export const memoryFilter = z.strictObject({
  kind: z.enum(memoryKinds).optional(),
  trust: z.enum(trusts).optional(),
  source: z.string().min(1).max(64).optional(),
  tag: z.string().min(1).max(64).optional(),
  pinned: flag.optional(),
  text: z.string().min(1).max(500).optional(),
  since: time.optional(),
  until: time.optional(),
  event: id.optional(),
});
export type MemoryFilterQuery = z.output<typeof memoryFilter>;

/** What `GET /v1/memories` takes. `before` is the last id of the page before. */
export const memoriesQuery = memoryFilter.extend({
  before: id.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
});
export type MemoriesQuery = z.output<typeof memoriesQuery>;

/** The number of a memory in a path. */
export const memoryId = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'expected the number of a memory')
  .transform(Number);

export const memoryEditBody = z
  .strictObject({
    content: memoryText.optional(),
    title: memoryTitle.nullable().optional(),
    kind: z.enum(memoryKinds).optional(),
    importance: z.number().min(0).max(1).optional(),
    tags: memoryTags.optional(),
  })
  .refine(
    // Whoever extends it may add which memory is meant.
    (change) => Object.entries(change).some(([key, value]) => key !== 'id' && value !== undefined),
    'expected something to change',
  );
export type MemoryEditBody = z.output<typeof memoryEditBody>;

export const memoryPinBody = z.strictObject({ pinned: z.boolean() });

/** At most so many memories are forgotten at once. */
export const maxForgotten = 100;
export const memoryForgetBody = z.strictObject({ ids: z.array(id).min(1).max(maxForgotten) });

/** At most so many lines are imported at once; whoever has more comes again. */
export const maxImportedLines = 200;
export const memoryImportBody = z.strictObject({
  lines: z.array(memoryLine).min(1).max(maxImportedLines),
  /** No line is trusted more than this. */
  ceiling: z.enum(trusts).default('owner'),
});
export type MemoryImportBody = z.output<typeof memoryImportBody>;
