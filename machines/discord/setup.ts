import { assign, fromCallback, fromPromise, setup } from 'xstate';
import type { DiscordState } from '../../src/discord/link.ts';
import { choreMachine } from '../chore/machine.ts';
import { placeholder } from '../lib/placeholder.ts';
import { messageOf } from '../lib/failure.ts';
import type { Thrown } from '../lib/store-trouble.ts';
import { liveRepliesMachine } from '../live-replies/machine.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import { type DiscordContext, reasonOf, waitAfter } from './context.ts';
import type { GatewayFact, Prepared } from './protocol.ts';

const minuteMs = 60_000;
const overdueId = 'overdue';

/** What the machine says to itself: it has been down for long. */
type OwnNews = { type: 'discord.overdue' };

type DiscordEvent = GatewayFact | ChildCommand | OwnNews;

const base = setup({
  types: { context: {} as DiscordContext, events: {} as DiscordEvent },
  actors: {
    /** Finds out whether a connection may be opened. Rejects but by a fault of its own. */
    prepare: fromPromise<Prepared>(placeholder('discord', 'prepare')),
    /** The connection itself, as long as it lives. */
    gateway: fromCallback<GatewayFact>(placeholder('discord', 'gateway')),
    /** Takes in what was missed. */
    catchUp: fromPromise<undefined>(placeholder('discord', 'catchUp')),
    /** Renews the hold on the bot, and makes the cards fit what is to be decided. */
    upkeep: choreMachine,
    liveReplies: liveRepliesMachine,
  },
  delays: {
    /** Past it the owner is told. */
    outage: 15 * minuteMs,
    retry: ({ context }) => context.waitMs,
    limit: ({ context }) => context.waitMs,
    /** From the first packet to the last of a greeting. */
    opening: 90_000,
    catchUpRetry: 5_000,
    /** A heartbeat is due every 45 s or so. */
    silence: 2 * minuteMs,
    /** A connection that lasts so long ends the backoff. */
    lasting: 5 * minuteMs,
    /** A token may have been mended meanwhile; this look costs no IDENTIFY. */
    unauthorisedRetry: 10 * minuteMs,
  },
});

/** The state as others read it. */
export interface NotedState {
  state: DiscordState;
}

/** What the machine of Discord does, decides by and waits for; `machine.ts` says when. */
export const discordSetup = base.extend({
  actions: {
    /** Shows the state to the rest of the daemon; `ready` also wakes who waits to send. */
    noteState: placeholder<NotedState>('discord', 'noteState'),
    /** Tells the owner by other ways that it is down. */
    tellOutage: placeholder<{ reason: string | null }>('discord', 'tellOutage'),
    endOutage: placeholder('discord', 'endOutage'),
    reportFailure: placeholder<{ during: string; error: unknown }>('discord', 'reportFailure'),
    /** Once, however often it comes and goes meanwhile. */
    beginOutage: base.enqueueActions(({ context, enqueue }) => {
      if (context.isCounting) return;
      enqueue.raise({ type: 'discord.overdue' }, { id: overdueId, delay: 'outage' });
      enqueue.assign({ isCounting: true });
    }),
    stopCounting: base.enqueueActions(({ enqueue }) => {
      enqueue.cancel(overdueId);
      enqueue.assign({ isCounting: false, isTold: false });
    }),
    /** At once, and not again while it lasts. */
    tellOnce: base.enqueueActions(({ context, enqueue }) => {
      if (!context.isTold) enqueue.raise({ type: 'discord.overdue' });
    }),
    markTold: assign({ isTold: true }),
    keepPrepared: assign(({ context }, prepared: Prepared) => ({
      reason: reasonOf(prepared),
      waitMs: prepared.kind === 'parked' ? prepared.waitMs : waitAfter(context.failures + 1),
      failures: context.failures + 1,
    })),
    keepFault: assign(({ context }, { error }: Thrown) => ({
      reason: messageOf(error),
      waitMs: waitAfter(context.failures + 1),
      failures: context.failures + 1,
    })),
    keepReason: assign({ reason: (_, reason: string) => reason }),
    clearReason: assign({ reason: null }),
    keepLimit: assign({ waitMs: (_, waitMs: number) => waitMs }),
    forgetFailures: assign({ failures: 0 }),
    beginSession: assign({ isAcked: false, isCaughtUp: false }),
    markUnacked: assign({ isAcked: false }),
    markMissing: assign({ isCaughtUp: false }),
    markAcked: assign({ isAcked: true }),
    markCaughtUp: assign({ isCaughtUp: true }),
  },
  guards: {
    isOpen: (_, { kind }: Prepared) => kind === 'open',
    isDisabled: (_, { kind }: Prepared) => kind === 'disabled',
    isUnauthorised: (_, { kind }: Prepared) => kind === 'unauthorised',
    isParked: (_, { kind }: Prepared) => kind === 'parked',
    isThere: ({ context }) => context.isAcked && context.isCaughtUp,
    wasCaughtUp: ({ context }) => context.isCaughtUp,
  },
});
