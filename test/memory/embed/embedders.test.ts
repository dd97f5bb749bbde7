import { expect, it } from 'vitest';
import type { EmbedderState } from '../../../src/lib/inference/inference.ts';
import { createEmbedders } from '../../../src/memory/embed/embedders.ts';
import { embedLexically } from '../../../src/memory/embed/lexical-embedder.ts';

const options = { kind: 'query', signal: new AbortController().signal } as const;

function embeddersWith(state: () => EmbedderState) {
  return createEmbedders({
    embedder: state,
    embed: (texts, { kind }) =>
      Promise.resolve(texts.map((text) => Float32Array.of(text.length, kind.length))),
    onChange: () => () => undefined,
  });
}

it('is the model while that is ready', async () => {
  const current = embeddersWith(() => ({ state: 'ready', model: 'a/b@1', dimensions: 2 })).current();
  expect(current).toMatchObject({ model: 'a/b@1', dimensions: 2 });
  expect(current.degraded).toBeUndefined();
  expect(await current.embed(['four'], options)).toEqual([Float32Array.of(4, 5)]);
});

it('is the lexical one, and says why, while the model is not ready', async () => {
  let state: EmbedderState = { state: 'loading', percent: null };
  const embedders = embeddersWith(() => state);
  const reasons = (
    [
      { state: 'loading', percent: null },
      { state: 'loading', percent: 41.9 },
      { state: 'degraded', reason: 'no network' },
      { state: 'failed', reason: 'model.onnx is missing' },
      { state: 'off' },
    ] satisfies EmbedderState[]
  ).map((next) => {
    state = next;
    return embedders.current().degraded;
  });
  expect(reasons).toEqual([
    'the embedder is loading',
    'the embedder is loading (41 %)',
    'no network',
    'model.onnx is missing',
    'the settings switch the embedder off',
  ]);
  expect(embedders.current()).toMatchObject({ model: embedders.lexical.model, dimensions: 384 });
  expect(await embedders.current().embed(['a text'], options)).toEqual([embedLexically('a text')]);
});
