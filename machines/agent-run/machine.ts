import { noRun, outputOf } from './context.ts';
import { agentRunSetup } from './setup.ts';
import { messageOf } from '../lib/failure.ts';

/**
 * One run of the agent, from spawn to nobody left.
 *
 *     live.spawning → live.running ─────result────▶ live.settling ──grace over──┐
 *        │             │  │  ▲───── a further turn ──────┘  │ exit             │
 *        │ no process  │  └──│──exit──▶ draining ◀──────────┤                  │
 *        │             │     │             │                │                  │
 *        │             └───cancel──────────│────▶ interrupting ──5 s──┐        │
 *        ▼                                 ▼ output ended             ▼        ▼
 *     limit, silence, flood, shutdown ──────────────────────────▶ terminating ──none left──▶ over
 *
 * While it listens, queued messages of its conversation are handed to it (see follow-ups).
 * Every run passes `terminating`, the successful one too: only the look that finds nobody says that none is left.
 * The first cause wins: what comes from `terminating` on is not evidence any more.
 * A cancelled agent is asked to end its turn, which tells what it has cost; a second wish, or its silence, ends it.
 * Once the result is there the turn is over, and neither limit nor cancel can undo it. One that proves the end is told to
 * the task at once, where a person waits; the run goes on to see the processes gone. A result that leaves background
 * tasks is none: the run goes on within its limit, its input stays open, and a further turn brings the answer.
 */
export const agentRunMachine = agentRunSetup.createMachine({
  id: 'agent-run',
  context: ({ input }) => ({
    ...noRun,
    ...input,
    progress: 'starting the agent',
    identity: undefined,
    isAhead: false,
    drained: false,
    startedAt: Date.now(),
    allowanceMs: 0,
  }),
  invoke: {
    id: 'agent',
    src: 'agentProcess',
    input: ({ context }) => context.request,
    onError: {
      target: '.terminating',
      actions: {
        type: 'keepEvidence',
        params: ({ event }) => ({ spawnFailure: { code: 'UNKNOWN', message: messageOf(event.error) } }),
      },
    },
  },
  on: {
    'agent.heard': { actions: { type: 'countMessages', params: ({ event }) => event.messages } },
    'agent.text': { actions: ['appendText', 'announceText'] },
    'agent.progress': { guard: 'isNews', actions: ['keepProgress', 'announceProgress'] },
    'agent.noted': {
      actions: [{ type: 'note', params: ({ event }) => event.entries }, 'announceEntries'],
    },
    'agent.took': { actions: { type: 'markTaken', params: ({ event }) => event.messageId } },
    'agent.spent': { actions: { type: 'keepUnbilled', params: ({ event }) => event.unbilled } },
    'agent.refused': {
      actions: { type: 'keepEvidence', params: ({ event: { apiError } }) => ({ apiError }) },
    },
    'agent.limited': {
      actions: { type: 'keepEvidence', params: ({ event: { resetsAt } }) => ({ resetsAt }) },
    },
    'agent.drained': { actions: ['markDrained', { type: 'keepLastWords', params: ({ event }) => event }] },
  },
  initial: 'live',
  states: {
    live: {
      initial: 'spawning',
      after: { runLimit: { target: 'terminating', actions: { type: 'stopFor', params: 'timed-out' } } },
      on: {
        'task.cancel': { target: 'terminating', actions: { type: 'stopFor', params: 'cancelled' } },
        'task.again': { target: 'terminating', actions: { type: 'stopFor', params: 'asked-again' } },
        'task.outgrown': { target: 'terminating', actions: { type: 'stopFor', params: 'out-of-memory' } },
        'task.shutdown': { target: 'terminating', actions: { type: 'stopFor', params: 'shutdown' } },
      },
      states: {
        spawning: {
          on: {
            'task.steer': { actions: 'keepSteer' },
            'agent.spawned': {
              target: 'running',
              actions: [
                { type: 'keepIdentity', params: ({ event }) => event.identity },
                { type: 'keepAhead', params: ({ event }) => event.ahead ?? false },
                'passKeptOn',
              ],
            },
            'agent.unspawned': {
              target: '#agent-run.terminating',
              actions: {
                type: 'keepEvidence',
                params: ({ event: { code, message } }) => ({ spawnFailure: { code, message } }),
              },
            },
          },
        },
        running: {
          entry: ['beginSilence', 'beginQuiet'],
          exit: ['endSilence', 'endQuiet', 'endAwaiting'],
          initial: 'listening',
          on: {
            'agent.heard': {
              actions: [
                { type: 'countMessages', params: ({ event }) => event.messages },
                { type: 'keepAllowance', params: ({ event }) => event.allowanceMs },
                'endSilence',
                'beginSilence',
                'endQuiet',
                'beginQuiet',
                'endAwaiting',
              ],
            },
            'agent.result': [
              {
                // It would go on without knowing what was said.
                guard: { type: 'isStale', params: ({ event }) => event.result },
                target: '#agent-run.terminating',
                actions: [
                  { type: 'keepResult', params: ({ event }) => event.result },
                  { type: 'stopFor', params: 'lingering' },
                ],
              },
              {
                guard: { type: 'leavesTasks', params: ({ event }) => event.result },
                actions: { type: 'keepResult', params: ({ event }) => event.result },
              },
              {
                target: 'settling',
                actions: { type: 'keepResult', params: ({ event }) => event.result },
              },
            ],
            'agent.caughtUp': { actions: 'awaitTurn' },
            'run.idle': { target: 'settling', actions: 'finishInput' },
            'agent.exited': {
              target: '#agent-run.draining',
              actions: { type: 'keepExit', params: ({ event }) => event },
            },
            'agent.overflowed': {
              target: '#agent-run.terminating',
              actions: { type: 'stopFor', params: 'output-limit' },
            },
            'agent.overspent': {
              target: '#agent-run.terminating',
              actions: { type: 'stopFor', params: 'over-budget' },
            },
            'run.quiet': { actions: ['keepQuiet', 'announceQuiet'] },
            'run.silent': {
              target: '#agent-run.terminating',
              actions: { type: 'stopFor', params: 'no-output' },
            },
            'task.cancel': {
              guard: 'canBeAsked',
              target: '#agent-run.interrupting',
              actions: { type: 'stopFor', params: 'cancelled' },
            },
          },
          states: {
            listening: {
              invoke: [
                {
                  id: 'noteProcess',
                  src: 'noteProcess',
                  input: ({ context: { request, identity } }) => ({
                    task: request.task,
                    agent: request.agent,
                    memories: request.memories,
                    identity,
                  }),
                  // Recovery finds the process by its marker too: a run does not fail for this.
                  onError: {},
                },
                {
                  id: 'followUps',
                  src: 'followUps',
                  input: ({ context: { request, limits } }) => ({
                    task: request.task,
                    agent: request.agent,
                    storeRetryMs: limits.storeRetryMs,
                  }),
                },
              ],
              on: {
                'task.steer': { actions: 'passOn' },
                'task.wake': { actions: 'wakeFollowUps' },
                'run.followUps': {
                  actions: [{ type: 'handOver', params: ({ event }) => event.messages }, 'passMessagesOn'],
                },
                'agent.result': {
                  guard: { type: 'mayTellAnswer', params: ({ event }) => event.provesEnd },
                  target: '#agent-run.live.settling',
                  actions: [{ type: 'keepResult', params: ({ event }) => event.result }, 'tellAnswer'],
                },
              },
            },
            // A turn after the result: the agent's input is closed by now.
            further: {},
          },
        },
        settling: {
          after: {
            resultGrace: {
              target: '#agent-run.terminating',
              actions: { type: 'stopFor', params: 'lingering' },
            },
          },
          on: {
            // What hears nothing more has no second turn: it may print what it likes, and has its grace once.
            'agent.heard': { guard: 'mayGoOn', target: 'settling', reenter: true },
            // A message that came too late to be folded into the turn makes a second one.
            'agent.took': {
              target: 'running.further',
              actions: { type: 'markTaken', params: ({ event }) => event.messageId },
            },
            'agent.result': { actions: { type: 'keepResult', params: ({ event }) => event.result } },
            'agent.exited': {
              target: '#agent-run.draining',
              actions: { type: 'keepExit', params: ({ event }) => event },
            },
            'agent.overflowed': {
              target: '#agent-run.terminating',
              actions: { type: 'stopFor', params: 'lingering' },
            },
            'task.cancel': {},
            'task.again': {},
          },
        },
      },
    },
    interrupting: {
      entry: 'interrupt',
      after: { interruptLimit: 'terminating' },
      on: {
        'agent.result': {
          actions: { type: 'keepResult', params: ({ event }) => event.result },
        },
        'agent.exited': { target: 'draining', actions: { type: 'keepExit', params: ({ event }) => event } },
        'agent.overflowed': 'terminating',
        'task.cancel': 'terminating',
        'task.shutdown': 'terminating',
      },
    },
    draining: {
      always: { guard: 'isDrained', target: 'terminating' },
      after: { drainLimit: 'terminating' },
      on: {
        'agent.result': {
          actions: { type: 'keepResult', params: ({ event }) => event.result },
        },
        'agent.overflowed': { guard: 'hasNoResult', actions: { type: 'stopFor', params: 'output-limit' } },
      },
    },
    terminating: {
      invoke: {
        id: 'terminate',
        src: 'terminate',
        input: ({ context: { request, identity, limits } }) => ({
          task: request.task,
          identity,
          graceMs: limits.killGraceMs,
        }),
        onDone: { target: 'over', actions: { type: 'keepCleanup', params: ({ event }) => event.output } },
        onError: {
          target: 'over',
          actions: { type: 'keepCleanupError', params: ({ event }) => messageOf(event.error) },
        },
      },
      on: { 'agent.heard': {}, 'agent.text': {}, 'agent.progress': {}, 'agent.took': {} },
    },
    over: { type: 'final' },
  },
  output: ({ context }) => outputOf(context),
});
