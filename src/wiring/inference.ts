import { createInferenceActors } from '../../actors/inference/create-inference.ts';
import { inferenceMachine } from '../../machines/inference/machine.ts';
import { builtInModelsDir } from '../lib/inference/built-in/built-in-model.ts';
import { logModels } from '../lib/inference/log-models.ts';
import type { ModelSources } from '../lib/inference/survey-models.ts';
import type { Services } from '../services.ts';

/** The process in which the models compute, and the log of how they are. */
export function inferenceLogic(services: Services) {
  const { modelQueue, inference, log, env } = services;
  logModels(inference, log);
  return inferenceMachine.provide({
    actors: createInferenceActors({ queue: modelQueue, env, sources: modelSources(services) }),
  });
}

function modelSources({ settings, paths }: Pick<Services, 'settings' | 'paths'>): ModelSources {
  return {
    models: {
      embedder: settings.get('inference.embedder'),
      reranker: settings.get('inference.reranker'),
      ner: settings.get('inference.ner'),
    },
    builtInDir: settings.get('inference.builtIn') ? builtInModelsDir() : null,
    modelsDir: settings.get('inference.modelsDir'),
    cacheDir: paths.models,
    allowDownload: settings.get('inference.allowDownload'),
    hub: settings.get('inference.hub'),
  };
}
