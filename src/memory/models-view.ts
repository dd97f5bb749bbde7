import type { ModelState, ModelStates } from '../lib/inference/inference.ts';
import { type ModelRole, modelRoles } from '../lib/inference/work.ts';
import type { MemoryProgress } from './keep/memory-board.ts';

/** How a model is. */
export interface ModelView {
  role: ModelRole;
  state: 'loading' | 'ready' | 'degraded' | 'failed' | 'off';
  model: string | null;
  percent: number | null;
  reason: string | null;
}

/** The models and how many memories have a vector of the encoders that are ready. */
export interface Models {
  models: ModelView[];
  memories: MemoryProgress;
  /** How fast an encoder that is not there yet is taken to be, until it was measured, in vectors a second. */
  presumedASecond: number;
}

/** Of bge-small on two cores, with memories of a few sentences. */
export const presumedASecond = 25;

/** The models in the order in which they serve a recall. */
export function modelViews(states: ModelStates): ModelView[] {
  return modelRoles.map((role) => ({ role, ...modelView(states[role]) }));
}

function modelView(state: ModelState): Omit<ModelView, 'role'> {
  return {
    state: state.state,
    model: state.state === 'ready' ? state.model : null,
    percent: state.state === 'loading' ? state.percent : null,
    reason: 'reason' in state ? state.reason : null,
  };
}
