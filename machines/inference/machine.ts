import { initialContext } from './context.ts';
import { inferenceSetup } from './setup.ts';

/**
 * The process in which the models compute, as long as there is a model to be had.
 *
 *     surveying ─▶ starting ─▶ up { free ⇄ working, pinging ∥ loading ⇄ complete }
 *      ▲  │ ▲         │         │ hung, stalled    │ worn        │ no model could be loaded
 *      │  ▼ │         ▼         ▼                  ▼             ▼
 *      │ without    away ◀── reaping           renewing      retiring
 *      └────────────┘ backoff                 (─▶ surveying) (─▶ without)
 *
 * `without`: nothing can be loaded, so that no process idles; it looks again now and then, ever less often. A process
 * that dies, hangs over a batch or stalls while it loads is a state, `away`, and never an error. `survey` looks where
 * models can be had; `process` is the actor that owns the process and hands it the batches that wait.
 */
export const inferenceMachine = inferenceSetup.createMachine({
  id: 'inference',
  context: ({ input }) => initialContext(input),
  invoke: { id: 'process', src: 'runProcess' },
  initial: 'surveying',
  on: {
    'process.exited': { target: '.away', actions: 'noteExit' },
    'child.stop': '.closing',
  },
  states: {
    surveying: {
      on: { 'child.stop': 'stopped' },
      invoke: {
        src: 'survey',
        onDone: [
          {
            guard: { type: 'canLoad', params: ({ event }) => event.output },
            target: 'starting',
            actions: { type: 'rememberSurvey', params: ({ event }) => event.output },
          },
          {
            target: 'without',
            actions: { type: 'rememberSurvey', params: ({ event }) => event.output },
          },
        ],
      },
    },
    without: {
      entry: 'countLook',
      on: { 'child.stop': 'stopped' },
      initial: 'deciding',
      states: {
        deciding: { always: [{ guard: 'isIncomplete', target: 'waiting' }, { target: 'switchedOff' }] },
        waiting: { after: { lookAgain: '#inference.surveying' } },
        switchedOff: {},
      },
    },
    starting: {
      entry: 'launch',
      on: { 'process.up': 'up' },
      after: { startDeadline: { target: 'reaping', actions: 'noteSlowStart' } },
    },
    up: {
      entry: 'noteUp',
      type: 'parallel',
      states: {
        batches: {
          initial: 'free',
          states: {
            free: {
              on: { 'work.waiting': 'working' },
              after: {
                // Opening a large model blocks the process for a while.
                pingInterval: [
                  { guard: 'isLoaded', target: 'pinging' },
                  { target: 'free', reenter: true },
                ],
              },
            },
            working: {
              entry: 'work',
              on: {
                'batch.settled': [
                  { guard: { type: 'isWorn', params: ({ event }) => event }, target: '#inference.renewing' },
                  {
                    guard: { type: 'hasMore', params: ({ event }) => event },
                    target: 'working',
                    reenter: true,
                  },
                  { target: 'free' },
                ],
              },
              after: { deadline: { target: '#inference.reaping', actions: 'noteHung' } },
            },
            pinging: {
              entry: 'ping',
              on: {
                'process.pong': [
                  { guard: { type: 'hasMore', params: ({ event }) => event }, target: 'working' },
                  { target: 'free' },
                ],
              },
              after: { deadline: { target: '#inference.reaping', actions: 'noteHung' } },
            },
          },
        },
        models: {
          initial: 'loading',
          states: {
            loading: {
              entry: 'load',
              initial: 'going',
              states: {
                going: {
                  always: { guard: 'isLoaded', target: '#loaded' },
                  on: {
                    'model.progress': { target: 'going', reenter: true },
                    'model.settled': {
                      target: 'going',
                      reenter: true,
                      actions: { type: 'noteSettled', params: ({ event }) => event },
                    },
                  },
                  after: { stallDeadline: { target: '#inference.reaping', actions: 'noteStalled' } },
                },
              },
            },
            loaded: {
              id: 'loaded',
              always: [
                { guard: 'hasNoModel', target: '#inference.retiring' },
                { guard: 'isIncomplete', target: 'partial' },
                { target: 'complete' },
              ],
            },
            complete: { entry: 'forgetLooks' },
            partial: { entry: 'countLook', after: { lookAgain: 'looking' } },
            looking: {
              invoke: {
                src: 'survey',
                onDone: [
                  {
                    guard: { type: 'canLoad', params: ({ event }) => event.output },
                    target: 'loading',
                    actions: { type: 'rememberSurvey', params: ({ event }) => event.output },
                  },
                  {
                    target: 'partial',
                    actions: { type: 'rememberSurvey', params: ({ event }) => event.output },
                  },
                ],
              },
            },
          },
        },
      },
    },
    reaping: {
      entry: 'kill',
      // The reason for the kill is known already.
      on: { 'process.exited': 'away' },
    },
    away: {
      entry: 'countDeath',
      on: { 'child.stop': 'stopped', 'process.exited': {} },
      after: { backoff: 'surveying' },
    },
    renewing: {
      entry: 'terminate',
      on: { 'process.exited': 'surveying' },
      after: { stopDeadline: 'killingToRenew' },
    },
    killingToRenew: { entry: 'kill', on: { 'process.exited': 'surveying' } },
    retiring: {
      entry: 'terminate',
      on: { 'process.exited': 'without' },
      after: { stopDeadline: 'killingToRetire' },
    },
    killingToRetire: { entry: 'kill', on: { 'process.exited': 'without' } },
    closing: {
      entry: 'terminate',
      on: { 'child.stop': {}, 'process.exited': 'stopped' },
      after: { stopDeadline: 'killing' },
    },
    killing: {
      entry: 'kill',
      on: { 'child.stop': {}, 'process.exited': 'stopped' },
    },
    stopped: { type: 'final' },
  },
});
