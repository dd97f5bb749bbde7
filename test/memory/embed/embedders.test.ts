import { expect, it } from 'vitest';
import type { EmbedderState } from '../../../src/lib/inference/inference.ts';
import { createEmbedders } from '../../../src/memory/embed/embedders.ts';
import { embedLexically } from '../../../src/memory/embed/lexical-embedder.ts';

const options = { kind: 'query', signal: new AbortController().signal } as const;

function embeddersWith(state: () => EmbedderState) {
  return createEmbedders({
    builtIn: () => ({ state: 'off' }),
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

const ready = (model: string): EmbedderState => ({ state: 'ready', model, dimensions: 2 });
const away: EmbedderState = { state: 'degraded', reason: 'no network' };

function bothWith(states: { builtIn: EmbedderState; embedder: EmbedderState }) {
  const asked: string[] = [];
  const embedders = createEmbedders({
    builtIn: () => states.builtIn,
    embedder: () => states.embedder,
    embed: (texts, { by = 'embedder' }) => {
      asked.push(by);
      return Promise.resolve(texts.map(() => Float32Array.of(1, 0)));
    },
    onChange: () => () => undefined,
  });
  return { embedders, asked, states };
}
const names = (found: readonly { model: string }[]): string[] => found.map(({ model }) => model);

it('is the built-in encoder while the configured one cannot be had, which is no shortcoming', async () => {
  const { embedders, asked } = bothWith({ builtIn: ready('built-in/a@1'), embedder: away });
  expect(embedders.current()).toMatchObject({ model: 'built-in/a@1' });
  expect(embedders.current().degraded).toBeUndefined();
  expect(names(embedders.wanted())).toEqual(['built-in/a@1']);
  await embedders.current().embed(['a'], options);
  expect(asked).toEqual(['builtIn']);
});

it('stays the built-in encoder until the configured one knows the memories, and makes vectors of both meanwhile', async () => {
  const { embedders, asked, states } = bothWith({ builtIn: ready('built-in/a@1'), embedder: away });
  embedders.noteCoverage('built-in/a@1', 1);
  states.embedder = ready('org/b@1');
  embedders.noteCoverage('org/b@1', 0.4);
  expect(embedders.current().model).toBe('built-in/a@1');
  expect(names(embedders.wanted())).toEqual(['built-in/a@1', 'org/b@1']);
  expect(names(embedders.ready())).toEqual(['org/b@1', 'built-in/a@1']);

  embedders.noteCoverage('org/b@1', 0.99);
  expect(embedders.current().model).toBe('org/b@1');
  expect(names(embedders.wanted())).toEqual(['org/b@1']);
  await embedders.current().embed(['a'], options);
  expect(asked).toEqual(['embedder']);

  states.embedder = away;
  expect(embedders.current().model).toBe('built-in/a@1');
});

it('names both encoders where neither is there', () => {
  const { embedders } = bothWith({ builtIn: { state: 'failed', reason: 'it is not built' }, embedder: away });
  expect(embedders.current().degraded).toBe('no network, and of the built-in encoder: it is not built');
});
