import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fixedPath } from '../lib/process/fixed-path.ts';
import type { Store } from '../lib/store/store.ts';
import { allGoals } from './job-kind.ts';
import { type Goal, scheduleOf } from './rows/goals.ts';
import { lastRuns, type LastRun } from './rows/history.ts';
import { nextThree } from './when/when.ts';

/** What is wrong with a goal, in a sentence. */
export interface GoalProblem {
  /** Null where it is only declared. */
  id: number | null;
  name: string;
  problem: string;
}

/** What `goals doctor` says. */
export interface GoalReport {
  goals: number;
  /** Where the commands of goals are looked for. */
  path: string;
  problems: GoalProblem[];
}

/** Looks at every goal and says what keeps it from being done; changes nothing. */
export async function examineGoals(
  store: Pick<Store, 'query'>,
  declared: Readonly<Record<string, unknown>>,
  now: Date,
): Promise<GoalReport> {
  const goals = await allGoals(store);
  const problems = untaken(goals, declared);
  for (let start = 0; start < goals.length; start += goalsAtOnce) {
    const some = goals.slice(start, start + goalsAtOnce);
    const last = await lastRuns(
      store,
      some.map(({ id }) => id),
    );
    for (const goal of some)
      for (const problem of await problemsOf(goal, last.get(goal.id), now))
        problems.push({ id: goal.id, name: goal.name, problem });
  }
  return { goals: goals.length, path: fixedPath, problems };
}

/** Goals of config.json that are no rows. */
function untaken(goals: readonly Goal[], declared: Readonly<Record<string, unknown>>): GoalProblem[] {
  const taken = new Set(goals.filter(({ declaredBy }) => declaredBy !== null).map(({ name }) => name));
  const made = new Set(goals.map(({ name }) => name));
  return Object.keys(declared)
    .filter((name) => !taken.has(name))
    .map((name) => ({
      id: null,
      name,
      problem: made.has(name)
        ? 'config.json declares it, and there is another goal of that name: remove that one, or call it otherwise'
        : 'config.json declares it, and it is not taken up: its instant has passed, or the daemon has just begun',
    }));
}

const goalsAtOnce = 50;

async function problemsOf(goal: Goal, last: LastRun | undefined, now: Date): Promise<string[]> {
  const found = [paused(goal), neverDue(goal, last, now), failing(goal, last), missing(last)];
  for (const [what, command] of [
    ['condition', goal.condition],
    ['done-check', goal.doneCheck],
  ] as const) {
    if (command !== null) found.push(await notFound(what, command));
  }
  return found.filter((problem) => problem !== undefined);
}

function paused({ enabled, pausedReason }: Goal): string | undefined {
  return enabled ? undefined : `it is paused: ${pausedReason ?? 'nobody said why'}`;
}

function neverDue(goal: Goal, last: LastRun | undefined, now: Date): string | undefined {
  try {
    if (nextThree(scheduleOf(goal), now).length > 0) return undefined;
  } catch (thrown) {
    return `its schedule cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
  if (goal.dueAt === null) return 'it is never due: no calendar has such a day';
  return last === undefined
    ? `it was due once, at ${goal.dueAt.toISOString()}, and never ran`
    : `it was due once, at ${goal.dueAt.toISOString()}, and will not be again`;
}

function failing({ failuresInARow }: Goal, last: LastRun | undefined): string | undefined {
  if (last?.state !== 'failed') return undefined;
  const times = failuresInARow > 1 ? `its last ${failuresInARow} runs` : 'its last run';
  return `${times} failed: ${last.reason ?? 'nobody knows why'}`;
}

function missing(last: LastRun | undefined): string | undefined {
  return last?.state === 'missed'
    ? `its last instant was missed: ${last.reason ?? 'nobody knows why'}`
    : undefined;
}

/** The first word of a command where it is plainly a program; what the shell makes of the rest is its own. */
async function notFound(what: string, command: string): Promise<string | undefined> {
  const word = /^\s*([A-Za-z0-9_./~+-]+)(?:\s|$)/.exec(command)?.[1];
  if (word === undefined || shellWords.has(word) || word.startsWith('~')) return undefined;
  const places = word.includes('/')
    ? word.startsWith('/')
      ? [word]
      : []
    : fixedPath.split(delimiter).map((dir) => join(dir, word));
  if (places.length === 0) return undefined;
  for (const place of places) if (await isExecutable(place)) return undefined;
  return word.includes('/')
    ? `its ${what} cannot be run: ${word} is not there, or not executable`
    : `its ${what} cannot be run: there is no ${word} in ${fixedPath}`;
}

const shellWords = new Set(
  '. : [ alias bg break case cd command continue do done elif else esac eval exec exit export false fc fg fi for getopts hash if in jobs kill local printf pwd read readonly return set shift test then times trap true type ulimit umask unalias unset until wait while echo'.split(
    ' ',
  ),
);

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
