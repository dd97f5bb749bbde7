import {
  type ActorRefFrom,
  assign,
  cancel,
  fromCallback,
  fromPromise,
  raise,
  setup,
  stopChild,
} from 'xstate';
import { fireMachine } from '../fire/machine.ts';
import type { FireInput, FireOutput } from '../fire/protocol.ts';
import { placeholder } from '../lib/placeholder.ts';
import { isStoreAway, tellRefusal, type Thrown } from '../lib/store-trouble.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import type {
  JobsRequest,
  JobsResult,
  SchedulerFact,
  SchedulerInput,
  StopOrder,
  TickResult,
} from './protocol.ts';

/** What the scheduler tells itself: the jobs are to be looked at. */
type SchedulerWord = { type: 'schedule.look' } | { type: 'schedule.look-at-all' };

type Kinds = JobsRequest['kinds'];

/** What the scheduler remembers; jobs and claimed fires stand in the schedule, all else in the rows. */
interface SchedulerContext extends SchedulerInput {
  /** The kinds whose jobs have changed since the last look began. */
  changed: Kinds;
  /** The kinds that a look is about. */
  asked: Kinds;
  /** They are to be looked at now. */
  looks: boolean;
  isFirst: boolean;
  /** Something happened while a tick went on. */
  woken: boolean;
  restMs: number;
  /** The fires under way, by the id of their row. */
  fires: ReadonlyMap<number, ActorRefFrom<typeof fireMachine>>;
}

type SchedulerEvent =
  | SchedulerFact
  | SchedulerWord
  | ChildCommand
  | { type: `xstate.done.actor.fire.${number}`; output: FireOutput; actorId: string }
  | { type: `xstate.error.actor.fire.${number}`; error: unknown; actorId: string };

/** What no state shows; `during` names what was being done. */
interface SchedulerProblem extends Thrown {
  during: string;
}

const base = setup({
  types: {
    context: {} as SchedulerContext,
    input: {} as SchedulerInput,
    events: {} as SchedulerEvent,
  },
  actors: {
    /** Sends facts as long as it lives. */
    listen: fromCallback<SchedulerFact>(placeholder('scheduler', 'listen')),
    lookAtJobs: fromPromise<JobsResult, JobsRequest>(placeholder('scheduler', 'lookAtJobs')),
    tick: fromPromise<TickResult>(placeholder('scheduler', 'tick')),
    fire: fireMachine,
  },
});

/** What the scheduler does, decides by and waits for; `machine.ts` says when. */
export const schedulerSetup = base.extend({
  actions: {
    reportProblem: placeholder<SchedulerProblem>('scheduler', 'reportProblem'),
    /** Lets go of a fire that is over; `end` is undefined where nothing was written down. */
    release: placeholder<{ id: number; end: FireOutput }>('scheduler', 'release'),
    /** Nothing can be claimed: whoever asks for a fire is told so. */
    refuseRequests: placeholder<Thrown>('scheduler', 'refuseRequests'),
    closeRequests: placeholder('scheduler', 'closeRequests'),
    tellRefusal,
    markWoken: assign({ woken: true }),
    markSeen: assign({ woken: false }),
    noteChange: assign({ changed: ({ context: { changed } }, kind: string) => merge(changed, [kind]) }),
    /** Somebody asks for a job that is not known yet. */
    noteUnknown: assign({
      looks: ({ context }, asksForUnknown: boolean) => context.looks || asksForUnknown,
      changed: ({ context }, asksForUnknown: boolean) => (asksForUnknown ? 'all' : context.changed),
    }),
    noteAll: assign({ changed: 'all' as const }),
    wantLook: assign({ looks: true }),
    beginLook: assign({ looks: false, asked: ({ context }) => context.changed, changed: [] }),
    /** What was asked for is still to be looked at. */
    noteFailedLook: assign({
      looks: true,
      changed: ({ context: { asked, changed } }) => merge(changed, asked),
    }),
    noteLooked: assign({ isFirst: false }),
    lookSoon: raise({ type: 'schedule.look' }, { id: 'soon', delay: 'lookPause' }),
    lookLater: raise({ type: 'schedule.look-at-all' }, { id: 'later', delay: 'lookInterval' }),
    forgetLater: cancel('later'),
    keepRest: assign({ restMs: (_, restMs: number) => restMs }),
    beginFires: assign({
      fires: ({ context, spawn }, begun: readonly FireInput[]) => {
        if (begun.length === 0) return context.fires;
        const fires = new Map(context.fires);
        for (const fire of begun) fires.set(fire.id, spawn('fire', { id: actorIdOf(fire.id), input: fire }));
        return fires;
      },
    }),
    stopFires: ({ context: { fires } }, stops: readonly StopOrder[]) => {
      for (const { id, cause } of stops) fires.get(id)?.send({ type: 'fire.stop', cause });
    },
    stopAllFires: ({ context: { fires } }) => {
      for (const fire of fires.values()) fire.send({ type: 'fire.stop', cause: 'shutdown' });
    },
    endFire: stopChild((_, actorId: string) => actorId),
    forgetFire: assign({
      fires: ({ context }, actorId: string) => {
        const fires = new Map(context.fires);
        fires.delete(fireIdOf(actorId));
        return fires;
      },
    }),
  },
  guards: {
    wantsLook: ({ context }) => context.looks,
    wasWoken: ({ context }) => context.woken,
    isIdle: ({ context }) => context.fires.size === 0,
    /** A word is under way already: a flood of changes costs one look. */
    isFirstChange: ({ context }) => context.changed.length === 0,
    isStoreAway,
  },
  delays: {
    rest: ({ context }) => context.restMs,
    drain: ({ context }) => context.drainMs,
    /** Between the news of a change and the look at it. */
    lookPause: 100,
    /** Other daemons on the same database change jobs too, and tell nobody. */
    lookInterval: 5 * 60_000,
    storeRetry: 2_000,
    failureRetry: 10_000,
  },
});

function merge(one: Kinds, other: Kinds): Kinds {
  return one === 'all' || other === 'all' ? 'all' : [...new Set([...one, ...other])];
}

function actorIdOf(id: number): string {
  return `fire.${id}`;
}

/** The id of the row of a fire's actor. */
export function fireIdOf(actorId: string): number {
  return Number(actorId.slice('fire.'.length));
}
