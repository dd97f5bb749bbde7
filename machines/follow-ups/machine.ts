import { assign, fromPromise, sendParent, setup } from 'xstate';
import type { FollowUp, FollowUpQuery } from '../../src/tasks/run/follow-ups.ts';
import { placeholder } from '../lib/placeholder.ts';
import { isStoreLost, onStoreTrouble, thrown, type Thrown } from '../lib/store-trouble.ts';
import type { FollowUpsCommand, FollowUpsFact, FollowUpsInput } from './protocol.ts';

interface FollowUpsContext extends FollowUpsInput {
  /** Ids of the messages that this run has been given. */
  handed: readonly number[];
  /** A wake came while the queue was being looked at. */
  woken: boolean;
}

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
    events: {} as FollowUpsCommand,
  },
  actors: {
    takeFollowUps: fromPromise<FollowUp[], FollowUpQuery>(placeholder('follow-ups', 'takeFollowUps')),
  },
  actions: {
    /** The queue could not be looked at, for another reason than an outage. */
    reportFailure: placeholder<Thrown>('follow-ups', 'reportFailure'),
    handOver: sendParent((_, messages: readonly FollowUp[]): FollowUpsFact => ({
      type: 'run.followUps',
      messages,
    })),
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
    isStoreAway: isStoreLost,
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
        onError: onStoreTrouble({
          away: { target: 'waiting' },
          otherwise: { target: 'waiting', actions: { type: 'reportFailure', params: thrown } },
        }),
      },
      on: { 'task.wake': { actions: 'markWoken' } },
    },
    resting: { after: { lookPeriod: 'looking' }, on: { 'task.wake': 'looking' } },
    waiting: { after: { storeRetry: 'looking' } },
    deaf: {},
  },
});
