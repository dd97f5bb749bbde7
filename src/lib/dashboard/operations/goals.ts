import { NotFoundError } from '../../control/errors.ts';
import { listMachines } from '../../store/fleet/fleet.ts';
import { findGoal, listGoals, noteGoalRun, pauseGoal } from '../../store/goals/goals.ts';
import { putAccepted, type PutAcceptedDeps } from '../../wire/put-accepted.ts';
import type { Handlers } from '../dispatch.ts';
import { goalView, machineView } from '../views/decisions.ts';
import { type DecideOperationDeps, note } from './decide.ts';
import { randomUUID } from 'node:crypto';

const shownReports = 60;

/** Goals, which the owner may run at once or pause, and the fleet. */
export function goalOperations(deps: DecideOperationDeps & PutAcceptedDeps) {
  const { store, now, decided } = deps;
  return {
    'goals.list': async () => (await listGoals(store)).map(goalView),
    'goal.run': async ({ id }, caller) => {
      const goal = await findGoal(store, id);
      if (goal === undefined) throw new NotFoundError(`there is no goal ${id}`);
      const dedupKey = `goal:${id}:${randomUUID()}`;
      const text = goal.prompt ?? `/${goal.reflex ?? ''}`;
      await putAccepted(
        deps,
        // Not HUMAN: what runs by the clock stays under the caps, also when its run was asked for by hand.
        { priority: 'NORMAL', source: 'dashboard', category: 'goal', payload: { text, dedupKey } },
        dedupKey,
      );
      await store.transaction(async (tx) => {
        await noteGoalRun(tx, id, now());
        const summary = `goal ${goal.name} was run by hand`;
        await note(tx, caller, { at: now(), action: 'goal.run', summary, detail: { goal: id, dedupKey } });
      });
      decided('goals');
      return { goalId: id, message: `${goal.name} waits in the queue` };
    },
    'goal.pause': async ({ id, paused, reason }, caller) => {
      const goal = await store.transaction(async (tx) => {
        const row = await pauseGoal(tx, { id, paused, reason: reason ?? 'paused by the owner', now: now() });
        if (row === undefined) throw new NotFoundError(`there is no goal ${id}`);
        await note(tx, caller, {
          at: now(),
          action: paused ? 'goal.paused' : 'goal.resumed',
          summary: `goal ${row.name} was ${paused ? 'paused' : 'resumed'}`,
          detail: { goal: id, reason: reason ?? null },
        });
        return goalView(row);
      });
      decided('goals');
      return goal;
    },
    'fleet.list': async () => (await listMachines(store, shownReports)).map(machineView),
  } satisfies Partial<Handlers>;
}
