import { type CallbackActorLogic, fromPromise, type PromiseActorLogic } from 'xstate';
import type { InferenceCommand, ModelSurvey } from '../../machines/inference-context.ts';
import type { InferenceDesk } from '../../src/lib/inference/inference-desk.ts';
import { type ModelOutlook, type ModelSources, surveyModels } from '../../src/lib/inference/survey-models.ts';
import { type ModelRole, modelRoles } from '../../src/lib/inference/work.ts';
import { runInferenceProcess } from './run-process.ts';
import { defaultWear, type WearLimits } from './wear.ts';

export interface InferenceActorsDeps {
  desk: InferenceDesk;
  sources: ModelSources;
  env: NodeJS.ProcessEnv;
  /** Default: 20,000 batches or 1 GiB of growth. */
  wear?: WearLimits;
  /** Epoch milliseconds (default `Date.now`). */
  now?: () => number;
}

/** For `inferenceMachine.provide({ actors })`. */
export interface InferenceActors {
  survey: PromiseActorLogic<ModelSurvey>;
  runProcess: CallbackActorLogic<InferenceCommand>;
}

/** A model that took its process down with it is left alone for so long: the others go on without it. */
const blameMs = 10 * 60_000;

/** Binds the inference machine's actors to the desk where requests wait and to where models may come from. */
export function createInferenceActors({
  desk,
  sources,
  env,
  wear = defaultWear,
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
      const wanted = modelRoles.filter((role) => desk.states()[role].state !== 'ready');
      const found = await surveyModels(sources, signal);
      signal.throwIfAborted();
      const outlooks = wanted.map((role) => [role, outlookOf(role, found[role])] as const);
      for (const [role, outlook] of outlooks)
        desk.setState(role, 'plan' in outlook ? { state: 'loading', percent: null } : outlook.state);
      return {
        plans: outlooks.flatMap(([, outlook]) => ('plan' in outlook ? [outlook.plan] : [])),
        isIncomplete: outlooks.some(([, outlook]) => 'state' in outlook && outlook.state.state !== 'off'),
      };
    }),
    runProcess: runInferenceProcess({
      desk,
      env,
      wear,
      onDiedLoading: (role, reason) => blamed.set(role, { reason, until: now() + blameMs }),
    }),
  };
}
