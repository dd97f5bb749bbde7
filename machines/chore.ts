import { fromPromise, setup } from 'xstate';

export type JournalKeeperEvent = { type: 'child.stop' };

/**
 * Deletes the parts of the journal that are recorded, once the store says that they are on its disk too.
 *
 *     resting ──now and then──▶ trimming ──▶ resting          child.stop ──▶ trimmingLast ──▶ stopped
 */
export const journalKeeperMachine = setup({
  types: { events: {} as JournalKeeperEvent },
  actors: {
    trim: fromPromise((): Promise<void> => {
      throw new Error('journal-keeper machine: actor "trim" was not provided');
    }),
  },
  actions: {
    reportFailure: (_, _params: { error: unknown }): void => {
      throw new Error('journal-keeper machine: action "reportFailure" was not provided');
    },
  },
  delays: { restInterval: 5_000 },
}).createMachine({
  id: 'journal-keeper',
  initial: 'resting',
  states: {
    resting: {
      after: { restInterval: 'trimming' },
      on: { 'child.stop': 'trimmingLast' },
    },
    trimming: {
      invoke: {
        src: 'trim',
        onDone: 'resting',
        onError: {
          target: 'resting',
          actions: { type: 'reportFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
      on: { 'child.stop': 'trimmingLast' },
    },
    trimmingLast: {
      invoke: {
        src: 'trim',
        onDone: 'stopped',
        onError: {
          target: 'stopped',
          actions: { type: 'reportFailure', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    stopped: { type: 'final' },
  },
});
