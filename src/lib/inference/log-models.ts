import type { Logger } from '../log.ts';
import { describeModel } from './describe-model.ts';
import type { Inference } from './inference.ts';
import { type ModelRole, modelRoles } from './work.ts';

const percentStep = 10;

/**
 * Logs the states of the models, and returns the function that stops it: each new state once, however often a missing
 * model is looked for, and the progress of downloads in steps of ten percent.
 */
export function logModels(inference: Inference, log: Pick<Logger, 'info' | 'warn'>): () => void {
  const said = new Map<ModelRole, string>();
  const steps = new Map<ModelRole, number>();

  function say(role: ModelRole): void {
    const state = inference[role]();
    if (state.state === 'off') return;
    if (state.state === 'loading') {
      const step = Math.floor((state.percent ?? 0) / percentStep);
      if (step === (steps.get(role) ?? 0) || state.percent === 100) return;
      steps.set(role, step);
      log.info({ role, percent: state.percent }, describeModel(role, state));
      return;
    }
    steps.delete(role);
    const text = describeModel(role, state);
    if (said.get(role) === text) return;
    said.set(role, text);
    log[state.state === 'ready' ? 'info' : 'warn']({ role, ...state }, text);
  }

  return inference.onChange(() => modelRoles.forEach(say));
}
