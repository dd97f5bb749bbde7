import { createInferenceActors } from '../../actors/inference/create-inference.ts';
import { inferenceMachine } from '../../machines/inference.ts';
import { logModels } from '../lib/inference/log-models.ts';
import type { ModelSources } from '../lib/inference/survey-models.ts';
import type { Parts } from '../parts.ts';

/** The process in which the models compute, and the log of how they are. */
export function inferenceLogic(parts: Parts) {
  const { inferenceDesk: desk, inference, log, env } = parts;
  logModels(inference, log);
  return inferenceMachine.provide({
    actors: createInferenceActors({ desk, env, sources: modelSources(parts) }),
  });
}

function modelSources({ settings, paths }: Pick<Parts, 'settings' | 'paths'>): ModelSources {
  return {
    models: {
      embedder: settings.get('inference.embedder'),
      reranker: settings.get('inference.reranker'),
      ner: settings.get('inference.ner'),
    },
    modelsDir: settings.get('inference.modelsDir'),
    cacheDir: paths.models,
    allowDownload: settings.get('inference.allowDownload'),
    hub: settings.get('inference.hub'),
  };
}
