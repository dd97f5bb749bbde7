import { messageOf } from '../lib/failure.ts';
import { initialTask, partingOf, recordRequest, settled, spawnFailureOf } from './context.ts';
import { thrown } from '../lib/store-trouble.ts';
import { taskSetup } from './setup.ts';

const tookTooLong = 'the recall took too long';
const held = (reason: string): string => `done; its outcome is held until it can be recorded: ${reason}`;
const withoutMemories = (reason: string): string => `going on without memories: ${reason}`;

/**
 * One attempt at a task, from its claimed row to a recorded outcome.
 *
 *     admitted → recalling → resolving → running ──nobody left──▶ recording ⇄ holding (store away, or refuses)
 *                    │           │ ▲        │                        ▲ │
 *                    │           │ └────────┘ once: ENOENT, ahead and│ ▼
 *                    │           │       gone, session stale, refused│ replying → closing → done
 *                    └───────────┴── cancel, shutdown, no agent ─────┘             ▼     ▲
 *                                                                               parting → noting
 *
 * The run is a machine of its own (agent-run) and ends only when no process of it is left. One that has answered a person
 * before (`run.answered`) is recorded and told at once; the attempt keeps its lane in `parting` until the run is over.
 * An outcome that cannot be recorded is held until it can be, and is cut down where it is refused for what it is: the deed is
 * done, and to run the agent again would do it twice.
 */
export const taskMachine = taskSetup.createMachine({
  id: 'task',
  context: ({ input }) => initialTask(input),
  initial: 'admitted',
  on: {
    // The processes of a run whose answer is being recorded.
    'xstate.done.actor.run': {
      actions: ['endRun', { type: 'keepParting', params: ({ event }) => event.output }],
    },
    'task.shutdown': { guard: 'isRunning', actions: 'passToRun' },
  },
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
          actions: [
            { type: 'doWithoutMemories', params: ({ event }) => messageOf(event.error) },
            { type: 'announceProgress', params: ({ event }) => withoutMemories(messageOf(event.error)) },
          ],
        },
      },
      after: {
        recallLimit: {
          target: 'resolving',
          actions: [
            { type: 'doWithoutMemories', params: tookTooLong },
            { type: 'announceProgress', params: withoutMemories(tookTooLong) },
          ],
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
        input: ({ context: { task, reprobed, gaveUp, staleSession, sessionRefused } }) => ({
          ...{ task, reprobe: reprobed, gaveUp, lostSession: staleSession && !sessionRefused },
        }),
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
      entry: 'startRun',
      on: {
        'xstate.done.actor.run': [
          {
            guard: { type: 'agentVanished', params: ({ event }) => event.output },
            target: 'resolving',
            actions: ['endRun', 'markReprobed'],
          },
          {
            guard: { type: 'lostAhead', params: ({ event }) => event.output },
            target: 'resolving',
            actions: ['endRun', 'markCold'],
          },
          {
            guard: { type: 'sessionIsStale', params: ({ event }) => event.output },
            target: 'resolving',
            actions: ['endRun', 'forgetSession'],
          },
          {
            guard: { type: 'sessionIsRefused', params: ({ event }) => event.output },
            target: 'resolving',
            actions: ['endRun', 'giveSessionUp'],
          },
          {
            guard: { type: 'mayFallBack', params: ({ event }) => event.output },
            target: 'resolving',
            actions: ['endRun', { type: 'giveAgentUp', params: ({ event }) => event.output }],
          },
          {
            target: 'recording',
            actions: ['endRun', { type: 'keepRun', params: ({ event }) => event.output }],
          },
        ],
        'run.answered': {
          target: 'recording',
          actions: { type: 'keepRun', params: ({ event }) => event.output },
        },
        'task.cancel': { actions: 'passToRun' },
        'task.again': { actions: 'passToRun' },
        'task.outgrown': { actions: 'passToRun' },
        'task.shutdown': { actions: 'passToRun' },
        // Kept too: a run whose session proves stale or is refused is followed by a fresh one.
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
          { target: 'closing', actions: { type: 'keepRecorded', params: ({ event }) => event.output } },
        ],
        onError: {
          target: 'holding',
          actions: [
            { type: 'countFailure', params: thrown },
            { type: 'tellRefusal', params: thrown },
            { type: 'announceProgress', params: ({ event }) => held(messageOf(event.error)) },
          ],
        },
      },
    },
    holding: { after: { recordBackoff: 'recording' }, on: { 'database.ready': 'recording' } },
    replying: {
      invoke: {
        id: 'reply',
        src: 'reply',
        input: ({ context }) => ({ task: context.task, recorded: settled(context) }),
        onDone: 'closing',
        // The reply is in the row: who was not told can still read it.
        onError: 'closing',
      },
      after: { replyLimit: 'closing' },
    },
    closing: {
      always: [
        { guard: 'isRunning', target: 'parting' },
        { guard: 'hasAnsweredFirst', target: 'noting' },
        { target: 'done' },
      ],
    },
    parting: {
      on: {
        'xstate.done.actor.run': {
          target: 'noting',
          actions: ['endRun', { type: 'keepParting', params: ({ event }) => event.output }],
        },
      },
    },
    noting: {
      invoke: {
        id: 'noteParting',
        src: 'noteParting',
        input: ({ context }) => partingOf(context),
        onDone: 'done',
        // The deed and its reply stand: how the processes went is for the log.
        onError: 'done',
      },
    },
    done: { type: 'final' },
  },
  output: ({ context }) => ({ taskId: context.task.id, ...settled(context) }),
});
