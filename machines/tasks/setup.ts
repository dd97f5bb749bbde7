import { assign, fromPromise, raise, sendTo, setup, stopChild } from 'xstate';
import { childReady } from '../lib/child-ready.ts';
import { placeholder } from '../lib/placeholder.ts';
import { isStoreAway, tellRefusal } from '../lib/store-trouble.ts';
import { taskMachine } from '../task/machine.ts';
import type { TaskCommand } from '../task/protocol.ts';
import {
  actorIdOf,
  hasLane,
  hasOpenLane,
  refOf,
  runningTasks,
  type TaskBoard,
  taskIdOf,
  type TasksEvent,
  withoutTask,
} from './board.ts';
import type {
  Amendment,
  AmendmentResult,
  Claim,
  ClaimRequest,
  MemoryLook,
  MemoryRequest,
  TasksInput,
  TasksProblem,
  UpkeepReport,
  UpkeepRequest,
} from './protocol.ts';

type Lanes = Pick<TaskBoard, 'lanes' | 'reservedForHuman'>;

const base = setup({
  types: {
    context: {} as TaskBoard,
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-assertion -- the type is what is handed over here
    input: {} as TasksInput,
    events: {} as TasksEvent,
  },
  actors: {
    recoverTasks: fromPromise<undefined>(placeholder('tasks', 'recoverTasks')),
    claimTask: fromPromise<Claim, ClaimRequest>(placeholder('tasks', 'claimTask')),
    tendTasks: fromPromise<UpkeepReport, UpkeepRequest>(placeholder('tasks', 'tendTasks')),
    measureMemory: fromPromise<MemoryLook, MemoryRequest>(placeholder('tasks', 'measureMemory')),
    amendTask: fromPromise<AmendmentResult, Amendment>(placeholder('tasks', 'amendTask')),
    task: taskMachine,
  },
});

/** Actors, actions, guards and delays of the task supervisor; `machine.ts` says when. */
export const tasksSetup = base.extend({
  actions: {
    /** A failure that no state shows: for the log. */
    reportProblem: placeholder<TasksProblem>('tasks', 'reportProblem'),
    tellRefusal,
    announceReady: base.enqueueActions(({ context, enqueue, self }) => {
      if (context.announced || self._parent === undefined) return;
      enqueue.assign({ announced: true });
      enqueue.sendParent(childReady({ self }));
    }),
    beginClaim: assign({
      humanOnly: (_, humanOnly: boolean) => humanOnly,
      woken: false,
      claiming: true,
      owedCancels: [],
    }),
    endClaim: assign({ claiming: false }),
    setLanes: assign((_, { lanes, reservedForHuman }: Lanes) => ({ lanes, reservedForHuman })),
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
    loseTask: assign({
      running: ({ context }, actorId: string) => withoutTask(context, taskIdOf(actorId)),
      lost: ({ context }, actorId: string) => [...context.lost, taskIdOf(actorId)],
    }),
    forgetLost: assign({
      lost: ({ context }, settled: readonly number[]) => context.lost.filter((id) => !settled.includes(id)),
    }),
    amend: assign({
      amendments: ({ context, spawn }, input: Amendment) => {
        spawn('amendTask', { id: `amend.${context.amendments}`, input });
        return context.amendments + 1;
      },
    }),
    oweCancel: assign({
      owedCancels: ({ context }, { taskId }: AmendmentResult) => [...context.owedCancels, taskId],
    }),
    payCancels: base.enqueueActions(({ context, enqueue }) => {
      for (const { task, ref } of runningTasks(context))
        if (context.owedCancels.includes(task.id)) enqueue.sendTo(ref, { type: 'task.cancel' });
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
    /** Tells the owner that the agents take more than they may. */
    tellPassed: placeholder<MemoryLook>('tasks', 'tellPassed'),
    keepMemory: assign(({ context }, { memory, passed }: MemoryLook) => ({
      memory,
      isPassed: passed !== undefined,
      outgrown:
        passed === undefined ? [] : context.outgrown.filter((id) => context.running[id] !== undefined),
    })),
    /** One at a time: what it takes is free once it has gone. */
    chooseLargest: assign({
      outgrown: ({ context }, { passed }: MemoryLook) =>
        context.outgrown.length > 0 || passed === undefined ? context.outgrown : [passed.taskId],
    }),
    endOutgrown: base.enqueueActions(({ context, enqueue }) => {
      for (const { task, ref } of runningTasks(context))
        if (context.outgrown.includes(task.id)) enqueue.sendTo(ref, { type: 'task.outgrown' });
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
    mayAdmit: placeholder('tasks', 'mayAdmit'),
    /** True while the machine, or `tasks.maxMemory`, has no room for one agent more. */
    lacksMemory: placeholder('tasks', 'lacksMemory'),
    /** True while as many agents are starting as the machine can start at once. */
    lacksCpu: placeholder('tasks', 'lacksCpu'),
    isPassed: (_, { passed }: MemoryLook) => passed !== undefined,
    staysPassed: ({ context }, { passed }: MemoryLook) => passed !== undefined && context.isPassed,
    isFull: ({ context }) => !hasLane(context),
    hasOpenLane: ({ context }) => hasOpenLane(context),
    isRunningHere: ({ context }, taskId: number) => context.running[taskId] !== undefined,
    foundOne: (_, claim: Claim) => claim.task !== undefined,
    mustLookAgain: ({ context }) => context.woken || context.stopping,
    isStopping: ({ context }) => context.stopping,
    isIdle: ({ context }) => runningTasks(context).length === 0,
    hasLost: ({ context }) => context.lost.length > 0,
    isStoreAway,
    missedCancel: ({ context }, { taskId, change, changed }: AmendmentResult) =>
      change === 'cancel' && !changed && context.running[taskId] !== undefined,
    isPerhapsClaimed: ({ context }, { change, changed }: AmendmentResult) =>
      change === 'cancel' && !changed && context.claiming,
    changedNothing: (_, { changed }: AmendmentResult) => !changed,
  },
  delays: {
    untilNextDue: ({ context }) => context.waitMs,
    storeRetry: ({ context }) => context.storeRetryMs,
    roomRetry: 250,
    memoryPeriod: ({ context }) => context.memoryMs,
    upkeepPeriod: ({ context }) => context.upkeepMs,
    drainLimit: ({ context }) => context.drainMs,
  },
});
