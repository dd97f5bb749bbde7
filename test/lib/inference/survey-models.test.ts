import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type ModelSources, surveyModels } from '../../../src/lib/inference/survey-models.ts';
import { makeModels } from '../../fixtures/models/make-models.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => cleanUps.splice(0).forEach((cleanUp) => cleanUp()));

const models = { embedder: 'org/embedder', reranker: null, ner: null };

function look(sources: Partial<ModelSources> = {}) {
  const all = {
    models,
    builtInDir: null,
    modelsDir: null,
    cacheDir: '/nowhere',
    allowDownload: false,
    hub: 'http://127.0.0.1:1',
  };
  return surveyModels({ ...all, ...sources }, new AbortController().signal);
}

async function hub(status: number): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('says of a model that is nowhere why it is not to be had, and nothing of one that is not wanted', async () => {
  expect(await look()).toEqual({
    builtIn: { state: { state: 'off' } },
    embedder: {
      state: {
        state: 'degraded',
        reason: 'org/embedder is not on this machine, and downloads are switched off',
      },
    },
    reranker: { state: { state: 'off' } },
    ner: { state: { state: 'off' } },
  });
  const gone = await hub(200);
  cleanUps.splice(0).forEach((cleanUp) => cleanUp());
  const { embedder } = await look({ allowDownload: true, hub: gone });
  expect(embedder).toEqual({
    state: {
      state: 'degraded',
      reason: `org/embedder is not on this machine, and ${gone} cannot be reached (ECONNREFUSED)`,
    },
  });
});

it('plans a download from a hub that has the model, and not from one that has it not', async () => {
  const good = await hub(200);
  expect((await look({ allowDownload: true, hub: good })).embedder).toEqual({
    plan: {
      role: 'embedder',
      model: 'org/embedder',
      precision: 'q8',
      from: { kind: 'hub', hub: good, cacheDir: '/nowhere' },
    },
  });
  const poor = await hub(404);
  expect((await look({ allowDownload: true, hub: poor })).embedder).toEqual({
    state: {
      state: 'degraded',
      reason: `org/embedder is not on this machine, and ${poor} answers 404 for it`,
    },
  });
});

it('takes the owner’s folder before the cache, quantised weights before others, and what is there before the hub', async () => {
  const [own, cache] = [tempDir(), tempDir()];
  const names = makeModels(own, { dimensions: 8 });
  makeModels(cache, { dimensions: 8 });
  const sources = { models: names, modelsDir: own, cacheDir: cache };
  const folder = join(own, names.embedder);
  const plan = { role: 'embedder', model: names.embedder, from: { kind: 'folder', folder } };
  expect((await look(sources)).embedder).toEqual({ plan: { ...plan, precision: 'fp32' } });
  writeFileSync(join(folder, 'onnx', 'model_quantized.onnx'), 'weights');
  expect((await look(sources)).embedder).toEqual({ plan: { ...plan, precision: 'q8' } });
  rmSync(own, { recursive: true });
  expect((await look(sources)).embedder).toEqual({
    plan: { ...plan, precision: 'fp32', from: { kind: 'folder', folder: join(cache, names.embedder) } },
  });
});

it('names the files that the owner’s folder lacks, empty ones among them', async () => {
  const own = tempDir();
  mkdirSync(join(own, 'org'), { recursive: true });
  const names = makeModels(own, { dimensions: 8 });
  const folder = join(own, names.embedder);
  rmSync(join(folder, 'onnx'), { recursive: true });
  truncateSync(join(folder, 'tokenizer.json'));
  const { embedder, reranker } = await look({ models: names, modelsDir: own });
  expect(embedder).toEqual({
    state: {
      state: 'failed',
      reason: `${folder} lacks tokenizer.json, onnx/model.onnx; downloads are switched off`,
    },
  });
  expect(reranker).toMatchObject({ plan: { role: 'reranker' } });
});
