import { z } from 'zod';
import { PRIORITIES, type PriorityName } from '../wire/priority.ts';

const maxPatternLength = 256;
const pattern = z
  .string()
  .min(1)
  .max(maxPatternLength)
  .describe('a pattern for the whole text: * stands for any characters, ? for one');
const patterns = z.union([pattern, z.array(pattern).min(1).max(64)]).transform((value) => [value].flat());
const priorityName = z.enum(PRIORITIES);

/** One routing rule as it stands in `router.rules`; all conditions named must hold, and the first rule that matches decides. */
export const ruleSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'expected lower-case letters, digits and dashes'),
  source: patterns.optional(),
  category: patterns.optional(),
  /** Names of priorities, e.g. `["HUMAN", "URGENT"]`. */
  priority: z
    .union([priorityName, z.array(priorityName).min(1)])
    .transform((value): PriorityName[] => [value].flat())
    .optional(),
  /** The first word of the text without its slash, e.g. `status` for "/status now"; `*` for any command. */
  command: patterns.optional(),
  /** Matched against the first 4,096 characters of the text. */
  text: patterns.optional(),
  route: z
    .string()
    .regex(/^(task|drop|reflex:[a-z][a-z-]{0,31})$/, 'expected "task", "drop" or "reflex:<name>"')
    .transform((value) => value as Route),
});

export type Route = 'task' | 'drop' | `reflex:${string}`;
export type Rule = z.output<typeof ruleSchema>;
/** A rule as the owner writes it: single patterns need no array. */
export type RuleInput = z.input<typeof ruleSchema>;
