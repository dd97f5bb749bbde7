import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { builtInModel, builtInModelsDir } from '../../../src/lib/inference/built-in/built-in-model.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { startInference, stopInference } from './inference-rig.ts';

vi.setConfig({ testTimeout: 180_000 });
leakGuard();
afterEach(stopInference);

const signal = AbortSignal.timeout(600_000);
const none = { embedder: null, reranker: null, ner: null };
const dot = (left: Float32Array = new Float32Array(), right: Float32Array = new Float32Array()): number =>
  left.reduce((sum, value, index) => sum + value * (right[index] ?? NaN), 0);

it('serves alone where no other model is wanted, and leaves the embedder off', async () => {
  const rig = startInference({ models: none, builtInDir: builtInModelsDir() });
  await rig.becomes('builtIn', 'ready');
  expect(rig.inference.embedder()).toEqual({ state: 'off' });
  expect(rig.inference.builtIn()).toMatchObject({ dimensions: 512 });
  const [key, ferry, japanese] = await rig.inference.embed(
    ['Ulla keeps our spare key.', 'The ferry leaves at seven.', '合鍵は誰が持っていますか'],
    { kind: 'passage', by: 'builtIn', signal },
  );
  const [question] = await rig.inference.embed(['Who can unlock the door?'], {
    kind: 'query',
    by: 'builtIn',
    signal,
  });
  expect(dot(question, question)).toBeCloseTo(1, 5);
  expect(dot(question, key)).toBeGreaterThan(dot(question, ferry) + 0.1);
  expect(japanese?.every((value) => value === 0)).toBe(true);
  await expect(rig.inference.embed(['a'], { kind: 'query', signal })).rejects.toMatchObject({
    code: 'INFERENCE_AWAY',
  });
});

it('says where it was not built, and how it is', async () => {
  const rig = startInference({ models: none, builtInDir: '/nowhere' });
  await rig.becomes('builtIn', 'failed');
  expect(rig.inference.builtIn()).toMatchObject({
    reason: expect.stringContaining('npm run build makes it') as string,
  });
});

const modelsDir = process.env['NINJAD_MODELS_DIR'];
const miniLm = 'Xenova/all-MiniLM-L6-v2';
const isThere = modelsDir !== undefined && existsSync(join(modelsDir, miniLm));
if (!isThere) console.log(`not tested: ${miniLm} beside ${builtInModel}, since NINJAD_MODELS_DIR has it not`);

it.skipIf(!isThere)('computes beside a real embedder, each in its own space', async () => {
  const rig = startInference({
    models: { ...none, embedder: miniLm },
    modelsDir: modelsDir ?? '',
    builtInDir: builtInModelsDir(),
  });
  await rig.becomes('embedder', 'ready');
  await rig.becomes('builtIn', 'ready');
  const texts = ['Ulla keeps our spare key.', 'Who can unlock the door?'];
  const [own, other] = await Promise.all([
    rig.inference.embed(texts, { kind: 'passage', signal }),
    rig.inference.embed(texts, { kind: 'passage', by: 'builtIn', signal }),
  ]);
  expect([own[0]?.length, other[0]?.length]).toEqual([384, 512]);
  for (const [key, question] of [own, other]) expect(dot(key, question)).toBeGreaterThan(0.2);
});
