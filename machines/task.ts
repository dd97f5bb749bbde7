import { messageOf } from './failure.ts';
import {
  initialTask,
  recordFailure,
  recordRequest,
  runnable,
  settled,
  spawnFailureOf,
} from './task-context.ts';
import { taskSetup } from './task-setup.ts';

/**
 * One attempt at a task, from its claimed row to a recorded outcome.
 *
 *     admitted → recalling → resolving → running ──nobody left──▶ recording ⇄ holding (store away)
 *                    │           │ ▲        │                        ▲ │
 *                    │           │ └────────┘ once: ENOENT,          │ ▼
 *                    │           │            once: stale session    │ replying → done
 *                    └───────────┴── cancel, shutdown, no agent ─────┘
 *
 * `running` is a machine of its own (agent-run) and ends only when no process of the run is left.
 * An outcome that cannot be recorded is held until the store is back: away is a state, not a failure.
 */
export const taskMachine = taskSetup.createMachine({
  id: 'task',
  context: ({ input }) => initialTask(input),
  initial: 'admitted',
  states: {
    admitted: { always: 'recalling' },
    recalling: {
      entry: { type: 'announceProgress', params: 'recalling' },
      invoke: {
        id: 'recall',
        src: 'recall',
        input: ({ context }) => context.task,
        onDone: {
          target: 'resolving',
          actions: { type: 'keepMemories', params: ({ event }) => event.output },
        },
        onError: {
          target: 'resolving',
          actions: {
            type: 'announceProgress',
            params: ({ event }) => `going on without memories: ${messageOf(event.error)}`,
          },
        },
      },
      after: {
        recallLimit: {
          target: 'resolving',
          actions: {
            type: 'announceProgress',
            params: 'going on without memories: the recall took too long',
          },
        },
      },
      on: {
        'task.cancel': { target: 'recording', actions: { type: 'stopFor', params: 'cancelled' } },
        'task.steer': { actions: { type: 'keepSteer', params: ({ event }) => event.text } },
        'task.shutdown': { target: 'recording', actions: { type: 'stopFor', params: 'shutdown' } },
      },
    },
    resolving: {
      invoke: {
        id: 'resolveAgent',
        src: 'resolveAgent',
        input: ({ context }) => ({ reprobe: context.reprobed }),
        onDone: [
          {
            guard: { type: 'isMisconfigured', params: ({ event }) => event.output },
            target: 'recording',
            actions: { type: 'keepSpawnFailure', params: ({ event }) => spawnFailureOf(event.output) },
          },
          { target: 'running', actions: { type: 'keepAgent', params: ({ event }) => event.output } },
        ],
        onError: {
          target: 'recording',
          actions: {
            type: 'keepSpawnFailure',
            params: ({ event }) => ({ code: 'UNKNOWN', message: messageOf(event.error) }),
          },
        },
      },
      on: {
        'task.cancel': { target: 'recording', actions: { type: 'stopFor', params: 'cancelled' } },
        'task.steer': { actions: { type: 'keepSteer', params: ({ event }) => event.text } },
        'task.shutdown': { target: 'recording', actions: { type: 'stopFor', params: 'shutdown' } },
      },
    },
    running: {
      invoke: {
        id: 'run',
        src: 'agentRun',
        input: ({ context }) => ({
          request: {
            task: context.task,
            agent: runnable(context.agent),
            memories: context.memories,
            resume: context.resume,
          },
          limits: context.limits,
          steers: context.steers,
        }),
        onDone: [
          {
            guard: { type: 'agentVanished', params: ({ event }) => event.output },
            target: 'resolving',
            actions: 'markReprobed',
          },
          {
            guard: { type: 'sessionIsStale', params: ({ event }) => event.output },
            target: 'resolving',
            actions: 'forgetSession',
          },
          { target: 'recording', actions: { type: 'keepRun', params: ({ event }) => event.output } },
        ],
      },
      on: {
        'task.cancel': { actions: 'passToRun' },
        'task.shutdown': { actions: 'passToRun' },
        // Kept too: a run whose session proves stale is followed by a fresh one.
        'task.steer': {
          actions: [{ type: 'keepSteer', params: ({ event }) => event.text }, 'passToRun'],
        },
        'task.wake': { actions: 'passToRun' },
      },
    },
    recording: {
      invoke: {
        id: 'recordTask',
        src: 'recordTask',
        input: ({ context }) => recordRequest(context),
        onDone: [
          {
            guard: { type: 'isSettled', params: ({ event }) => event.output },
            target: 'replying',
            actions: { type: 'keepRecorded', params: ({ event }) => event.output },
          },
          { target: 'done', actions: { type: 'keepRecorded', params: ({ event }) => event.output } },
        ],
        onError: [
          {
            guard: { type: 'isHopeless', params: ({ event }) => recordFailure(event.error) },
            target: 'done',
            actions: { type: 'countFailure', params: ({ event }) => recordFailure(event.error) },
          },
          {
            target: 'holding',
            actions: { type: 'countFailure', params: ({ event }) => recordFailure(event.error) },
          },
        ],
      },
    },
    holding: { after: { recordBackoff: 'recording' }, on: { 'database.ready': 'recording' } },
    replying: {
      invoke: {
        id: 'reply',
        src: 'reply',
        input: ({ context }) => ({ task: context.task, recorded: settled(context) }),
        onDone: 'done',
        // The reply is in the row: who was not told can still read it.
        onError: 'done',
      },
      after: { replyLimit: 'done' },
    },
    done: { type: 'final' },
  },
  output: ({ context: { task, recorded, recordError } }) => ({
    taskId: task.id,
    ...(recorded ?? { state: 'unrecorded' as const, reason: recordError }),
  }),
});
