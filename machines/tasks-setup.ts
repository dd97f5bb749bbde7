import { assign, fromPromise, raise, sendTo, setup, stopChild } from 'xstate';
import type { Amendment } from '../actors/tasks/amend-task.ts';
import type { Claim } from '../actors/tasks/claim-task.ts';
import type { UpkeepReport, UpkeepRequest } from '../actors/tasks/upkeep.ts';
import { isStoreAway } from './failure.ts';
import { taskMachine } from './task.ts';
import type { TaskOutput } from './task-context.ts';
import {
  actorIdOf,
  type AmendmentResult,
  hasLane,
  hasOpenLane,
  refOf,
  runningTasks,
  type TaskBoard,
  type TaskCommand,
  taskIdOf,
  type TasksEvent,
  type TasksInput,
  withoutTask,
} from './tasks-board.ts';

/** What no state shows; `during` names what was being done. */
export interface TasksProblem {
  during: string;
  error: unknown;
}

const unprovided = (name: string) => (): never => {
  throw new Error(`tasks machine: "${name}" was not provided`);
};

/** Something went wrong that no state shows: for the log. */
const reportProblem: (scope: unknown, problem: TasksProblem) => void = unprovided('reportProblem');

const base = setup({
  types: {
    context: {} as TaskBoard,
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-assertion -- the type is what is handed over here
    input: {} as TasksInput,
    events: {} as TasksEvent,
  },
  actors: {
    recoverTasks: fromPromise<undefined>(unprovided('recoverTasks')),
    claimTask: fromPromise<Claim, { humanOnly: boolean }>(unprovided('claimTask')),
    tendTasks: fromPromise<UpkeepReport, UpkeepRequest>(unprovided('tendTasks')),
    amendTask: fromPromise<AmendmentResult, Amendment>(unprovided('amendTask')),
    task: taskMachine,
  },
});

/** What the supervisor of tasks does, decides by and waits for; `tasks.ts` says when. */
export const tasksSetup = base.extend({
  actions: {
    reportProblem,
    announceReady: base.enqueueActions(({ context, enqueue, self }) => {
      if (context.announced || self._parent === undefined) return;
      enqueue.assign({ announced: true });
      enqueue.sendParent({ type: 'child.ready', id: self.id });
    }),
    beginClaim: assign({ humanOnly: (_, humanOnly: boolean) => humanOnly, woken: false }),
    setLanes: assign((_, lanes: { lanes: number; reservedForHuman: number }) => lanes),
    markWoken: assign({ woken: true }),
    markStopping: assign({ stopping: true }),
    wake: raise({ type: 'tasks.wake' }),
    startTask: assign({
      running: ({ context, spawn }, claim: Claim) => {
        if (claim.task === undefined) return context.running;
        const ref = spawn('task', { id: actorIdOf(claim.task.id), input: claim });
        return { ...context.running, [claim.task.id]: { task: claim.task, ref } };
      },
    }),
    keepWait: assign({ waitMs: (_, claim: Claim) => (claim.task === undefined ? claim.waitMs : 0) }),
    stopActor: stopChild((_, actorId: string) => actorId),
    forgetTask: assign({
      running: ({ context }, actorId: string) => withoutTask(context, taskIdOf(actorId)),
    }),
    markLost: assign({ lost: ({ context }, actorId: string) => [...context.lost, taskIdOf(actorId)] }),
    forgetLost: assign({
      lost: ({ context }, settled: readonly number[]) => context.lost.filter((id) => !settled.includes(id)),
    }),
    amend: assign({
      amendments: ({ context, spawn }, input: Amendment) => {
        spawn('amendTask', { id: `amend.${context.amendments}`, input });
        return context.amendments + 1;
      },
    }),
    tellTask: sendTo(
      ({ context }, { taskId }: { taskId: number; command: TaskCommand }) => refOf(context, taskId),
      (_, { command }) => command,
    ),
    shutDownAll: base.enqueueActions(({ context, enqueue }) => {
      for (const { ref } of runningTasks(context)) enqueue.sendTo(ref, { type: 'task.shutdown' });
    }),
    /** Rows were queued: the running tasks of conversations may have a message to hear. */
    wakeListeners: base.enqueueActions(({ context, enqueue }) => {
      for (const { task, ref } of runningTasks(context)) {
        if (task.conversation !== null) enqueue.sendTo(ref, { type: 'task.wake' });
      }
    }),
    keepSuperseded: assign({ superseded: (_, superseded: readonly number[]) => superseded }),
    shutDownSuperseded: base.enqueueActions(({ context, enqueue }) => {
      for (const { task, ref } of runningTasks(context)) {
        if (context.superseded.includes(task.id)) enqueue.sendTo(ref, { type: 'task.shutdown' });
      }
    }),
    tellStoreIsBack: base.enqueueActions(({ context, enqueue }) => {
      for (const { ref } of runningTasks(context)) enqueue.sendTo(ref, { type: 'database.ready' });
    }),
  },
  guards: {
    /** False while only HUMAN may run, such as past the spending cap. */
    mayAdmit: unprovided('mayAdmit'),
    isFull: ({ context }) => !hasLane(context),
    hasOpenLane: ({ context }) => hasOpenLane(context),
    isRunningHere: ({ context }, taskId: number) => context.running[taskId] !== undefined,
    foundOne: (_, claim: Claim) => claim.task !== undefined,
    mustLookAgain: ({ context }) => context.woken || context.stopping,
    isStopping: ({ context }) => context.stopping,
    isIdle: ({ context }) => runningTasks(context).length === 0,
    hasLost: ({ context }) => context.lost.length > 0,
    isStoreAway: (_, { error }: { error: unknown }) => isStoreAway(error),
    isUnrecorded: (_, output: TaskOutput) => output.state === 'unrecorded',
    missedCancel: ({ context }, { taskId, change, changed }: AmendmentResult) =>
      change === 'cancel' && !changed && context.running[taskId] !== undefined,
    changedNothing: (_, { changed }: AmendmentResult) => !changed,
  },
  delays: {
    untilNextDue: ({ context }) => context.waitMs,
    storeRetry: ({ context }) => context.storeRetryMs,
    upkeepPeriod: ({ context }) => context.upkeepMs,
    drainLimit: ({ context }) => context.drainMs,
  },
});
