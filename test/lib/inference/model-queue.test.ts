import { describe, expect, it } from 'vitest';
import { createModelQueue } from '../../../src/lib/inference/model-queue.ts';
import { describeModel, overallState } from '../../../src/lib/inference/describe-model.ts';
import { embeddingRecipe } from '../../../src/lib/inference/embedding-recipe.ts';
import { logModels } from '../../../src/lib/inference/log-models.ts';

const never = new AbortController().signal;
const ready = { state: 'ready', model: 'org/model' } as const;

/** A queue whose models are ready. */
function readyQueue(capacity = 100) {
  const queue = createModelQueue({ capacity });
  queue.setState('embedder', { ...ready, dimensions: 2 });
  queue.setState('reranker', ready);
  queue.setState('ner', ready);
  return queue;
}

describe('the queue where requests wait for the models', () => {
  it('rejects at once while the model is not ready, and says how it is', async () => {
    const queue = createModelQueue();
    const { inference } = queue;
    await expect(inference.embed(['a'], { kind: 'query', signal: never })).rejects.toMatchObject({
      code: 'INFERENCE_AWAY',
      message: 'the embedder is loading',
    });
    queue.setState('reranker', { state: 'failed', reason: 'its folder is empty' });
    await expect(inference.rerank('a', ['b'], { signal: never })).rejects.toMatchObject({
      code: 'INFERENCE_AWAY',
      message: 'the reranker cannot be used: its folder is empty',
    });
  });

  it('tells whoever owns the process that something waits, and gives the results to who asked', async () => {
    const queue = readyQueue();
    let calls = 0;
    const stop = queue.onWork(() => (calls += 1));
    const scores = queue.inference.rerank('q\0', ['one', 'two'], { signal: never });
    expect(calls).toBe(1);
    const batch = queue.take();
    expect(batch).toEqual({
      id: 1,
      work: 'pair',
      items: [
        ['q ', 'one'],
        ['q ', 'two'],
      ],
    });
    queue.answer(1, [0.1, 0.9]);
    expect(await scores).toEqual([0.1, 0.9]);
    expect(await queue.inference.embed([], { kind: 'passage', signal: never })).toEqual([]);
    stop();
    queue.inference.embed(['a'], { kind: 'query', signal: never }).catch(() => undefined);
    expect(calls).toBe(1);
  });

  it('quotes a name from the text as it came', async () => {
    const queue = readyQueue();
    const found = queue.inference.entities(['a\nAda'], { signal: never });
    queue.answer(queue.take()?.id ?? 0, [[{ kind: 'person', start: 2, end: 5, score: 1 }]]);
    expect(await found).toEqual([[{ kind: 'person', text: 'Ada', start: 2, end: 5, score: 1 }]]);
  });

  it('lets an aborted request go, with the reason of its signal', async () => {
    const queue = readyQueue();
    const abort = new AbortController();
    const waiting = queue.inference.embed(['a'], { kind: 'query', signal: abort.signal });
    abort.abort(new Error('too late'));
    await expect(waiting).rejects.toThrow('too late');
    expect(queue.depth()).toBe(0);
    await expect(queue.inference.embed(['a'], { kind: 'query', signal: abort.signal })).rejects.toThrow(
      'too late',
    );
  });

  it('refuses what it has no room for', async () => {
    const queue = readyQueue(1);
    const first = queue.inference.embed(['a'], { kind: 'query', signal: never });
    await expect(queue.inference.embed(['b'], { kind: 'query', signal: never })).rejects.toMatchObject({
      code: 'INFERENCE_BUSY',
      message: '1 texts wait for the models already',
    });
    queue.answer(queue.take()?.id ?? 0, [new Float32Array(2)]);
    expect(await first).toHaveLength(1);
  });

  it('tells all at once when the process is given up: who was served by a deadline, who waited that it is away', async () => {
    const queue = readyQueue();
    const served = queue.inference.embed(['a'], { kind: 'query', signal: never });
    queue.take();
    const waited = queue.inference.entities(['b'], { signal: never });
    queue.abandon('the models did not answer', true);
    await expect(served).rejects.toMatchObject({ code: 'INFERENCE_DEADLINE' });
    await expect(waited).rejects.toMatchObject({ code: 'INFERENCE_AWAY' });
    const next = queue.inference.embed(['a'], { kind: 'query', signal: never });
    queue.take();
    queue.abandon('killed', false);
    await expect(next).rejects.toMatchObject({ code: 'INFERENCE_AWAY', message: 'killed' });
  });
});

describe('how the models are, in words', () => {
  it('is one word for all of them', () => {
    const away = { state: 'degraded', reason: 'offline' } as const;
    const loading = { state: 'loading', percent: 3 } as const;
    const off = { state: 'off' } as const;
    const embedder = { ...ready, dimensions: 2 };
    expect(overallState({ builtIn: off, embedder, reranker: ready, ner: off })).toBe('ready');
    expect(overallState({ builtIn: embedder, embedder: away, reranker: away, ner: ready })).toBe('ready');
    expect(overallState({ builtIn: away, embedder: away, reranker: ready, ner: ready })).toBe('degraded');
    expect(overallState({ builtIn: off, embedder: off, reranker: away, ner: ready })).toBe('degraded');
    expect(overallState({ builtIn: embedder, embedder: away, reranker: ready, ner: loading })).toBe(
      'loading',
    );
    expect(overallState({ builtIn: off, embedder: off, reranker: off, ner: off })).toBe('off');
    expect(describeModel('ner', loading)).toBe('the NER model is loading (3 %)');
  });

  it('goes to the log once for each new state, and in steps of ten percent while it loads', () => {
    const queue = createModelQueue();
    const lines: string[] = [];
    const stop = logModels(queue.inference, {
      info: (_: unknown, text?: string) => lines.push(`info ${text}`),
      warn: (_: unknown, text?: string) => lines.push(`warn ${text}`),
    } as Parameters<typeof logModels>[1]);
    for (const percent of [0, 5, 11, 19, 30, 100]) queue.setState('ner', { state: 'loading', percent });
    queue.setState('ner', ready);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      queue.setState('embedder', { state: 'loading', percent: null });
      queue.setState('embedder', { state: 'degraded', reason: 'offline' });
    }
    stop();
    queue.setState('ner', { state: 'failed', reason: 'unheard' });
    expect(lines).toEqual([
      'info the NER model is loading (11 %)',
      'info the NER model is loading (30 %)',
      'info the NER model is ready: org/model',
      'warn the embedder is not to be had for now: offline',
    ]);
  });
});

it('knows how the families of embedders want their texts', () => {
  expect(embeddingRecipe('Xenova/bge-small-en-v1.5')).toMatchObject({
    pooling: 'cls',
    queryPrefix: 'Represent this sentence for searching relevant passages: ',
    passagePrefix: '',
  });
  expect(embeddingRecipe('Xenova/multilingual-e5-small')).toMatchObject({
    pooling: 'mean',
    queryPrefix: 'query: ',
  });
  expect(embeddingRecipe('Xenova/all-MiniLM-L6-v2')).toMatchObject({
    pooling: 'mean',
    queryPrefix: '',
    passagePrefix: '',
  });
  // What nobody measured is heard, but not much; the longer name is not taken for the shorter one.
  const { voice } = embeddingRecipe('somebody/something');
  expect(voice.weight).toBeLessThan(embeddingRecipe('Xenova/all-MiniLM-L6-v2').voice.weight / 2);
  expect(embeddingRecipe('Xenova/multilingual-e5-small').knowsOnlyEnglish).toBe(false);
  expect(embeddingRecipe('Xenova/e5-small-v2').knowsOnlyEnglish).toBe(true);
});
