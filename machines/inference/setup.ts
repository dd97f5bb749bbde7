import { assertEvent, assign, fromCallback, fromPromise, sendTo, setup } from 'xstate';
import { placeholder } from '../lib/placeholder.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import { growingPause, type InferenceContext } from './context.ts';
import type {
  InferenceInput,
  InferenceProcessCommand,
  InferenceProcessFact,
  ModelSurvey,
} from './protocol.ts';

/** Actors, actions, guards and delays of the inference machine; `machine.ts` says when. */
export const inferenceSetup = setup({
  types: {
    context: {} as InferenceContext,
    input: {} as InferenceInput,
    events: {} as InferenceProcessFact | ChildCommand,
  },
  actors: {
    survey: fromPromise<ModelSurvey>(placeholder('inference', 'survey')),
    runProcess: fromCallback<InferenceProcessCommand>(placeholder('inference', 'runProcess')),
  },
  actions: {
    launch: sendTo('process', { type: 'process.launch' }),
    load: sendTo('process', ({ context }) => ({ type: 'process.load', plans: context.plans })),
    work: sendTo('process', { type: 'process.work' }),
    ping: sendTo('process', { type: 'process.ping' }),
    terminate: sendTo('process', { type: 'process.terminate' }),
    kill: sendTo('process', ({ context }) => ({
      type: 'process.kill',
      reason: context.lastError ?? 'it is not wanted any more',
    })),
    rememberSurvey: assign({
      plans: (_, survey: ModelSurvey) => survey.plans,
      isIncomplete: (_, survey: ModelSurvey) => survey.isIncomplete,
      pending: (_, survey: ModelSurvey) => survey.plans.length,
    }),
    noteUp: assign({ upSince: ({ context }) => context.now(), ready: 0 }),
    noteSettled: assign({
      pending: ({ context }) => context.pending - 1,
      ready: ({ context }, { isReady }: { isReady: boolean }) => context.ready + (isReady ? 1 : 0),
      isIncomplete: ({ context }, { isReady }: { isReady: boolean }) => context.isIncomplete || !isReady,
    }),
    noteExit: assign({
      lastError: ({ event }) => {
        assertEvent(event, 'process.exited');
        return event.reason;
      },
    }),
    noteHung: assign({
      lastError: ({ context }) => `the models did not answer for ${context.deadlineMs / 1000} s`,
    }),
    noteStalled: assign({
      lastError: ({ context }) =>
        `loading the models made no progress for ${context.timings.stallDeadlineMs / 1000} s`,
    }),
    noteSlowStart: assign({ lastError: 'the inference process took too long to start' }),
    countDeath: assign({
      deaths: ({ context: { deaths, upSince, now, timings } }) =>
        upSince > 0 && now() - upSince >= timings.recoveredMs ? 1 : deaths + 1,
      upSince: 0,
    }),
    countLook: assign({ looks: ({ context }) => context.looks + 1 }),
    forgetLooks: assign({ looks: 0 }),
  },
  guards: {
    canLoad: (_, survey: ModelSurvey) => survey.plans.length > 0,
    isIncomplete: ({ context }) => context.isIncomplete,
    isLoaded: ({ context }) => context.pending === 0,
    hasNoModel: ({ context }) => context.ready === 0,
    hasMore: (_, { hasMore }: { hasMore: boolean }) => hasMore,
    isWorn: (_, { isWorn }: { isWorn: boolean }) => isWorn,
  },
  delays: {
    startDeadline: ({ context }) => context.timings.startDeadlineMs,
    stallDeadline: ({ context }) => context.timings.stallDeadlineMs,
    deadline: ({ context }) => context.deadlineMs,
    pingInterval: ({ context }) => context.timings.pingIntervalMs,
    stopDeadline: ({ context }) => context.timings.stopDeadlineMs,
    backoff: ({ context }) =>
      growingPause(context.deaths, context.timings.backoffMinMs, context.timings.backoffMaxMs, context),
    lookAgain: ({ context }) =>
      growingPause(context.looks, context.timings.lookAgainMinMs, context.timings.lookAgainMaxMs, context),
  },
});
