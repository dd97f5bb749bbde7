import { and, assign, fromPromise, raise, sendTo, setup, stopChild } from 'xstate';
import type { Amendment } from '../actors/tasks/amend-task.ts';
import type { Claim } from '../actors/tasks/claim-task.ts';
import type { UpkeepReport, UpkeepRequest } from '../actors/tasks/upkeep.ts';
import { taskMachine, type TaskOutput } from './task.ts';
import {
  actorIdOf,
  type AmendmentResult,
  emptyBoard,
  hasLane,
  hasOpenLane,
  liveTasks,
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

/**
 * The supervisor of task actors: takes due rows from the queue while lanes are free, keeps their leases, and settles
 * what nobody runs. Task actors are temporary: one that fails costs its own attempt and nothing else.
 *
 *     recovering ──▶ serving ──────────────────────────────child.stop──▶ draining ──none running──▶ stopped
 *       ▲▼           ├ claims: deciding → claiming ──found──▶ deciding
 *     waiting        │            ▲          ├ nothing due ──▶ waiting
 *                    │            │          └ store away ───▶ away      (all lanes taken: full)
 *                    │            └── wake, task ended, next due time, database.ready
 *                    └ upkeep: resting ⇄ tending ⇄ pausing (store away)
 *
 * Reserved lanes take HUMAN rows only; so do all of them while `mayAdmit` says no (the spending cap).
 * A second `child.stop`, or the drain limit, sends the running ones back to the queue without spending an attempt.
 */
export const tasksMachine = base
  .extend({
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
      isStoreAway: (_, error: { code?: unknown }) => error.code === 'STORE_AWAY',
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
  })
  .createMachine({
    id: 'tasks',
    context: ({ input }) => emptyBoard(input),
    initial: 'recovering',
    on: {
      'tasks.lanes': {
        actions: [
          {
            type: 'setLanes',
            params: ({ event: { lanes, reservedForHuman } }) => ({ lanes, reservedForHuman }),
          },
          'wake',
        ],
      },
      'xstate.done.actor.task.*': [
        {
          guard: { type: 'isUnrecorded', params: ({ event }) => event.output },
          actions: [
            { type: 'stopActor', params: ({ event }) => event.actorId },
            { type: 'forgetTask', params: ({ event }) => event.actorId },
            { type: 'markLost', params: ({ event }) => event.actorId },
            {
              type: 'reportProblem',
              params: ({ event }) => ({ during: event.actorId, error: event.output }),
            },
            'wake',
          ],
        },
        {
          actions: [
            { type: 'stopActor', params: ({ event }) => event.actorId },
            { type: 'forgetTask', params: ({ event }) => event.actorId },
            'wake',
          ],
        },
      ],
      'xstate.error.actor.task.*': {
        actions: [
          { type: 'stopActor', params: ({ event }) => event.actorId },
          { type: 'forgetTask', params: ({ event }) => event.actorId },
          { type: 'markLost', params: ({ event }) => event.actorId },
          { type: 'reportProblem', params: ({ event }) => ({ during: event.actorId, error: event.error }) },
          'wake',
        ],
      },
      'task.cancel': [
        {
          guard: { type: 'isRunningHere', params: ({ event }) => event.taskId },
          actions: {
            type: 'tellTask',
            params: ({ event: { taskId } }) => ({ taskId, command: { type: 'task.cancel' } }),
          },
        },
        { actions: { type: 'amend', params: ({ event: { taskId } }) => ({ taskId, change: 'cancel' }) } },
      ],
      'task.retry': {
        actions: { type: 'amend', params: ({ event: { taskId } }) => ({ taskId, change: 'retry' }) },
      },
      'task.steer': [
        {
          guard: { type: 'isRunningHere', params: ({ event }) => event.taskId },
          actions: {
            type: 'tellTask',
            params: ({ event: { taskId, text } }) => ({ taskId, command: { type: 'task.steer', text } }),
          },
        },
        {
          actions: {
            type: 'reportProblem',
            params: ({ event }) => ({
              during: `task.${event.taskId}`,
              error: 'it does not run: it cannot be steered',
            }),
          },
        },
      ],
      'xstate.done.actor.amend.*': [
        {
          // It was claimed between the wish and its statement.
          guard: { type: 'missedCancel', params: ({ event }) => event.output },
          actions: [
            { type: 'stopActor', params: ({ event }) => event.actorId },
            {
              type: 'tellTask',
              params: ({ event }) => ({ taskId: event.output.taskId, command: { type: 'task.cancel' } }),
            },
          ],
        },
        {
          guard: { type: 'changedNothing', params: ({ event }) => event.output },
          actions: [
            { type: 'stopActor', params: ({ event }) => event.actorId },
            {
              type: 'reportProblem',
              params: ({ event: { output } }) => ({
                during: actorIdOf(output.taskId),
                error: `there was nothing to ${output.change}`,
              }),
            },
          ],
        },
        { actions: [{ type: 'stopActor', params: ({ event }) => event.actorId }, 'wake'] },
      ],
      'xstate.error.actor.amend.*': {
        actions: [
          { type: 'stopActor', params: ({ event }) => event.actorId },
          { type: 'reportProblem', params: ({ event: { actorId, error } }) => ({ during: actorId, error }) },
        ],
      },
      'database.ready': { actions: 'tellStoreIsBack' },
    },
    states: {
      recovering: {
        invoke: {
          id: 'recoverTasks',
          src: 'recoverTasks',
          onDone: { target: 'serving', actions: 'announceReady' },
          // An outage is no failed start: the rest of the tree need not wait for it.
          onError: [
            {
              guard: { type: 'isStoreAway', params: ({ event }) => codeOf(event.error) },
              target: 'waiting',
              actions: 'announceReady',
            },
            {
              target: 'waiting',
              actions: [
                {
                  type: 'reportProblem',
                  params: ({ event }) => ({ during: 'recovery', error: event.error }),
                },
                'announceReady',
              ],
            },
          ],
        },
        on: { 'child.stop': 'stopped' },
      },
      waiting: {
        after: { storeRetry: 'recovering' },
        on: { 'database.ready': 'recovering', 'child.stop': 'stopped' },
      },
      serving: {
        type: 'parallel',
        on: { 'child.stop': 'draining' },
        states: {
          claims: {
            initial: 'deciding',
            on: { 'tasks.wake': '.deciding' },
            states: {
              deciding: {
                always: [
                  { guard: 'isStopping', target: '#tasks.draining' },
                  { guard: 'isFull', target: 'full' },
                  {
                    guard: and(['hasOpenLane', 'mayAdmit']),
                    target: 'claiming',
                    actions: { type: 'beginClaim', params: false },
                  },
                  { target: 'claiming', actions: { type: 'beginClaim', params: true } },
                ],
              },
              claiming: {
                invoke: {
                  id: 'claimTask',
                  src: 'claimTask',
                  input: ({ context: { humanOnly } }) => ({ humanOnly }),
                  onDone: [
                    {
                      guard: { type: 'foundOne', params: ({ event }) => event.output },
                      target: 'deciding',
                      actions: { type: 'startTask', params: ({ event }) => event.output },
                    },
                    { guard: 'mustLookAgain', target: 'deciding' },
                    { target: 'waiting', actions: { type: 'keepWait', params: ({ event }) => event.output } },
                  ],
                  onError: [
                    {
                      guard: { type: 'isStoreAway', params: ({ event }) => codeOf(event.error) },
                      target: 'away',
                    },
                    {
                      target: 'away',
                      actions: {
                        type: 'reportProblem',
                        params: ({ event }) => ({ during: 'claiming', error: event.error }),
                      },
                    },
                  ],
                },
                // What is claimed at this very moment has to be started, or nobody would run its row.
                on: { 'tasks.wake': { actions: 'markWoken' }, 'child.stop': { actions: 'markStopping' } },
              },
              full: {},
              waiting: { after: { untilNextDue: 'deciding' } },
              away: {
                always: { guard: 'isStopping', target: '#tasks.draining' },
                after: { storeRetry: 'deciding' },
                on: {
                  'database.ready': { target: 'deciding', actions: 'tellStoreIsBack' },
                  'tasks.wake': {},
                },
              },
            },
          },
          upkeep: {
            initial: 'resting',
            states: {
              resting: {
                always: { guard: 'hasLost', target: 'tending' },
                after: { upkeepPeriod: 'tending' },
              },
              tending: {
                invoke: {
                  id: 'tendTasks',
                  src: 'tendTasks',
                  input: ({ context }) => ({ live: liveTasks(context), lost: [...context.lost] }),
                  onDone: {
                    target: 'resting',
                    actions: [
                      { type: 'forgetLost', params: ({ event }) => event.output.lost },
                      { type: 'keepSuperseded', params: ({ event }) => event.output.superseded },
                      'shutDownSuperseded',
                      'wake',
                    ],
                  },
                  onError: [
                    {
                      guard: { type: 'isStoreAway', params: ({ event }) => codeOf(event.error) },
                      target: 'pausing',
                    },
                    {
                      target: 'pausing',
                      actions: {
                        type: 'reportProblem',
                        params: ({ event }) => ({ during: 'upkeep', error: event.error }),
                      },
                    },
                  ],
                },
              },
              pausing: {
                after: { storeRetry: 'tending' },
                on: { 'database.ready': { target: 'tending', actions: 'tellStoreIsBack' } },
              },
            },
          },
        },
      },
      draining: {
        always: { guard: 'isIdle', target: 'stopped' },
        after: { drainLimit: { actions: 'shutDownAll' } },
        on: { 'child.stop': { actions: 'shutDownAll' } },
      },
      stopped: { type: 'final' },
    },
  });

function codeOf(error: unknown): { code?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}
