import { z } from 'zod';
import { readDuration } from '../lib/duration-text.ts';
import { messageOf } from '../lib/errors.ts';
import { parseQuietHours } from '../lib/quiet-hours.ts';
import { category } from '../lib/config/setting.ts';
import { agentNameExpected, agentNames } from '../lib/wire/agent-names.ts';
import { HOUR, MINUTE, SECOND } from '../lib/time.ts';
import { readDoneSchema } from './run/done-schema.ts';

const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{C}]+$/u, 'expected a name of printable characters on one line');
const words = (max: number) => z.string().trim().min(1).max(max);
const command = words(4_000).describe('a command of the shell');
const oneLine = z.string().regex(/^[^\p{C}]*$/u, 'expected printable characters on one line');

/** Milliseconds, or a span such as `10m`. */
const span = (least: number, most: number) =>
  z
    .union([z.number(), z.string()])
    .transform((given, context) => {
      if (typeof given === 'number') return given;
      try {
        return readDuration(given);
      } catch (thrown) {
        context.addIssue({ code: 'custom', message: messageOf(thrown) });
        return z.NEVER;
      }
    })
    .pipe(z.int().min(least).max(most));

const quiet = z.string().transform((text, context) => {
  try {
    parseQuietHours(text);
    return text.trim();
  } catch (thrown) {
    context.addIssue({ code: 'custom', message: messageOf(thrown) });
    return z.NEVER;
  }
});

/** A command, or a JSON schema as an object or its source. */
const doneCheck = z.union([command, z.record(z.string(), z.unknown())]).transform((given, context) => {
  const schema = typeof given === 'string' ? parsedSchema(given) : given;
  if (schema === undefined) return { command: given as string };
  try {
    readDoneSchema(schema);
    return { schema };
  } catch (thrown) {
    context.addIssue({ code: 'custom', message: messageOf(thrown) });
    return z.NEVER;
  }
});

const longestRun = 24 * HOUR;

/** All that may be said of a goal but its name. What is null or left out is not set. */
export const goalFields = {
  when: words(200),
  zone: words(64).optional(),
  prompt: words(100_000).nullish(),
  reflex: words(100_000).nullish(),
  conversation: oneLine.min(1).max(128).nullish(),
  category: category.optional(),
  priority: z.enum(['URGENT', 'HIGH', 'NORMAL', 'LOW', 'IDLE']).optional(),
  agent: z.enum(agentNames, agentNameExpected).nullish(),
  model: oneLine.min(1).max(100).nullish(),
  budget: z.number().positive().max(1_000_000).nullish(),
  timeout: span(SECOND, longestRun).optional(),
  missed: z.enum(['skip', 'once', 'all']).optional(),
  missedWindow: span(MINUTE, 366 * 24 * HOUR).optional(),
  missedCap: z.int().min(1).max(100).optional(),
  overlap: z.enum(['skip', 'queue', 'cancel-other']).optional(),
  jitter: span(0, HOUR).optional(),
  quiet: quiet.nullish(),
  condition: command.nullish(),
  doneCheck: doneCheck.nullish(),
};

/** A new goal. */
export const goalSchema = z.strictObject({ name, ...goalFields });
/** Changes to a goal: null takes away what is not needed. */
export const goalChangeSchema = z.strictObject(goalFields).partial();
/** A goal as `config.json` declares it. */
export const declaredGoalSchema = z.strictObject({ ...goalFields, paused: z.boolean().optional() });

export type GoalInput = z.output<typeof goalSchema>;
export type GoalChange = z.output<typeof goalChangeSchema>;
export type DeclaredGoal = z.output<typeof declaredGoalSchema>;
export type DoneCheck = z.output<typeof doneCheck>;

function parsedSchema(text: string): Record<string, unknown> | undefined {
  // A command in braces is a group of the shell: "{ test -e x; }" is no JSON.
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
