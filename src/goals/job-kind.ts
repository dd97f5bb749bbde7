import type { Store } from '../lib/store/store.ts';
import { HOUR } from '../lib/time.ts';
import type { JobDefinition, JobKind } from '../schedule/job.ts';
import { type Goal, listGoals, scheduleOf } from './rows/goals.ts';
import { jobIdOf } from './rows/history.ts';
import { resumeGoal, type RunDeps, runGoal } from './run/run-goal.ts';

/** The kind of jobs that goals are. */
export const goalKindName = 'goal';

/** A task may wait for a lane this long beyond what its goal may take. */
const queueMs = HOUR;
const pageRows = 1_000;

/** Goals as the scheduler runs them. */
export function createGoalKind(deps: RunDeps): JobKind {
  return {
    name: goalKindName,
    list: async () => (await allGoals(deps.store)).map(jobOf),
    run: (fire, signal) => runGoal(deps, fire, signal),
    resume: (fire, signal) => resumeGoal(deps, fire, signal),
  };
}

/** All goals, a page at a time. */
export async function allGoals(store: Pick<Store, 'query'>): Promise<Goal[]> {
  const goals: Goal[] = [];
  for (;;) {
    const page = await listGoals(store, { after: goals.at(-1)?.name, limit: pageRows });
    goals.push(...page);
    if (page.length < pageRows) return goals;
  }
}

function jobOf(goal: Goal): JobDefinition {
  return {
    id: jobIdOf(goal.id),
    label: goal.name,
    schedule: scheduleOf(goal),
    paused: !goal.enabled,
    since: goal.since,
    missed: goal.missed,
    missedWindowMs: goal.missedWindowMs,
    missedCap: goal.missedCap,
    overlap: goal.overlap,
    jitterMs: goal.jitterMs,
    timeoutMs: goal.timeoutMs + queueMs,
  };
}
