import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import { embedLexically, lexicalEmbedder } from '../../../src/memory/embed/lexical-embedder.ts';
import { estimateTokens } from '../../../src/memory/recall/budget.ts';
import type { RecallDeps } from '../../../src/memory/recall/create-recall.ts';
import type { RecallQuery } from '../../../src/memory/recall/recall.ts';
import { recallerOn } from '../../helpers/recall.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import { rememberAll } from './remembered.ts';

const { store } = useDatabase('memory_embeddings', 'tasks');

const hour = 3_600_000;
const { signal } = new AbortController();
const query = (text: string, more: Partial<RecallQuery> = {}): RecallQuery => ({
  text,
  limit: 5,
  budgetTokens: 1_500,
  signal,
  ...more,
});
const ask = async (text: string, more?: Partial<RecallQuery>) =>
  (await recallerOn(store).recall(query(text, more))).memories;
const explain = (text: string, more?: Partial<RecallQuery>, deps?: Partial<RecallDeps>) =>
  recallerOn(store, deps).explain(query(text, more));
const contents = async (text: string, more?: Partial<RecallQuery>) =>
  (await ask(text, more)).map(({ content }) => content);
const remember = (...texts: string[]) =>
  rememberAll(
    store,
    texts.map((content) => ({ content })),
  );

let nextEventId = 1;
async function pastTask(prompt: string, reply: string): Promise<number> {
  const { rows } = await store.query<{ id: number }>({
    text: `INSERT INTO tasks (event_id, priority, source, category, prompt, reply, state, run_after, queued_at, finished_at)
           VALUES ($1, 3, 'cli', 'ask', $2, $3, 'done', now(), now(), now()) RETURNING id`,
    values: [nextEventId++, prompt, reply],
  });
  return rows[0]?.id ?? 0;
}

describe('recall', () => {
  it('finds what shares any word with a natural question, the closest first', async () => {
    await remember('the nas was rebooted', 'disk on nas is at 91%', 'the garden needs water');
    const found = await ask('what did the nas say about its disk?');
    expect(found.map(({ content }) => content)).toEqual(['disk on nas is at 91%', 'the nas was rebooted']);
    expect(found[0]).toMatchObject({ kind: 'note', source: 'shell', trust: 'owner' });
    expect(found[0]?.id).toMatch(/^memory:\d+$/);
    expect(found[0]?.createdAt).toBeInstanceOf(Date);
  });

  it('does not look at tasks, only at what is remembered of them', async () => {
    const taskId = await pastTask('how full is the nas?', 'It is at 91 percent.');
    expect(await contents('nas')).toEqual([]);
    await store.query({
      text: `INSERT INTO memory_embeddings (kind, content, source, trust, origin, task_id, prepared, created_at, last_seen_at)
             VALUES ('task_result', 'The nas is at 91 percent.', 'cli', 'local', 'task', $1, true, now(), now())`,
      values: [taskId],
    });
    expect(await contents('nas')).toEqual(['The nas is at 91 percent.']);
  });

  it('finds nothing that is not prepared, since it may hold secrets, nor by a vector that is there already', async () => {
    const [id] = await remember('the safe is behind the picture');
    expect(await contents('safe picture')).toHaveLength(1);
    await store.query({
      text: 'UPDATE memory_embeddings SET prepared = false WHERE id = $1',
      values: [id],
    });
    expect(await contents('safe picture')).toEqual([]);
  });

  it('leaves out what was learned from the event that asks', async () => {
    const [id] = await remember('the safe is behind the picture', 'the safe is heavy');
    await store.query({ text: 'UPDATE memory_embeddings SET event_id = 7 WHERE id = $1', values: [id] });
    const of = async (exceptEvent: number) => contents('where is the safe', { exceptEvent });
    expect(await of(8)).toHaveLength(2);
    expect(await of(7)).toEqual(['the safe is heavy']);
  });

  it('prefers the newest among equals', async () => {
    for (const [days, word] of [
      [300, 'three'],
      [100, 'one'],
      [200, 'two'],
    ] as const) {
      await store.query({
        text: `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at, prepared)
               VALUES ('note', $1, 'shell', 'owner', $2, $2, true)`,
        values: [`nas ${word}`, new Date(Date.now() - days * 24 * hour)],
      });
    }
    expect(await contents('nas')).toEqual(['nas one', 'nas two', 'nas three']);
  });

  it('says a thing once, however often it was noted', async () => {
    await remember('disk full', 'Disk  full', 'disk full');
    expect(await contents('disk')).toHaveLength(1);
    const { candidates } = await explain('disk');
    expect(candidates.map(({ verdict }) => verdict.replace(/\d+/, 'N'))).toEqual([
      'in',
      'out: duplicate of memory:N',
      'out: duplicate of memory:N',
    ]);
  });

  it('leaves the same words in another order', async () => {
    await remember('Bob owes Alice fifty euros', 'Alice owes Bob fifty euros');
    expect(await contents('who owes fifty euros?')).toHaveLength(2);
  });

  it('stays within its limit and its budget of tokens', async () => {
    const filler = 'lorem ipsum dolor sit amet '.repeat(10);
    await remember(
      ...Array.from({ length: 9 }, (_, n) => `disk ${n} ${'abcdefghi'.slice(n, n + 1).repeat(40)} ${filler}`),
    );
    expect(await contents('disk', { limit: 3 })).toHaveLength(3);
    const found = await contents('disk', { limit: 9, budgetTokens: 270 });
    expect(found.reduce((sum, text) => sum + estimateTokens(text), 0)).toBeLessThanOrEqual(270);
    expect(found.at(-1)).toMatch(/…$/);
    const { candidates } = await explain('disk', { limit: 9, budgetTokens: 270 });
    expect(new Set(candidates.map(({ verdict }) => verdict))).toEqual(
      new Set(['in', 'in, cut to the budget', 'out: over budget']),
    );
  });

  it.each([
    ['nothing', ''],
    ['spaces', ' \n\t '],
    ['stop words only', 'what is the of and'],
    ['punctuation', `'"\\:*!&|()<->;--`],
    ['NUL bytes', '\0\0'],
    ['a lone surrogate', '\ud800'],
  ])('finds nothing for %s, and does not fail', async (_, text) => {
    await remember('disk on nas');
    expect(await ask(text)).toEqual([]);
  });

  it('takes no text for query syntax', async () => {
    await remember("it's the disk");
    for (const text of [`disk') OR 1=1 --`, `'disk' & !nas`, 'disk:*', "it's disk\\", 'disk\0nas', '(disk']) {
      expect(await contents(text), text).toEqual(["it's the disk"]);
    }
  });

  it('answers a question of 1 MiB', async () => {
    await remember('disk on nas');
    expect(await contents(`disk ${'word'.repeat(1_000)} ${'many words '.repeat(100_000)}`)).toEqual([
      'disk on nas',
    ]);
  });

  it('never fails, whatever it is asked', async () => {
    await remember(`o'clock back\\slash`);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
        expect(Array.isArray(await ask(text))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('filters in every list', async () => {
    await rememberAll(store, [
      { content: 'disk of the nas', kind: 'fact', source: 'cli' },
      { content: 'disk of the web server', kind: 'event', source: 'cron:disk', trust: 'local' },
      { content: 'disk offer', source: 'email:shop', trust: 'untrusted' },
    ]);
    const { candidates } = await explain('disk', { filter: { trusts: ['owner', 'local'] } });
    expect(candidates.map(({ content }) => content).sort()).toEqual([
      'disk of the nas',
      'disk of the web server',
    ]);
    expect(await contents('disk', { filter: { kinds: ['event'] } })).toEqual(['disk of the web server']);
    expect(await contents('disk', { filter: { sources: ['cron'] } })).toEqual(['disk of the web server']);
    expect(await contents('disk', { filter: { since: new Date(Date.now() + hour) } })).toEqual([]);
  });

  it('stops when it is told to', async () => {
    const aborted = AbortSignal.abort(new Error('too late'));
    await expect(ask('disk', { signal: aborted })).rejects.toThrow('too late');
  });

  it('rejects with STORE_AWAY while the store is away', async () => {
    const away = () => Promise.reject(new StoreAwayError('gone'));
    await expect(recallerOn({ query: away, transaction: away }).recall(query('disk'))).rejects.toBeInstanceOf(
      StoreAwayError,
    );
  });
});

describe('an explained recall', () => {
  it('gives ranks and scores of each stage, the words that matched, and a verdict', async () => {
    const [first] = await remember('disk on nas is at 91%', 'the nas was rebooted', 'the garden needs water');
    const report = await explain('disk of the nas');
    const [best] = report.candidates;
    expect(best).toMatchObject({ id: `memory:${first ?? 0}`, included: true, verdict: 'in', reranked: null });
    expect(best?.found.map(({ retriever, rank }) => [retriever, rank])).toEqual([
      ['vectors', 1],
      ['full text', 1],
    ]);
    expect(best?.found[1]?.reason).toBe('disk, nas');
    expect(best?.decay).toBeCloseTo(1, 3);
    expect(report.candidates[1]?.fused).toBeLessThan(best?.fused ?? 0);
    expect(report.vectors).toBe('exact');
    expect(report.embedder).toEqual({
      model: 'ninjad-lexical-1',
      degraded: 'the settings switch the embedder off',
    });
    expect(report.reranker).toEqual({ model: null, reason: 'the settings switch the reranker off' });
    expect(report.timings.map(({ stage }) => stage).sort()).toEqual(
      ['embed', 'full text', 'load', 'rerank', 'total', 'vectors'].sort(),
    );
  });

  it('says why what is only a little alike is out', async () => {
    await remember('grandmother’s recipe for plum jam', 'ferry to Göteborg');
    const report = await explain('ferrying zebras');
    const far = report.candidates.filter(({ included }) => !included);
    for (const candidate of far) expect(candidate.verdict).toBe('out: below threshold');
    expect(report.memories.map(({ content }) => content)).not.toContain('grandmother’s recipe for plum jam');
  });

  it('takes further lists of hits, and goes on without one that fails', async () => {
    const [, hidden] = await remember('disk on nas', 'the backup job failed');
    const report = await explain(
      'disk',
      {},
      {
        expand: [
          () =>
            Promise.resolve({
              retriever: 'graph',
              weight: 1,
              hits: [{ id: `memory:${hidden ?? 0}`, score: 1 }],
              reasons: new Map([[`memory:${hidden ?? 0}`, 'via nas → backup-job']]),
            }),
          () => Promise.reject(new Error('no graph today')),
        ],
      },
    );
    expect(report.memories.map(({ content }) => content)).toContain('the backup job failed');
    expect(report.candidates.flatMap(({ found }) => found.map(({ reason }) => reason))).toContain(
      'via nas → backup-job',
    );
    expect(report.problems).toEqual(['no graph today']);
  });
});

describe('the reranker', () => {
  const ready = (rerank: RecallDeps['reranker']['rerank']): RecallDeps['reranker'] => ({
    reranker: () => ({ state: 'ready', model: 'test-reranker' }),
    rerank,
  });

  it('decides between those that are about equally close', async () => {
    await remember('the disk of the shed', 'the disk of the garden', 'the disk of the barn');
    const reranker = ready((_, passages) =>
      Promise.resolve(passages.map((text) => (text.includes('garden') ? 0.9 : 0.2))),
    );
    const report = await explain('disk', {}, { reranker });
    expect(report.memories[0]?.content).toBe('the disk of the garden');
    expect(report.reranker).toEqual({ model: 'test-reranker', reason: null });
    expect(report.candidates[0]?.reranked).toBe(0.9);
  });

  it('does not overrule the words and the day of a question', async () => {
    await remember('the boiler was serviced on 2026-04-30', 'the boiler is in the cellar');
    const reranker = ready((_, passages) =>
      Promise.resolve(passages.map((text) => (text.includes('cellar') ? 0.99 : 0.0001))),
    );
    const report = await explain('what about the boiler on 2026-04-30?', {}, { reranker });
    expect(report.memories.map(({ content }) => content)).toEqual([
      'the boiler was serviced on 2026-04-30',
      'the boiler is in the cellar',
    ]);
  });

  it('is not waited for past its deadline, and the report says so', async () => {
    await remember('disk on nas', 'disk on web');
    const reranker = ready(
      (_, __, { signal: given }) =>
        new Promise((___, reject) => {
          given.addEventListener('abort', () => reject(given.reason as Error), { once: true });
        }),
    );
    const report = await explain('disk nas', {}, { reranker, rerankDeadlineMs: () => 20 });
    expect(report.memories[0]?.content).toBe('disk on nas');
    expect(report.reranker).toEqual({ model: null, reason: 'the reranker took longer than 20 ms' });
  });

  it('may fail', async () => {
    await remember('disk on nas');
    const report = await explain(
      'disk',
      {},
      { reranker: ready(() => Promise.reject(new Error('the process died'))) },
    );
    expect(report.memories).toHaveLength(1);
    expect(report.reranker.reason).toBe('the reranker failed: the process died');
  });

  it('is asked about the best ten at most, each cut to a passage', async () => {
    await remember(
      ...Array.from({ length: 15 }, (_, n) => `disk ${'abcdefghijklmnop'[n] ?? ''}${n} ${'x'.repeat(2_000)}`),
    );
    const asked: (readonly string[])[] = [];
    const reranker = ready((_, passages) => {
      asked.push(passages);
      return Promise.resolve(passages.map(() => 0.5));
    });
    await explain('disk', {}, { reranker });
    expect(asked.map((passages) => passages.length)).toEqual([10]);
    expect(Math.max(...asked.flat().map((passage) => passage.length))).toBeLessThanOrEqual(600);
  });
});

describe('the lexical embedder', () => {
  it.each([
    ['disk of the nas', 1],
    ['the disk of the nas near the boiler, the pump, the roof and the tap', 1],
    ['disk nas boiler pump roof tap valve fuse', 6 / 8],
  ])('is left to the words of a question where those are many: %s', async (text, loudness) => {
    await remember('disk of the nas', 'boiler pump roof', 'tap valve fuse');
    const { candidates } = await explain(text);
    const places = candidates.flatMap(({ found }) =>
      found.filter(({ retriever }) => retriever === 'vectors'),
    );
    const [best, worst] = [places[0], places.at(-1)];
    if (best === undefined || worst === undefined || best.score === worst.score)
      throw new Error('expected two candidates with vectors');
    expect((best.added - worst.added) / (best.score - worst.score)).toBeCloseTo(
      lexicalEmbedder.voice.weight * loudness,
      9,
    );
  });
});

describe('the embedder', () => {
  it('is replaced by the lexical one when it goes away in the middle, and the report says so', async () => {
    await remember('disk on nas');
    const embedders: RecallDeps['embedders'] = {
      current: () => ({
        model: 'real',
        dimensions: 3,
        voice: lexicalEmbedder.voice,
        embed: () => Promise.reject(new Error('the process died')),
      }),
      lexical: lexicalEmbedder,
    };
    const report = await explain('disk', {}, { embedders });
    expect(report.embedder).toEqual({ model: 'ninjad-lexical-1', degraded: 'the process died' });
    expect(report.candidates[0]?.found.map(({ retriever }) => retriever)).toContain('vectors');
  });

  it('has only its own vectors compared', async () => {
    await remember('disk on nas');
    const embedders: RecallDeps['embedders'] = {
      current: () => ({
        model: 'another',
        dimensions: 384,
        voice: lexicalEmbedder.voice,
        embed: (texts) => Promise.resolve(texts.map(embedLexically)),
      }),
      lexical: lexicalEmbedder,
    };
    const report = await explain('disk', {}, { embedders });
    expect(report.vectors).toBe('no vectors');
    expect(report.memories).toHaveLength(1);
  });
});
