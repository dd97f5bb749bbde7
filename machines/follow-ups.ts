import { assign, fromPromise, sendParent, setup } from 'xstate';
import type { RunnableAgent } from '../src/lib/agent/kinds/kinds.ts';
import type { ClaimedTask } from '../src/lib/store/tasks/claim.ts';
import type { FollowUp, FollowUpQuery } from '../src/lib/agent/follow-ups.ts';
import { isStoreAway } from './failure.ts';

export interface FollowUpsInput {
  task: ClaimedTask;
  agent: RunnableAgent;
  /** Pause before the store is asked again while it is away, in milliseconds. */
  storeRetryMs: number;
}

export type FollowUpsEvent =
  /** Rows were queued. */
  { type: 'task.wake' };

interface FollowUpsContext extends FollowUpsInput {
  /** What this run has been given. */
  handed: readonly number[];
  /** A wake came while the queue was being looked at. */
  woken: boolean;
}

const unprovided = (name: string) => (): never => {
  throw new Error(`follow-ups machine: "${name}" was not provided`);
};

/** The queue could not be looked at, for another reason than an outage. */
const reportFailure: (scope: unknown, params: { error: unknown }) => void = unprovided('reportFailure');

/**
 * Takes what is queued for the conversation of a running task and hands it to the run, as long as the run listens.
 *
 *     choosing ──▶ looking ──none──▶ resting ──wake, a while──▶ looking
 *        │            └── failed ──▶ waiting ──a while──▶ looking
 *        └─ no conversation, or an agent that reads once ──▶ deaf
 *
 * A row is marked before it is handed over and ends only with the recorded task (see `recordOutcome`): whatever comes
 * between leaves it in the queue.
 */
export const followUpsMachine = setup({
  types: {
    context: {} as FollowUpsContext,
    input: {} as FollowUpsInput,
    events: {} as FollowUpsEvent,
  },
  actors: { takeFollowUps: fromPromise<FollowUp[], FollowUpQuery>(unprovided('takeFollowUps')) },
  actions: {
    reportFailure,
    handOver: sendParent((_, messages: readonly FollowUp[]) => ({ type: 'run.followUps', messages })),
    keepHanded: assign({
      handed: ({ context }, messages: readonly FollowUp[]) => [
        ...context.handed,
        ...messages.map(({ id }) => id),
      ],
    }),
    markWoken: assign({ woken: true }),
    markSeen: assign({ woken: false }),
  },
  guards: {
    canListen: ({ context: { task, agent } }) => task.conversation !== null && agent.rules.hears,
    foundSome: (_, messages: readonly FollowUp[]) => messages.length > 0,
    wasWoken: ({ context }) => context.woken,
    isStoreAway: (_, { error }: { error: unknown }) => isStoreAway(error),
  },
  delays: {
    /** For rows that came without a wake: another daemon's. */
    lookPeriod: 30_000,
    storeRetry: ({ context }) => context.storeRetryMs,
  },
}).createMachine({
  id: 'follow-ups',
  context: ({ input }) => ({ ...input, handed: [], woken: false }),
  initial: 'choosing',
  states: {
    choosing: { always: [{ guard: 'canListen', target: 'looking' }, 'deaf'] },
    looking: {
      entry: 'markSeen',
      invoke: {
        id: 'takeFollowUps',
        src: 'takeFollowUps',
        input: ({ context: { task, handed } }) => ({ host: task, handed }),
        onDone: [
          {
            guard: { type: 'foundSome', params: ({ event }) => event.output },
            target: 'looking',
            reenter: true,
            actions: [
              { type: 'keepHanded', params: ({ event }) => event.output },
              { type: 'handOver', params: ({ event }) => event.output },
            ],
          },
          { guard: 'wasWoken', target: 'looking', reenter: true },
          { target: 'resting' },
        ],
        onError: [
          {
            guard: { type: 'isStoreAway', params: ({ event }) => ({ error: event.error }) },
            target: 'waiting',
          },
          {
            target: 'waiting',
            actions: { type: 'reportFailure', params: ({ event }) => ({ error: event.error }) },
          },
        ],
      },
      on: { 'task.wake': { actions: 'markWoken' } },
    },
    resting: { after: { lookPeriod: 'looking' }, on: { 'task.wake': 'looking' } },
    waiting: { after: { storeRetry: 'looking' } },
    deaf: {},
  },
});
