import { z } from 'zod';
import type { Bus } from '../lib/bus.ts';
import type { LiveSettings } from '../lib/config/live-settings.ts';
import { NotFoundError } from '../lib/errors.ts';
import { zoneName } from '../lib/local-time.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { byId, flag, id, nothing, page, reason } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import { type Page, pageOf } from '../lib/operations/page.ts';
import { rest } from '../lib/rest.ts';
import type { Store } from '../lib/store/store.ts';
import { SECOND } from '../lib/time.ts';
import type { ScheduleFacts } from '../schedule/facts.ts';
import type { FireEnd } from '../schedule/job.ts';
import { goalChangeSchema, goalSchema } from './definition.ts';
import { examineGoals } from './examine.ts';
import { goalViews, type GoalView, previewOf } from './goal-view.ts';
import { goalKindName } from './job-kind.ts';
import {
  addGoal,
  editGoal,
  existingGoal,
  namedGoal,
  removedGoal,
  removeGoal,
  restoreGoal,
  setPaused,
} from './keep/keep-goal.ts';
import { makerOf } from './keep/maker.ts';
import { type Goal, listGoals } from './rows/goals.ts';
import { findFire, goalHistory, goalIdOf, type HistoryRow } from './rows/history.ts';
import { runByHand } from './run/by-hand.ts';
import type { GoalValues } from './settings.ts';

/** Services that the operations of goals use. */
export interface GoalNeeds {
  store: Store;
  bus: Pick<Bus<ListFacts & ScheduleFacts>, 'emit' | 'on'>;
  schedule: {
    /** Starts a job now, by hand. */
    fireNow(jobId: string): Promise<{ id: number; ended: Promise<FireEnd> }>;
  };
  settings: Pick<LiveSettings<GoalValues>, 'get'>;
  now: () => Date;
}

/** The running task whose agent asks, where one does; see `makerOf`. */
const byTask = id.optional();
const listInput = z.strictObject({
  after: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(500),
});
const previewInput = z.strictObject({ when: z.string().max(1_000), zone: z.string().max(64).optional() });
const namedInput = z.strictObject({ name: z.string().min(1).max(200) });
const pauseInput = z.strictObject({ id, paused: z.boolean(), reason });
const addInput = z.strictObject({ ...goalSchema.shape, byTask });
const editInput = z.strictObject({ id, ...goalChangeSchema.shape, byTask });
const historyInput = z.strictObject({ id, ...page });
const fireInput = z.strictObject({ id, wait: flag.default(false) });

/** A request may hang for so long before it is answered with what there is. */
const longestWaitMs = 20 * SECOND;

/** Operations of goals. */
export const goalOperations = {
  'goals.list': operation('GET /goals', listInput, async ({ store, now }: GoalNeeds, query) =>
    goalViews(store, await listGoals(store, query), now()),
  ),
  'goals.preview': operation('GET /goals/preview', previewInput, ({ now }: GoalNeeds, { when, zone }) =>
    previewOf(when, zone ?? zoneName(), now()),
  ),
  'goals.doctor': operation('GET /goals/doctor', nothing, ({ store, settings, now }: GoalNeeds) =>
    examineGoals(store, settings.get('goals'), now()),
  ),
  'goal.named': operation('GET /goals/named/:name', namedInput, async ({ store, now }: GoalNeeds, { name }) =>
    viewOf(store, await namedGoal(store, name), now()),
  ),
  'goal.history': operation(
    'GET /goals/:id/history',
    historyInput,
    async (
      { store }: GoalNeeds,
      { id: goalId, limit, before },
    ): Promise<Page<HistoryRow & { id: number }>> => {
      await existingGoal(store, goalId);
      const rows = await goalHistory(store, { goalId, before, limit: limit + 1 });
      return pageOf(
        rows.map((row) => ({ id: row.fireId, ...row })),
        limit,
      );
    },
  ),
  'goal.fire': operation('GET /goals/fires/:id', fireInput, (needs: GoalNeeds, { id: fireId, wait }) =>
    fireOf(needs, fireId, wait),
  ),
  'goal.add': operation(
    'POST /goals',
    addInput,
    async (needs: GoalNeeds, { byTask: taskId, ...input }, caller) => {
      const goal = await needs.store.transaction(async (tx) => {
        const maker = await makerOf(tx, caller, taskId);
        return addGoal(tx, input, { caller, maker, now: needs.now() });
      });
      changed(needs);
      return viewOf(needs.store, goal, needs.now());
    },
  ),
  'goal.edit': operation(
    'PATCH /goals/:id',
    editInput,
    async (needs: GoalNeeds, { id: goalId, byTask: taskId, ...change }, caller) => {
      const goal = await needs.store.transaction(async (tx) => {
        const maker = await makerOf(tx, caller, taskId);
        return editGoal(tx, { id: goalId, change }, { caller, maker, now: needs.now() });
      });
      changed(needs);
      return viewOf(needs.store, goal, needs.now());
    },
  ),
  'goal.remove': operation('DELETE /goals/:id', byId, async (needs: GoalNeeds, { id: goalId }, caller) => {
    const goal = await needs.store.transaction((tx) => removeGoal(tx, goalId, { caller, now: needs.now() }));
    changed(needs);
    return { goalId, message: `${goal.name} is removed` };
  }),
  'goal.removed': operation(
    'GET /goals/removed/:name',
    namedInput,
    async ({ store }: GoalNeeds, { name }) => {
      const { id: goalId } = await removedGoal(store, name);
      return { goalId };
    },
  ),
  'goal.restore': operation(
    'POST /goals/:id/restore',
    byId,
    async (needs: GoalNeeds, { id: goalId }, caller) => {
      const goal = await needs.store.transaction((tx) =>
        restoreGoal(tx, goalId, { caller, now: needs.now() }),
      );
      changed(needs);
      return { goalId, message: `${goal.name} is back` };
    },
  ),
  'goal.run': operation('POST /goals/:id/run', byId, async (needs: GoalNeeds, goal, caller) => {
    const answer = await runByHand(needs, caller, goal.id);
    needs.bus.emit('list.changed', { list: 'goals.list' });
    return answer;
  }),
  'goal.pause': operation('POST /goals/:id/pause', pauseInput, async (needs: GoalNeeds, change, caller) => {
    const goal = await needs.store.transaction((tx) => setPaused(tx, caller, change, needs.now()));
    changed(needs);
    return viewOf(needs.store, goal, needs.now());
  }),
};

async function viewOf(store: Store, goal: Goal, now: Date): Promise<GoalView> {
  const [view] = await goalViews(store, [goal], now);
  return view as GoalView;
}

function changed({ bus }: GoalNeeds): void {
  bus.emit('jobs.changed', { kind: goalKindName });
  bus.emit('list.changed', { list: 'goals.list' });
}

/** A fire of a goal, once it has ended or the wait for that has been long enough. */
async function fireOf(
  { store, bus }: Pick<GoalNeeds, 'store' | 'bus'>,
  fireId: number,
  wait: boolean,
): Promise<HistoryRow & { goalId: number }> {
  const over = AbortSignal.timeout(longestWaitMs);
  for (;;) {
    const wake = new AbortController();
    const stop = bus.on('fire.ended', (fact) => {
      if (fact.fireId === fireId) wake.abort();
    });
    try {
      const found = await findFire(store, fireId);
      const goalId = found === undefined ? undefined : goalIdOf(found.jobId);
      if (found === undefined || goalId === undefined)
        throw new NotFoundError(`no goal has a fire ${fireId}`);
      const fire = withoutJob(found);
      if (!wait || over.aborted || fire.endedAt !== null) return { ...fire, goalId };
      // Another daemon may run it, whose end nobody tells here.
      await rest(2 * SECOND, AbortSignal.any([over, wake.signal]));
    } finally {
      stop();
    }
  }
}

function withoutJob({ jobId: _, ...fire }: HistoryRow & { jobId: string }): HistoryRow {
  return fire;
}
