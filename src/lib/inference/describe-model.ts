import type { EmbedderState, ModelState, ModelStates } from './inference.ts';
import { type ModelRole, modelRoles } from './work.ts';

const names: Record<ModelRole, string> = {
  builtIn: 'built-in encoder',
  embedder: 'embedder',
  reranker: 'reranker',
  ner: 'NER model',
};

/** State of a model, in a sentence without a full stop, for the log, `status`, `doctor` and errors. */
export function describeModel(role: ModelRole, state: EmbedderState | ModelState): string {
  const name = `the ${names[role]}`;
  switch (state.state) {
    case 'loading':
      return `${name} is loading${state.percent === null ? '' : ` (${state.percent} %)`}`;
    case 'ready':
      return `${name} is ready: ${state.model}`;
    case 'degraded':
      return `${name} is not to be had for now: ${state.reason}`;
    case 'failed':
      return `${name} cannot be used: ${state.reason}`;
    case 'off':
      return `${name} is switched off`;
  }
}

/**
 * All models in one word: `loading` while one does, `off` where none is wanted, `degraded` where an encoder is wanted and none
 * is ready, else `ready`: what else is missing leaves recall by meaning as it is.
 */
export function overallState(models: Readonly<ModelStates>): ModelState['state'] {
  const states = modelRoles.map((role) => models[role].state).filter((state) => state !== 'off');
  if (states.length === 0) return 'off';
  if (states.includes('loading')) return 'loading';
  const encoders = [models.builtIn.state, models.embedder.state].filter((state) => state !== 'off');
  const isServed =
    encoders.length === 0 ? states.every((state) => state === 'ready') : encoders.includes('ready');
  return isServed ? 'ready' : 'degraded';
}
