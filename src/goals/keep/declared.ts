import { type Declaring, nothingDeclared, recordDeclared } from '../../activity/declared.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Store } from '../../lib/store/store.ts';
import type { DeclaredGoal } from '../definition.ts';
import { declaredGoals, deleteGoal, type Goal, insertGoal, pauseGoal, updateGoal } from '../rows/goals.ts';
import { isRescheduled, newTerms, type ScheduleTerms, termsOfGoal } from './terms.ts';

/**
 * Makes the rows of this home's declared goals what its config.json says. A goal that is not declared any more is removed; one
 * whose name is taken by a goal of another origin is left out, and said.
 */
export function declareGoals(
  store: Store,
  declared: Readonly<Record<string, DeclaredGoal>>,
  { home, now }: { home: string; now: Date },
): Promise<Declaring> {
  return store.transaction(async (tx) => {
    const done = nothingDeclared();
    const known = new Map((await declaredGoals(tx, home)).map((goal) => [goal.name, goal]));
    for (const [name, goal] of known) {
      if (Object.hasOwn(declared, name)) continue;
      await deleteGoal(tx, goal.id);
      done.removed.push(name);
    }
    for (const [name, input] of Object.entries(declared)) {
      try {
        await declareGoal(tx, { name, input, known: known.get(name), home, now }, done);
      } catch (thrown) {
        if (!isOurs(thrown)) throw thrown;
        done.problems.push(`the goal ${name} of config.json: ${messageOf(thrown)}`);
      }
    }
    await recordDeclared(tx, done, { action: 'goals.declared', now });
    return done;
  });
}

interface Declaration {
  name: string;
  input: DeclaredGoal;
  known: Goal | undefined;
  home: string;
  now: Date;
}

async function declareGoal(
  tx: Parameters<typeof insertGoal>[0],
  { name, input, known, home, now }: Declaration,
  done: Declaring,
): Promise<void> {
  const { paused = false, ...definition } = input;
  const maker = { by: 'config.json', trust: 'owner' } as const;
  const kept = known === undefined ? undefined : keptSchedule(known, definition);
  const terms = newTerms({ ...definition, name }, { maker, declaredBy: home, now, kept });
  if (known === undefined) {
    const made = await insertGoal(tx, { terms, paused, now });
    if (made === undefined)
      done.problems.push(`the goal ${name} of config.json is not taken: there is one of that name`);
    else done.added.push(name);
    return;
  }
  const before = termsOfGoal(known);
  if (JSON.stringify(terms) !== JSON.stringify({ ...terms, ...before })) {
    await updateGoal(tx, { id: known.id, terms, isRescheduled: isRescheduled(before, terms), now });
    done.changed.push(name);
  }
  if (paused && known.enabled)
    await pauseGoal(tx, { id: known.id, paused, reason: 'paused in config.json', now });
}

/** A span goes on from where it began, and "tomorrow at 8" stays that day, as long as the words are the same. */
function keptSchedule(known: Goal, { when, zone }: DeclaredGoal): ScheduleTerms | undefined {
  const isSame =
    known.spoken === when.trim() && known.cron === null && (zone ?? known.timeZone) === known.timeZone;
  if (!isSame) return undefined;
  const { spoken, cron, everyMs, anchor, dueAt } = known;
  return { spoken, cron, everyMs, anchor, dueAt };
}

function isOurs(thrown: unknown): boolean {
  const code = (thrown as { code?: unknown }).code;
  return code === 'USAGE' || code === 'CONFLICT';
}
