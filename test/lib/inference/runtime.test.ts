import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { missingRuntime } from '../../../src/lib/inference/runtime.ts';
import { surveyModels } from '../../../src/lib/inference/survey-models.ts';
import { makeModels } from '../../fixtures/models/make-models.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

it('names the packages that an installation lacks, and how it gets them', () => {
  expect(missingRuntime()).toBeUndefined();
  const folder = tempDir();
  expect(missingRuntime([folder])).toMatch(
    /not installed \(@huggingface\/transformers, onnxruntime-node\).*ONNXRUNTIME_NODE_INSTALL=skip npm install/,
  );
  mkdirSync(join(folder, '@huggingface/transformers'), { recursive: true });
  writeFileSync(join(folder, '@huggingface/transformers/package.json'), '{}');
  expect(missingRuntime([folder])).toMatch(/not installed \(onnxruntime-node\)/);
});

it('makes every model that is wanted degraded for that reason, and starts no process for them', async () => {
  const folder = tempDir();
  const { embedder, reranker } = makeModels(folder);
  const sources = {
    builtInDir: folder,
    modelsDir: folder,
    cacheDir: join(folder, 'cache'),
    allowDownload: false,
    hub: 'http://127.0.0.1:1',
  };
  const models = { embedder, reranker, ner: null };
  const { signal } = new AbortController();
  expect(await surveyModels({ ...sources, models, missing: () => 'no runtime' }, signal)).toEqual({
    embedder: { state: { state: 'degraded', reason: 'no runtime' } },
    reranker: { state: { state: 'degraded', reason: 'no runtime' } },
    ner: { state: { state: 'off' } },
    builtIn: { state: { state: 'degraded', reason: 'no runtime' } },
  });
  expect(await surveyModels({ ...sources, models }, signal)).toHaveProperty('embedder.plan');
});
