import { z } from 'zod';
import type { Misfit, ValuesOf } from '../lib/config/schema.ts';
import { setting } from '../lib/config/setting.ts';
import { messageOf, UsageError } from '../lib/errors.ts';
import { declaredGoalSchema } from './definition.ts';
import { newTerms } from './keep/terms.ts';
import { PassedError } from './when/one-shot.ts';

/** A list of goals with names is taken as well as an object by name. */
const byName = (given: unknown): unknown => {
  if (!Array.isArray(given)) return given;
  return Object.fromEntries((given as readonly unknown[]).map(named));
};

function named(goal: unknown, index: number): [string, unknown] {
  if (typeof goal !== 'object' || goal === null) return [`#${index + 1}`, goal];
  const { name, ...rest } = goal as Readonly<Record<string, unknown>>;
  return [typeof name === 'string' ? name : `#${index + 1}`, rest];
}

const declaredGoals = {
  schema: z.preprocess(byName, z.record(z.string().trim().min(1).max(100), declaredGoalSchema).readonly()),
  expects: 'an object from names to goals with when, and prompt or reflex',
};

/** Settings of goals: those that are declared. */
export const goalSettings = {
  goals: setting(
    declaredGoals,
    {},
    {
      description:
        'Goals by name, e.g. `{"report": {"when": "every weekday at 9", "prompt": "What is new on the nas?"}}`, with the options of `ninjad goals add` in camelCase; they are shown as declared and edited here.',
      hot: false,
    },
  ),
};

/** The values of these settings. */
export type GoalValues = ValuesOf<typeof goalSettings>;

/** A goal that cannot be kept is said at the start, as every other mistake in config.json is. One whose time has passed is none. */
export function goalMisfits({ goals }: GoalValues): Misfit[] {
  return Object.entries(goals).flatMap(([name, { paused: _, ...goal }]) => {
    try {
      const maker = { by: 'config.json', trust: 'owner' } as const;
      newTerms({ ...goal, name }, { maker, declaredBy: null, now: new Date() });
      return [];
    } catch (thrown) {
      if (!(thrown instanceof UsageError)) throw thrown;
      if (thrown instanceof PassedError) return [];
      return [
        { keys: ['goals'], message: `goals[${JSON.stringify(name)}] in config.json: ${messageOf(thrown)}` },
      ];
    }
  });
}
