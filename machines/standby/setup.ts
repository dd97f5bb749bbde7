import { assign, type EventObject, fromCallback, fromPromise, setup } from 'xstate';
import type { ProcessIdentity } from '../../src/lib/process/identity.ts';
import type { GivenUp } from '../../src/tasks/standby/desk.ts';
import { placeholder } from '../lib/placeholder.ts';
import type { Thrown } from '../lib/store-trouble.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import { isElsewhere, restOf, type StandbyContext } from './context.ts';
import type {
  Answered,
  EndRequest,
  LookResult,
  Planned,
  PlanRequest,
  StandbyFact,
  StandbyPlan,
} from './protocol.ts';

/** Failed starts in a row from which on only time leads to another. */
const maxTrusted = 3;

/** Actors, actions, guards and delays of the agent that is started ahead; `machine.ts` says when. */
export const standbySetup = setup({
  types: {
    context: {} as StandbyContext,
    events: {} as StandbyFact | ChildCommand,
  },
  actors: {
    /** Sends `standby.wake`, `standby.claimed` and `standby.refused` as long as it lives. */
    listen: fromCallback(placeholder('standby', 'listen')),
    plan: fromPromise<Planned, PlanRequest>(placeholder('standby', 'plan')),
    /** The process, which it lets go of when it is stopped: a claimed one goes on, any other loses its input. */
    process: fromCallback<EventObject, StandbyPlan>(placeholder('standby', 'process')),
    look: fromPromise<LookResult>(placeholder('standby', 'look')),
    end: fromPromise<undefined, EndRequest>(placeholder('standby', 'end')),
  },
  actions: {
    /** For the log. */
    reportFailure: placeholder<Thrown>('standby', 'reportFailure'),
    /** For the log: it did not get ready. */
    reportUnready: placeholder<{ reason: string }>('standby', 'reportUnready'),
    /** Counts it as given up. */
    giveUp: placeholder<GivenUp>('standby', 'giveUp'),
    keepAnswered: assign({
      after: ({ context }, answered: Answered | undefined) => answered?.taskId ?? context.after,
    }),
    keepPlan: assign({
      plan: (_, planned: Planned) => planned.plan,
      identity: undefined,
      restMs: undefined,
    }),
    forgetPlan: assign({ plan: undefined, identity: undefined }),
    keepIdentity: assign({ identity: (_, identity: ProcessIdentity | undefined) => identity }),
    keepRest: assign({
      restMs: (_, planned: Planned) => (planned.plan === undefined ? planned.againMs : undefined),
    }),
    forgetRest: assign({ restMs: undefined }),
    countFailure: assign({ failures: ({ context }) => context.failures + 1 }),
    forgetFailures: assign({ failures: 0 }),
    markStopping: assign({ isStopping: true }),
  },
  guards: {
    isStopping: ({ context }) => context.isStopping,
    isTrusted: ({ context }) => context.failures < maxTrusted,
    /** One that did its work, or would have, is followed by another. */
    goesOn: ({ context }) => context.failures === 0 && !context.isStopping,
    hasPlan: (_, { plan }: Planned) => plan !== undefined,
    isIts: ({ context }, attempt: number) => context.plan?.mark.attempt === attempt,
    /** The owner was answered by another agent: the next message goes on there. */
    isElsewhere: ({ context }, answered: Answered | undefined) => isElsewhere(context, answered),
    isHere: ({ context }, answered: Answered | undefined) => !isElsewhere(context, answered),
    mayStay: (_, reason: LookResult) => reason === undefined,
  },
  delays: {
    rest: ({ context }) => restOf(context),
    moment: 250,
    readyLimit: 30_000,
    maxAge: 30 * 60_000,
    lookPeriod: 5_000,
  },
});
