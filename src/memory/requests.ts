import { z } from 'zod';
import { flag, id, page, search, time, word } from '../lib/operations/fields.ts';
import { trusts } from '../lib/wire/trust.ts';
import { memoryKinds } from './kinds.ts';
import { memoryLine, memoryTags, memoryText, memoryTitle } from './memory-line.ts';

/** Filters of lists and exports. */
export const memoryFilter = z.strictObject({
  kind: z.enum(memoryKinds).optional(),
  trust: z.enum(trusts).optional(),
  source: word.optional(),
  tag: word.optional(),
  pinned: flag.optional(),
  text: search.optional(),
  since: time.optional(),
  until: time.optional(),
  event: id.optional(),
});
export type MemoryFilterQuery = z.output<typeof memoryFilter>;

/** A page of a list of memories. */
export const memoriesQuery = memoryFilter.extend(page);
export type MemoriesQuery = z.output<typeof memoriesQuery>;

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
