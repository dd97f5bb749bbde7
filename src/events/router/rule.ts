import { z } from 'zod';
import { parseSpan } from '../../lib/duration-text.ts';
import { messageOf } from '../../lib/errors.ts';
import { meant } from '../../lib/nearest-name.ts';
import { parseQuietHours } from '../../lib/quiet-hours.ts';
import { DAY } from '../../lib/time.ts';
import { agentNameExpected, agentNames } from '../../lib/wire/agent-names.ts';
import { PRIORITIES, type PriorityName } from '../../lib/wire/priority.ts';

const maxPatternLength = 256;
const maxFields = 16;
const pattern = z
  .string()
  .min(1)
  .max(maxPatternLength)
  .describe('a pattern for the whole text: * stands for any characters, ? for one');
const patterns = z.union([pattern, z.array(pattern).min(1).max(64)]).transform((value) => [value].flat());
const priorityName = z.enum(PRIORITIES);
const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, 'expected letters, digits and ._:-');

const longestThrottleMs = 31 * DAY;

/** Milliseconds of a span such as `90s`, `10m`, `2h` or `1d`; undefined where it is none or longer than 31 days. */
export function spanMs(text: string): number | undefined {
  const ms = /^[1-9]\d{0,6}[smhd]$/.test(text) ? parseSpan(text) : undefined;
  return ms !== undefined && ms <= longestThrottleMs ? ms : undefined;
}

/** Fields of an object by name, with the nearest known name for one that is not. */
function objectOf<Shape extends z.ZodRawShape>(what: string, shape: Shape) {
  return z.strictObject(shape, {
    error: ({ code, keys }) =>
      code === 'unrecognized_keys' ? unknownFields(what, keys, Object.keys(shape)) : undefined,
  });
}

function unknownFields(what: string, keys: readonly string[], known: readonly string[]): string {
  return keys.map((key) => `${what} has no field ${JSON.stringify(key)}${meant(key, known)}`).join('; ');
}

const throttle = objectOf('a throttle', {
  /** Events that may pass within the time; every further one is dropped. HUMAN ones always pass. */
  count: z.int().min(1).max(1000),
  /** The time, such as `10m`: it slides, so that no stretch of this length sees more than `count`. */
  per: z
    .string()
    .refine((text) => spanMs(text) !== undefined, 'expected a time such as 90s, 10m, 2h or 1d, up to 31d'),
  /** `source` counts each source for itself; `rule`, the default, all together. */
  by: z.enum(['rule', 'source']).optional(),
});

const quiet = objectOf('quiet', {
  /** From and until on the clock, such as `22:00-07:00`. */
  hours: z.string().superRefine((text, context) => {
    try {
      parseQuietHours(text);
    } catch (thrown) {
      context.addIssue({ code: 'custom', message: messageOf(thrown) });
    }
  }),
  /** The IANA zone of that clock; the daemon's own where it is left out. */
  zone: z.string().max(64).refine(isZone, 'expected a time zone such as Europe/Berlin').optional(),
  /** `hold`, the default, lets a task wait until they end; `lower` lets it go on as LOW. URGENT and HUMAN always pass. */
  then: z.enum(['hold', 'lower']).optional(),
});

const fields = z
  .record(
    z
      .string()
      .min(1)
      .max(128)
      .regex(/^[^\0-\x1f]+$/, 'expected the name of a field on one line'),
    patterns,
  )
  .refine((named) => Object.keys(named).length <= maxFields, `expected at most ${maxFields} fields`);

/** The conditions of a rule, and what it does. */
const shape = {
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'expected lower-case letters, digits and dashes'),
  /** What it is for, in the owner's words. */
  about: z.string().min(1).max(500).optional(),
  /** False switches it off and leaves it in its place. */
  enabled: z.boolean().optional(),
  source: patterns.optional(),
  category: patterns.optional(),
  /** Names of priorities, e.g. `["HUMAN", "URGENT"]`. */
  priority: z
    .union([priorityName, z.array(priorityName).min(1)])
    .transform((value): PriorityName[] => [value].flat())
    .optional(),
  /** The first word of the text without its slash, e.g. `status` for "/status now"; `*` for any command. */
  command: patterns.optional(),
  /** Matched against the first 4,096 characters of the text; that of a mail is a stranger's and fits nothing. */
  text: patterns.optional(),
  /** Patterns for fields of a JSON payload, e.g. `{"from": "*@example.org", "list": "*"}`; of a list, one element has to fit. */
  fields: fields.optional(),
  /** True compares text and fields without regard to upper and lower case. */
  ignoreCase: z.boolean().optional(),
  route: z
    .string()
    .regex(/^(task|drop|reflex:[a-z][a-z-]{0,31})$/, 'expected "task", "drop" or "reflex:<name>"')
    .transform((value) => value as Route)
    .optional(),
  /** The event goes on with this priority; nobody but the owner's own sources makes it HUMAN. */
  setPriority: z.enum(PRIORITIES.slice(1) as Exclude<PriorityName, 'HUMAN'>[]).optional(),
  /** The entry of `permissions.byCategory` that its task gets, instead of the one of the event's category. */
  permissionCategory: word.optional(),
  /** The agent that its task goes to, instead of `agent.default`. */
  agent: z.enum(agentNames, agentNameExpected).optional(),
  throttle: throttle.optional(),
  quiet: quiet.optional(),
};

/** The names of what a rule can say. */
export const ruleFields = Object.keys(shape) as (keyof typeof shape)[];

/** What a rule can do; it does one of these at least. */
export const deeds = ['route', 'setPriority', 'permissionCategory', 'agent', 'throttle', 'quiet'] as const;

/**
 * One routing rule as it stands in `router.rules`. All conditions named must hold. The first rule with a route that matches
 * decides; one without a route changes the event on its way (priority, throttle, quiet hours …) and leaves the rest to those
 * after it.
 */
export const ruleSchema = objectOf('a rule', shape).refine(
  (rule) => deeds.some((deed) => rule[deed] !== undefined),
  `expected a route ("task", "drop" or "reflex:<name>"), or one of ${deeds.slice(1).join(', ')}`,
);

export type Route = 'task' | 'drop' | `reflex:${string}`;
export type Rule = z.output<typeof ruleSchema>;
/** A rule as the owner writes it: single patterns need no array. */
export type RuleInput = z.input<typeof ruleSchema>;

/** A rule as people write it: a list of one is the one itself. */
export function plainRule(rule: Rule | RuleInput): RuleInput {
  const plain = Object.entries(rule)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [
      key,
      key === 'fields'
        ? Object.fromEntries(Object.entries(value as object).map(([name, of]) => [name, single(of)]))
        : single(value),
    ]);
  return Object.fromEntries(plain) as RuleInput;
}

function single(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
