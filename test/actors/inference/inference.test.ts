import { rmSync, truncateSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { waitFor } from 'xstate';
import { makeModels } from '../../fixtures/models/make-models.ts';
import { until } from '../../helpers/daemon.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { loopHeldWhile } from '../../helpers/loop-held.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { startInference, stopInference } from './inference-rig.ts';

vi.setConfig({ testTimeout: 180_000 });
leakGuard();
afterEach(stopInference);

const signal = AbortSignal.timeout(600_000);

function dot(left: Float32Array = new Float32Array(), right: Float32Array = new Float32Array()): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? NaN), 0);
}

async function startReady(options: Partial<Parameters<typeof startInference>[0]> = {}) {
  const modelsDir = tempDir();
  const models = makeModels(modelsDir, { dimensions: 32 });
  const rig = startInference({ models, modelsDir, ...options });
  await waitFor(rig.actor, (snapshot) => snapshot.matches({ up: { models: 'complete' } }), {
    timeout: 60_000,
  });
  return { ...rig, models, modelsDir };
}

describe('the models in their process', () => {
  it('compute what their names promise: near vectors, ordered scores, names with their places', async () => {
    const { inference, models } = await startReady();
    expect(inference.embedder()).toMatchObject({ state: 'ready', dimensions: 32 });
    expect(inference.embedder()).toMatchObject({
      model: expect.stringMatching(`^${models.embedder}@[0-9a-f]{12}$`) as string,
    });
    const [car, automobile, coffee] = await inference.embed(
      ['the car is broken', 'an automobile failed', 'espresso at noon'],
      { kind: 'passage', signal },
    );
    expect(car).toBeInstanceOf(Float32Array);
    expect(dot(car, car)).toBeCloseTo(1, 5);
    expect(dot(car, automobile)).toBeGreaterThan(0.6);
    expect(dot(car, coffee)).toBeLessThan(0.4);
    const [query] = await inference.embed(['broken car'], { kind: 'query', signal });
    expect(dot(query, car)).toBeGreaterThan(dot(query, coffee) + 0.3);

    const [high = 0, low = 1, exact = 0] = await inference.rerank(
      'broken car',
      ['my automobile failed', 'espresso at noon', 'broken car'],
      { signal },
    );
    expect(exact).toBeGreaterThan(high);
    expect(high).toBeGreaterThan(0.5);
    expect(low).toBeLessThan(0.1);

    const text = 'Priya Raghunathan of Acme Corporation\nlives in Zürich, not New York.';
    const [names = []] = await inference.entities([text], { signal });
    expect(names.map(({ kind, text: name }) => `${kind} ${name}`)).toEqual([
      'person Priya Raghunathan',
      'organisation Acme Corporation',
      'place Zürich',
      'place New York',
    ]);
    for (const { start, end, text: name } of names) expect(text.slice(start, end)).toBe(name);
  });

  it('give each text the same vector alone and in a batch, in the order of the texts', async () => {
    const { inference } = await startReady();
    const texts = Array.from(
      { length: 70 },
      (_, index) => `note ${index} about ${'car '.repeat(index % 9)}disk`,
    );
    const together = await inference.embed(texts, { kind: 'passage', signal });
    for (const index of [0, 31, 32, 69]) {
      const [alone] = await inference.embed([texts[index] ?? ''], { kind: 'passage', signal });
      expect(dot(alone, together[index])).toBeCloseTo(1, 4);
    }
  });

  it('take any text: none, 5 MB, NUL, lone surrogates, mixed scripts', async () => {
    const { inference } = await startReady();
    const texts = [
      '',
      ' \n\t ',
      'word '.repeat(1_000_000),
      'x'.repeat(5_000_000),
      'a\0b\u0007c',
      '\ud800 \udfff broken',
      'Grüße 東京 Москва مرحبا שלום 👩‍👩‍👧 𝔘𝔫𝔦 \u202Ertl',
      '[CLS] [SEP] [PAD] [MASK]',
    ];
    const vectors = await inference.embed(texts, { kind: 'passage', signal });
    // Of words and scripts that it does not know it says nothing.
    expect(vectors.map((vector) => Math.round(dot(vector, vector)))).toEqual([1, 1, 1, 0, 1, 1, 0, 1]);
    const [word] = await inference.embed(['word'], { kind: 'passage', signal });
    expect(dot(vectors[2], word)).toBeGreaterThan(0.95);
    const scores = await inference.rerank('word '.repeat(200_000), [...texts, 'word'], { signal });
    expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
    expect(scores[2]).toBeGreaterThan(0.9);
    expect(scores.at(-1)).toBeGreaterThan(0.9);
    expect(await inference.entities([...texts, 'Ada'], { signal })).toEqual([
      ...texts.map(() => []),
      [{ kind: 'person', text: 'Ada', start: 0, end: 3, score: expect.closeTo(0.98, 2) as number }],
    ]);
  });

  it('leave the event loop of the daemon free while they compute', async () => {
    const { inference } = await startReady();
    const texts = Array.from(
      { length: 400 },
      (_, index) => `passage ${index} ${'car disk backup '.repeat(40)}`,
    );
    let queries = 0;
    const { p99Ms } = await loopHeldWhile(async () => {
      const progress = { isDone: false };
      const ended = inference.embed(texts, { kind: 'passage', signal }).then(() => (progress.isDone = true));
      while (!progress.isDone) {
        await inference.embed([`query ${queries}`], { kind: 'query', signal });
        queries += 1;
      }
      await ended;
    });
    // Had a query to wait for all passages, there would be one.
    expect(queries).toBeGreaterThan(3);
    // Whether it blocks, not how fast the machine is: computing these here takes seconds.
    expect(p99Ms).toBeLessThan(50);
  });
});

describe('a process that fails', () => {
  it('is replaced when it is killed, and whoever it served is told at once', async () => {
    const { inference, pid, becomes, queue } = await startReady();
    const first = pid();
    process.kill(first ?? 0, 'SIGSTOP');
    const served = inference.embed(['car'], { kind: 'query', signal });
    await until('the batch is out', () => queue.depth() === 0);
    process.kill(first ?? 0, 'SIGKILL');
    await expect(served).rejects.toMatchObject({
      code: 'INFERENCE_AWAY',
      message: 'the inference process was killed by SIGKILL',
    });
    await becomes('embedder', 'ready');
    expect(await inference.embed(['car'], { kind: 'query', signal })).toHaveLength(1);
    expect(pid()).not.toBe(first);
  });

  it('is killed when it hangs over a batch, and the next one serves', async () => {
    const { inference, pid, becomes } = await startReady({ deadlineMs: 3_000 });
    const first = pid();
    process.kill(first ?? 0, 'SIGSTOP');
    await expect(inference.rerank('q', ['p'], { signal })).rejects.toMatchObject({
      code: 'INFERENCE_DEADLINE',
    });
    expect(inference.reranker()).toEqual({
      state: 'degraded',
      reason: 'the models did not answer for 3 s',
    });
    await becomes('reranker', 'ready');
    expect(await inference.rerank('q', ['p'], { signal })).toHaveLength(1);
    expect(pid()).not.toBe(first);
  });

  it('is replaced when it has done enough', async () => {
    const { inference, pid, becomes } = await startReady({
      ageLimits: { batches: 2, growthBytes: Infinity },
    });
    const first = pid();
    for (const text of ['a', 'b']) await inference.embed([text], { kind: 'query', signal });
    await until('a fresh one is there', () => pid() !== undefined && pid() !== first);
    await becomes('embedder', 'ready');
    expect(await inference.embed(['c'], { kind: 'query', signal })).toHaveLength(1);
  });
});

describe('folders that are not as they should be', () => {
  it('leave the other models working: one lacks a file, one is corrupt', async () => {
    const modelsDir = tempDir();
    const models = makeModels(modelsDir, { dimensions: 32 });
    rmSync(join(modelsDir, models.reranker, 'tokenizer.json'));
    const weights = join(modelsDir, models.ner, 'onnx', 'model.onnx');
    writeFileSync(weights, readFileSync(weights).subarray(0, 1_000));
    const { inference, becomes } = startInference({ models, modelsDir });
    await becomes('ner', 'failed');
    expect(inference.embedder().state).toBe('ready');
    expect(inference.reranker()).toEqual({
      state: 'failed',
      reason: `${join(modelsDir, models.reranker)} lacks tokenizer.json; downloads are switched off`,
    });
    expect(inference.ner()).toMatchObject({ reason: expect.stringMatching(/protobuf|model/i) as string });
    expect(await inference.embed(['car'], { kind: 'query', signal })).toHaveLength(1);
    await expect(inference.entities(['Ada'], { signal })).rejects.toMatchObject({ code: 'INFERENCE_AWAY' });
  });

  it('are refused where the weights have other dimensions than the configuration says', async () => {
    const modelsDir = tempDir();
    const models = makeModels(modelsDir, { dimensions: 32 });
    const config = join(modelsDir, models.embedder, 'config.json');
    writeFileSync(config, readFileSync(config, 'utf8').replace('"hidden_size": 32', '"hidden_size": 384'));
    const { inference, becomes } = startInference({ models, modelsDir });
    await becomes('embedder', 'failed');
    expect(inference.embedder()).toEqual({
      state: 'failed',
      reason: 'the model puts out 32 dimensions, but its config.json says 384',
    });
  });

  it('name another vector space for other weights under the same name', async () => {
    const modelOf = async (dimensions: number) => {
      const modelsDir = tempDir();
      const models = { ...makeModels(modelsDir, { dimensions }), reranker: null, ner: null };
      const { inference, becomes } = startInference({ models, modelsDir });
      await becomes('embedder', 'ready');
      return inference.embedder();
    };
    const [small, large] = [await modelOf(16), await modelOf(24)];
    expect(small).toMatchObject({ dimensions: 16 });
    expect(large).toMatchObject({ dimensions: 24 });
    expect('model' in small && 'model' in large && small.model !== large.model).toBe(true);
  });

  it('keep no process alive where none of them can be loaded', async () => {
    const modelsDir = tempDir();
    const models = makeModels(modelsDir, { dimensions: 32 });
    for (const name of Object.values(models)) truncateSync(join(modelsDir, name, 'onnx', 'model.onnx'), 100);
    const { actor, pid, inference } = startInference({ models, modelsDir });
    await waitFor(actor, (snapshot) => snapshot.matches({ without: 'waiting' }), { timeout: 60_000 });
    expect(pid()).toBeUndefined();
    expect([inference.embedder(), inference.reranker(), inference.ner()].map(({ state }) => state)).toEqual(
      Array(3).fill('failed'),
    );
  });
});
