import { assign, fromCallback, fromPromise, setup, stopChild } from 'xstate';
import type { DueHost } from '../../src/fleet/rows/due.ts';
import { placeholder } from '../lib/placeholder.ts';
import { isStoreAway, tellRefusal, type Thrown } from '../lib/store-trouble.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import type { FleetCommand, FleetInput, FleetLookRequest, FleetLookResult } from './protocol.ts';

/** What the fleet remembers; all else stands in the rows. */
interface FleetContext extends FleetInput {
  /** The hosts that are being polled, by the id of the actor that does it. */
  polls: Readonly<Record<string, number>>;
  restMs: number;
  /** There may have been more hosts that are due than there was room for. */
  full: boolean;
  /** Something happened while the rows were being looked at. */
  woken: boolean;
}

type FleetEvent =
  | FleetCommand
  | ChildCommand
  | { type: `xstate.done.actor.poll.${number}`; output: unknown; actorId: string }
  | { type: `xstate.error.actor.poll.${number}`; error: unknown; actorId: string };

/** What no state shows; `during` names what was being done. */
interface FleetProblem extends Thrown {
  during: string;
}

const base = setup({
  types: {
    context: {} as FleetContext,
    input: {} as FleetInput,
    events: {} as FleetEvent,
  },
  actors: {
    /** Sends `fleet.wake` as long as it lives. */
    listen: fromCallback<FleetCommand>(placeholder('fleet', 'listen')),
    look: fromPromise<FleetLookResult, FleetLookRequest>(placeholder('fleet', 'look')),
    /** Polls a host within its deadline and writes it down. */
    poll: fromPromise<unknown, DueHost>(placeholder('fleet', 'poll')),
  },
});

/** What the fleet does, decides by and waits for; `machine.ts` says when. */
export const fleetSetup = base.extend({
  actions: {
    reportProblem: placeholder<FleetProblem>('fleet', 'reportProblem'),
    tellRefusal,
    markWoken: assign({ woken: true }),
    markSeen: assign({ woken: false }),
    /** Who waited for room is looked for. */
    wakeIfFull: assign({ woken: ({ context }) => context.woken || context.full }),
    keepRest: assign({
      restMs: (_, { restMs }: FleetLookResult) => restMs,
      full: ({ context }) => roomIn(context) === 0,
    }),
    beginPolls: assign({
      polls: ({ context, spawn }, due: readonly DueHost[]) => {
        for (const host of due) spawn('poll', { id: actorIdOf(host.id), input: host });
        return { ...context.polls, ...Object.fromEntries(due.map(({ id }) => [actorIdOf(id), id])) };
      },
    }),
    endPoll: stopChild((_, actorId: string) => actorId),
    forgetPoll: assign({
      polls: ({ context }, actorId: string) =>
        Object.fromEntries(Object.entries(context.polls).filter(([known]) => known !== actorId)),
    }),
  },
  guards: {
    wasWoken: ({ context }) => context.woken,
    isStoreAway,
  },
  delays: {
    rest: ({ context }) => context.restMs,
    storeRetry: 2_000,
    failureRetry: 10_000,
  },
});

/** What the next look may take. */
export function requestOf(context: FleetContext): FleetLookRequest {
  return { room: roomIn(context), busy: Object.values(context.polls) };
}

function roomIn({ atOnce, polls }: FleetContext): number {
  return Math.max(0, atOnce() - Object.keys(polls).length);
}

function actorIdOf(id: number): string {
  return `poll.${id}`;
}
