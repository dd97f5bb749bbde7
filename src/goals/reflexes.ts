import type { ReflexDeclaration } from '../lib/reflexes/declaration.ts';
import type { Reflex } from '../lib/reflexes/reflex.ts';
import type { Store } from '../lib/store/store.ts';
import { isoInZone } from '../lib/zoned-time.ts';
import { goalViews, type GoalView } from './goal-view.ts';
import { listGoals } from './rows/goals.ts';

/** Needs of the reflexes of goals; `now` is the clock's by default. */
export interface GoalReflexDeps {
  store: Store;
  now?: () => number;
}

const shownGoals = 30;

/** Reflexes of goals. */
export const goalReflexes: readonly ReflexDeclaration<GoalReflexDeps>[] = [
  {
    name: 'goals',
    command: { usage: '/goals', does: 'what runs by the clock, with the next and the last run' },
    create: createGoalsReflex,
  },
];

function createGoalsReflex({ store, now = Date.now }: GoalReflexDeps): Reflex {
  return async () => {
    const goals = await listGoals(store, { limit: shownGoals + 1 });
    if (goals.length === 0)
      return { reply: 'There is no goal yet. `ninjad goals add --help` says how to make one.' };
    const views = await goalViews(store, goals.slice(0, shownGoals), new Date(now()));
    const more = goals.length > shownGoals ? ['… and more: ninjad goals'] : [];
    return { reply: [...views.map(lineOf), ...more].join('\n') };
  };
}

function lineOf({ name, when, paused, pausedReason, nextRuns, zone, lastRun }: GoalView): string {
  const [next] = nextRuns;
  const due = paused
    ? `paused (${pausedReason ?? 'nobody said why'})`
    : next === undefined
      ? 'never due again'
      : `next ${isoInZone(next, zone)}`;
  const last =
    lastRun === null
      ? 'never ran'
      : `last ${lastRun.state}${lastRun.reason === null ? '' : ` (${lastRun.reason})`}`;
  return `${name}: ${when}, ${due}, ${last}`;
}
