import type { ModelState, ModelStates } from '../lib/inference/inference.ts';

/** How a model is. */
export interface ModelView {
  role: 'embedder' | 'reranker' | 'ner';
  state: 'loading' | 'ready' | 'degraded' | 'failed' | 'off';
  model: string | null;
  percent: number | null;
  reason: string | null;
}

/** The models and how many memories have a vector of the current one. */
export interface Models {
  models: ModelView[];
  memories: { total: number; prepared: number; model: string | null; embedded: number; missing: number };
}

/** The models in the order in which they serve a recall. */
export function modelViews(states: ModelStates): ModelView[] {
  return (['embedder', 'reranker', 'ner'] as const).map((role) => ({ role, ...modelView(states[role]) }));
}

function modelView(state: ModelState): Omit<ModelView, 'role'> {
  return {
    state: state.state,
    model: state.state === 'ready' ? state.model : null,
    percent: state.state === 'loading' ? state.percent : null,
    reason: 'reason' in state ? state.reason : null,
  };
}
