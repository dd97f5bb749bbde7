import { type CallbackActorLogic, fromPromise, type PromiseActorLogic } from 'xstate';
import type { InferenceProcessCommand, ModelSurvey } from '../../machines/inference/protocol.ts';
import type { ModelQueue } from '../../src/lib/inference/model-queue.ts';
import { type ModelOutlook, type ModelSources, surveyModels } from '../../src/lib/inference/survey-models.ts';
import { type ModelRole, modelRoles } from '../../src/lib/inference/work.ts';
import { runInferenceProcess } from './run-process.ts';
import { defaultAgeLimits, type AgeLimits } from './process-age.ts';

export interface InferenceActorsDeps {
  queue: ModelQueue;
  sources: ModelSources;
  env: NodeJS.ProcessEnv;
  /** Default: 20,000 batches or 1 GiB of growth. */
  ageLimits?: AgeLimits;
  /** Epoch milliseconds (default `Date.now`). */
  now?: () => number;
}

/** For `inferenceMachine.provide({ actors })`. */
export interface InferenceActors {
  survey: PromiseActorLogic<ModelSurvey>;
  runProcess: CallbackActorLogic<InferenceProcessCommand>;
}

/** A model that took its process down with it is left alone for so long: the others go on without it. */
const blameMs = 10 * 60_000;

/** Binds the inference machine's actors to the queue where requests wait and to where models may come from. */
export function createInferenceActors({
  queue,
  sources,
  env,
  ageLimits = defaultAgeLimits,
  now = Date.now,
}: InferenceActorsDeps): InferenceActors {
  const blamed = new Map<ModelRole, { reason: string; until: number }>();

  function outlookOf(role: ModelRole, found: ModelOutlook): ModelOutlook {
    const blame = blamed.get(role);
    if (blame === undefined || blame.until <= now() || !('plan' in found)) return found;
    return { state: { state: 'failed', reason: `while it was loaded, ${blame.reason}` } };
  }

  return {
    survey: fromPromise(async ({ signal }) => {
      const wanted = modelRoles.filter((role) => queue.states()[role].state !== 'ready');
      const found = await surveyModels(sources, signal);
      signal.throwIfAborted();
      const outlooks = wanted.map((role) => [role, outlookOf(role, found[role])] as const);
      for (const [role, outlook] of outlooks)
        queue.setState(role, 'plan' in outlook ? { state: 'loading', percent: null } : outlook.state);
      return {
        plans: outlooks.flatMap(([, outlook]) => ('plan' in outlook ? [outlook.plan] : [])),
        isIncomplete: outlooks.some(([, outlook]) => 'state' in outlook && outlook.state.state !== 'off'),
      };
    }),
    runProcess: runInferenceProcess({
      queue,
      env,
      ageLimits,
      onDiedLoading: (role, reason) => blamed.set(role, { reason, until: now() + blameMs }),
    }),
  };
}
