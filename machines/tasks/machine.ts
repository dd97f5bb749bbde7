import { and, not } from 'xstate';
import { onStoreTrouble, thrown, thrownDuring } from '../lib/store-trouble.ts';
import { actorIdOf, busyConversations, emptyBoard, liveTasks, occupantsOf } from './board.ts';
import { tasksSetup } from './setup.ts';

/**
 * The supervisor of task actors: takes due rows from the queue while lanes are free, keeps their leases, and settles
 * what nobody runs. Task actors are temporary: one that fails costs its own attempt and nothing else.
 *
 *     recovering ──▶ serving ──────────────────────────────child.stop──▶ draining ──none running──▶ stopped
 *       ▲▼           ├ claims: deciding → claiming ──found──▶ deciding
 *     waiting        │            ▲          ├ nothing due ──▶ waiting
 *                    │            │          └ store away ───▶ away      (all lanes taken: full)
 *                    │            └── wake, task ended, next due time, database.ready
 *                    │            │          (no room: shortOfMemory; all but HUMAN: shortOfCpu)
 *                    ├ memory: within ⇄ measuring ⇄ passed (the owner is told; if it stays so the largest is ended)
 *                    ├ followUps: a wake goes to the running tasks of conversations too
 *                    └ upkeep: resting ⇄ tending ⇄ pausing (store away)
 *
 * Reserved lanes take HUMAN rows only; so do all of them while `mayAdmit` says no (the spending cap), and while as many
 * agents are starting as the machine can start at once. Nobody is started for whom there is no memory.
 * A second `child.stop`, or the drain limit, sends the running ones back to the queue without spending an attempt.
 */
export const tasksMachine = tasksSetup.createMachine({
  id: 'tasks',
  context: ({ input }) => emptyBoard(input),
  initial: 'recovering',
  on: {
    'tasks.lanes': {
      actions: [{ type: 'setLanes', params: ({ event }) => event }, 'wake'],
    },
    'xstate.done.actor.task.*': {
      actions: [
        { type: 'stopActor', params: ({ event }) => event.actorId },
        { type: 'forgetTask', params: ({ event }) => event.actorId },
        'wake',
      ],
    },
    'xstate.error.actor.task.*': {
      actions: [
        { type: 'stopActor', params: ({ event }) => event.actorId },
        { type: 'loseTask', params: ({ event }) => event.actorId },
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
    'task.again': {
      guard: { type: 'isRunningHere', params: ({ event }) => event.taskId },
      actions: {
        type: 'tellTask',
        params: ({ event: { taskId } }) => ({ taskId, command: { type: 'task.again' } }),
      },
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
        // It is perhaps being claimed at this very moment.
        guard: { type: 'isPerhapsClaimed', params: ({ event }) => event.output },
        actions: [
          { type: 'stopActor', params: ({ event }) => event.actorId },
          { type: 'oweCancel', params: ({ event }) => event.output },
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
        onError: onStoreTrouble({
          away: { target: 'waiting', actions: [{ type: 'tellRefusal', params: thrown }, 'announceReady'] },
          otherwise: {
            target: 'waiting',
            actions: [{ type: 'reportProblem', params: thrownDuring('recovery') }, 'announceReady'],
          },
        }),
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
                { guard: 'lacksMemory', target: 'shortOfMemory' },
                {
                  guard: and(['hasOpenLane', 'mayAdmit', not('lacksCpu')]),
                  target: 'claiming',
                  actions: { type: 'beginClaim', params: false },
                },
                { target: 'claiming', actions: { type: 'beginClaim', params: true } },
              ],
            },
            claiming: {
              exit: 'endClaim',
              invoke: {
                id: 'claimTask',
                src: 'claimTask',
                input: ({ context }) => ({
                  humanOnly: context.humanOnly,
                  busy: busyConversations(context),
                }),
                onDone: [
                  {
                    guard: { type: 'foundOne', params: ({ event }) => event.output },
                    target: 'deciding',
                    actions: [{ type: 'startTask', params: ({ event }) => event.output }, 'payCancels'],
                  },
                  { guard: 'mustLookAgain', target: 'deciding' },
                  { guard: and(['hasOpenLane', 'mayAdmit', 'lacksCpu']), target: 'shortOfCpu' },
                  { target: 'waiting', actions: { type: 'keepWait', params: ({ event }) => event.output } },
                ],
                onError: onStoreTrouble({
                  away: { target: 'away', actions: { type: 'tellRefusal', params: thrown } },
                  otherwise: {
                    target: 'away',
                    actions: { type: 'reportProblem', params: thrownDuring('claiming') },
                  },
                }),
              },
              // A task that is claimed at this very moment has to be started, or nobody would run its row.
              on: { 'tasks.wake': { actions: 'markWoken' }, 'child.stop': { actions: 'markStopping' } },
            },
            full: {},
            shortOfMemory: { after: { roomRetry: 'deciding' } },
            shortOfCpu: { after: { roomRetry: 'deciding' } },
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
        followUps: { on: { 'tasks.wake': { actions: 'wakeListeners' } } },
        memory: {
          initial: 'within',
          states: {
            within: { after: { memoryPeriod: 'measuring' } },
            measuring: {
              invoke: {
                id: 'measureMemory',
                src: 'measureMemory',
                input: ({ context }) => ({ occupants: occupantsOf(context) }),
                onDone: [
                  {
                    guard: { type: 'staysPassed', params: ({ event }) => event.output },
                    target: 'passed',
                    actions: [
                      { type: 'keepMemory', params: ({ event }) => event.output },
                      { type: 'chooseLargest', params: ({ event }) => event.output },
                      'endOutgrown',
                    ],
                  },
                  {
                    guard: { type: 'isPassed', params: ({ event }) => event.output },
                    target: 'passed',
                    actions: [
                      { type: 'keepMemory', params: ({ event }) => event.output },
                      { type: 'tellPassed', params: ({ event }) => event.output },
                    ],
                  },
                  { target: 'within', actions: { type: 'keepMemory', params: ({ event }) => event.output } },
                ],
                // What cannot be measured is not held against anybody.
                onError: 'within',
              },
            },
            passed: { after: { memoryPeriod: 'measuring' } },
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
                onError: onStoreTrouble({
                  away: { target: 'pausing', actions: { type: 'tellRefusal', params: thrown } },
                  otherwise: {
                    target: 'pausing',
                    actions: { type: 'reportProblem', params: thrownDuring('upkeep') },
                  },
                }),
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
