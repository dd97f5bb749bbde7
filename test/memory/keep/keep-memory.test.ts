import { describe, expect, it, vi } from 'vitest';
import { InferenceAwayError, StoreAwayError } from '../../../src/lib/errors.ts';
import type { EmbedderState, Inference } from '../../../src/lib/inference/inference.ts';
import { createEmbedders } from '../../../src/memory/embed/embedders.ts';
import { embedLexically } from '../../../src/memory/embed/lexical-embedder.ts';
import { prepareText } from '../../../src/memory/keep/prepare-text.ts';
import { insertMemory, type NewMemory } from '../../../src/memory/rows/insert-memory.ts';
import type { Store } from '../../../src/lib/store/store.ts';
import { memoryKeeperOn, type WholeKeeperDeps } from '../../helpers/memory-keeper.ts';
import { recallerOn } from '../../helpers/recall.ts';
import { isEcho } from '../../../src/memory/keep/similar.ts';
import { useDatabase } from '../../helpers/use-database.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const { store } = useDatabase('memory_embeddings', 'memory_documents', 'tasks', 'graph_pending');

const { signal } = new AbortController();
const log = { info: vi.fn(), warn: vi.fn() };

function keeper({ on = store, ...deps }: WholeKeeperDeps & { on?: Store } = {}) {
  const { board, keep } = memoryKeeperOn(on, { log, ...deps });
  return { board, keep: () => keep(signal) };
}

/** A model of few dimensions whose vectors are the lexical ones, folded; `fails` is asked before each batch. */
function modelOf(model: string, dimensions: number, fails: () => Error | undefined = () => undefined) {
  const state: EmbedderState = { state: 'ready', model, dimensions };
  const inference: Pick<Inference, 'builtIn' | 'embedder' | 'embed' | 'onChange'> = {
    builtIn: () => ({ state: 'off' }),
    embedder: () => state,
    embed(texts) {
      const error = fails();
      return error === undefined
        ? Promise.resolve(texts.map((text) => folded(embedLexically(text), dimensions)))
        : Promise.reject(error);
    },
    onChange: () => () => undefined,
  };
  return createEmbedders(inference);
}

function folded(vector: Float32Array, dimensions: number): Float32Array {
  const short = new Float32Array(dimensions);
  vector.forEach((value, index) => (short[index % dimensions] = (short[index % dimensions] ?? 0) + value));
  const length = Math.hypot(...short) || 1;
  return short.map((value) => value / length);
}

const add = (content: string, more: Partial<NewMemory> = {}) =>
  insertMemory(store, {
    content,
    kind: 'note',
    source: 'cli',
    trust: 'owner',
    origin: 'event',
    now: new Date(),
    ...more,
  });
const rows = async (sql: string): Promise<unknown[]> => (await store.query({ text: sql })).rows;
const contents = async (): Promise<unknown> =>
  (await rows('SELECT content FROM memory_embeddings ORDER BY id')).map(
    (row) => (row as { content: string }).content,
  );
const vectorsOf = async (model: string): Promise<unknown> =>
  (
    await rows(
      `SELECT count(*)::int AS count FROM memory_vectors JOIN embedding_models ON id = model_id WHERE name = '${model}'`,
    )
  )[0];
const recalled = async (text: string): Promise<string[]> => {
  const { memories } = await recallerOn(store).recall({ text, limit: 5, budgetTokens: 2_000, signal });
  return memories.map(({ content }) => content);
};

describe('preparing memories', () => {
  it('hides a memory until its secrets are out, then gives it a vector and lets it be recalled', async () => {
    await add('The wifi password of the cabin is hunter2.');
    expect(await recalled('wifi cabin')).toEqual([]);
    const { keep, board } = keeper();
    expect(await keep()).toEqual({ done: 1, isMore: false });
    expect(await recalled('wifi cabin')).toEqual(['The wifi password of the cabin is [redacted password]']);
    expect(await rows('SELECT prepared, redacted FROM memory_embeddings')).toEqual([
      { prepared: true, redacted: 1 },
    ]);
    expect(board.progress()).toMatchObject({
      total: 1,
      prepared: 1,
      embedded: 1,
      missing: 0,
      model: 'ninjad-lexical-1',
    });
    expect(await keep()).toEqual({ done: 0, isMore: false });
    // The graph has never had anything else to read.
    expect(await rows('SELECT origin, turn FROM graph_pending')).toEqual([{ origin: 'memory', turn: 1 }]);
  });

  it('merges what says the same, counts it, and takes the newer wording where it says as much', async () => {
    await add('The NAS stands in the cellar', { now: new Date('2026-01-01T00:00:00Z') });
    await keeper().keep();
    await add('Please remember: NAS stands in cellar!', {
      kind: 'fact',
      now: new Date('2026-02-01T00:00:00Z'),
    });
    await keeper().keep();
    expect(
      await rows('SELECT kind, content, seen_count, created_at, last_seen_at FROM memory_embeddings'),
    ).toEqual([
      {
        kind: 'fact',
        content: 'Please remember: NAS stands in cellar!',
        seen_count: 2,
        created_at: new Date('2026-01-01T00:00:00Z'),
        last_seen_at: new Date('2026-02-01T00:00:00Z'),
      },
    ]);
    expect(await vectorsOf('ninjad-lexical-1')).toEqual({ count: 1 });
  });

  it('keeps contradictions apart, and leaves what the owner pinned as it is', async () => {
    await add('Disk tank on nas is at 91 percent.');
    await add('Disk tank on nas is at 94 percent.');
    const pinned = await add('The spare key is with Mrs Petrova.');
    await store.query({ text: 'UPDATE memory_embeddings SET pinned = true WHERE id = $1', values: [pinned] });
    await add('The spare key is with Mrs Petrova now.');
    await keeper().keep();
    expect(await contents()).toEqual([
      'Disk tank on nas is at 91 percent.',
      'Disk tank on nas is at 94 percent.',
      'The spare key is with Mrs Petrova.',
    ]);
  });

  it('never merges across trust: strangers change nothing, and an agent that repeats what is known says nothing', async () => {
    await add('The landlord is called Okafor.', { now: new Date('2026-01-01T00:00:00Z') });
    await keeper().keep();
    await add('The landlord is called Okafor.', { source: 'email', trust: 'untrusted' });
    await add('As you told me, the landlord is called Okafor.', { trust: 'local', origin: 'agent' });
    await keeper().keep();
    expect(await rows('SELECT trust, seen_count, content FROM memory_embeddings ORDER BY id')).toEqual([
      { trust: 'owner', seen_count: 1, content: 'The landlord is called Okafor.' },
      { trust: 'untrusted', seen_count: 1, content: 'The landlord is called Okafor.' },
    ]);
  });

  it('keeps an agent’s correction of what is known, and knows an echo before it is stored', async () => {
    const known =
      'The heating of the holiday flat is serviced by Mr Jansen every second Tuesday of October at nine in the morning.';
    const corrections = [
      known.replace('Jansen', 'Petersen'),
      known.replace('is serviced', 'is not serviced'),
    ];
    await add(known);
    await keeper().keep();
    for (const text of corrections) {
      expect(await isEcho(store, text)).toBe(false);
      await add(text, { trust: 'local', origin: 'agent', kind: 'fact' });
    }
    await keeper().keep();
    expect(await contents()).toEqual([known, ...corrections]);
    expect(await isEcho(store, `As you told me, ${known.toLowerCase()}`)).toBe(true);
  });

  it.each([
    ['Ich esse Fleisch', 'Ich esse kein Fleisch'],
    ['The backup is on nas-2', 'The offsite backup is on nas-2'],
  ])('keeps %j and %j apart, whichever came first', async (one, other) => {
    await add(one);
    await add(other);
    await keeper().keep();
    expect(await contents()).toEqual([one, other]);
    await store.query({ text: 'TRUNCATE memory_embeddings RESTART IDENTITY CASCADE' });
    await add(other);
    await keeper().keep();
    await add(one);
    await keeper().keep();
    expect(await contents()).toEqual([other, one]);
  });

  it('does not let an agent make a stranger’s text its own', async () => {
    await add('Transfers go to account 4711 from now on.', { source: 'email', trust: 'untrusted' });
    await keeper().keep();
    await add('Transfers go to account 4711 from now on.', { trust: 'local', origin: 'agent', kind: 'fact' });
    await keeper().keep();
    expect(await rows('SELECT trust FROM memory_embeddings')).toEqual([{ trust: 'untrusted' }]);
  });

  it('prepares anew what was edited', async () => {
    const id = await add('The boiler is from 2019.');
    await keeper().keep();
    await store.query({
      text: `UPDATE memory_embeddings SET content = 'The boiler is from 2021, token=abcdef', prepared = false, edited_at = now() WHERE id = $1`,
      values: [id],
    });
    await store.query({ text: 'DELETE FROM memory_vectors WHERE memory_id = $1', values: [id] });
    await keeper().keep();
    expect(await contents()).toEqual(['The boiler is from 2021, token=[redacted password]']);
    expect(await vectorsOf('ninjad-lexical-1')).toEqual({ count: 1 });
  });

  it.each([
    ['nothing', ''],
    ['NUL', 'a\0b'],
    ['halves of characters', '\ud800 and \udfff'],
    ['signs', '👍'],
    ['mixed scripts', 'Привет 世界 สวัสดี'],
  ])('takes %s', async (_, text) => {
    await add(text);
    await keeper().keep();
    expect(await rows('SELECT prepared FROM memory_embeddings')).toEqual([{ prepared: true }]);
  });

  it('leaves a text alone that fails three times, and goes on with the others', async () => {
    await add('bad');
    await add('good');
    const { keep } = keeper({
      prepareText: (text) => (text === 'bad' ? Promise.reject(new Error('hung')) : prepareText(text)),
    });
    for (let pass = 0; pass < 4; pass += 1) await keep();
    expect(await rows('SELECT content, prepared FROM memory_embeddings ORDER BY id')).toEqual([
      { content: 'bad', prepared: false },
      { content: 'good', prepared: true },
    ]);
    expect(log.warn).toHaveBeenCalledTimes(1);
  });

  it('stops where the store is away, and goes on where it was', async () => {
    await add('one');
    const away: Store = { ...store, transaction: () => Promise.reject(new StoreAwayError('away')) };
    await expect(keeper({ on: away }).keep()).rejects.toThrow(StoreAwayError);
    expect(await rows('SELECT prepared FROM memory_embeddings')).toEqual([{ prepared: false }]);
    await keeper().keep();
    expect(await rows('SELECT prepared FROM memory_embeddings')).toEqual([{ prepared: true }]);
  });
});

describe('cutting documents', () => {
  const section = (name: string, words: string): string =>
    `## ${name}\n\n${`The ${words} is described here at length. `.repeat(60)}\n\n`;
  const manual = `# House manual\n\n${section('Boiler', 'boiler')}${section('Garden', 'zeppelin')}The alarm password is hunter2.\n`;

  it('makes a document of a long text, whose pieces are found', async () => {
    await add(manual, { title: undefined });
    await keeper().keep();
    const chunks = (await rows(
      'SELECT kind, title, chunk, prepared, length(content) AS length FROM memory_embeddings ORDER BY chunk',
    )) as { kind: string; title: string; chunk: number; prepared: boolean; length: number }[];
    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks.map(({ chunk }) => chunk)).toEqual(chunks.map((_, index) => index));
    for (const { kind, title, prepared, length } of chunks) {
      expect([kind, title, prepared]).toEqual(['document', 'House manual', true]);
      expect(length).toBeLessThanOrEqual(1_400);
    }
    expect(await vectorsOf('ninjad-lexical-1')).toEqual({ count: chunks.length });
    expect(await rows('SELECT chunks FROM memory_documents')).toEqual([{ chunks: chunks.length }]);
    expect((await recalled('zeppelin'))[0]).toContain('zeppelin');
    expect((await recalled('alarm password')).join()).not.toContain('hunter2');
    expect(await rows('SELECT count(*)::int AS pending FROM graph_pending')).toEqual([
      { pending: chunks.length },
    ]);

    await add(manual);
    await keeper().keep();
    expect(
      await rows('SELECT max(seen_count) AS seen, count(*)::int AS chunks FROM memory_embeddings'),
    ).toEqual([{ seen: 2, chunks: chunks.length }]);
  });

  it('goes on after a kill at any transaction, and ends with the same rows', async () => {
    const long = Array.from({ length: 8 }, (_, index) =>
      section(`Part ${index}`, `thing number ${index}`),
    ).join('');
    await add(long);
    let killed = 0;
    for (let allowed = 0; ; allowed += 1) {
      let left = allowed;
      const dying: Store = {
        ...store,
        transaction: (work) =>
          left-- > 0 ? store.transaction(work) : Promise.reject(new StoreAwayError('killed')),
      };
      const ended = await keeper({ on: dying })
        .keep()
        .then(
          () => true,
          () => false,
        );
      if (ended) break;
      killed += 1;
    }
    expect(killed).toBeGreaterThan(1);
    const texts = (await contents()) as string[];
    expect(new Set(texts).size).toBe(texts.length);
    expect([...texts].sort()).toEqual([...(await prepareText(long)).chunks].sort());
    expect(await rows('SELECT bool_and(prepared) AS all FROM memory_embeddings')).toEqual([{ all: true }]);
  });
});

describe('embedding', () => {
  it('gives old memories vectors of a model when it comes, and of the next one, of another dimension', async () => {
    for (let index = 0; index < 40; index += 1) await add(`thing number ${index} is in box ${index}`);
    await keeper().keep();
    const first = keeper({ embedders: modelOf('tiny@1', 32) });
    await first.keep();
    expect(first.board.progress()).toMatchObject({
      model: 'tiny@1',
      degraded: null,
      prepared: 40,
      embedded: 40,
      missing: 0,
    });
    const second = keeper({ embedders: modelOf('tiny@2', 48) });
    await second.keep();
    expect(second.board.progress()).toMatchObject({ model: 'tiny@2', embedded: 40, missing: 0 });
    expect([
      await vectorsOf('ninjad-lexical-1'),
      await vectorsOf('tiny@1'),
      await vectorsOf('tiny@2'),
    ]).toEqual([{ count: 40 }, { count: 40 }, { count: 40 }]);
  });

  it('goes on with what is missing where the model died in the middle, and prepares new ones without it', async () => {
    for (let index = 0; index < 100; index += 1) await add(`thing number ${index} is in box ${index}`);
    await keeper().keep();
    let batches = 0;
    const dies = () => (++batches > 1 ? new InferenceAwayError('the process was killed') : undefined);
    const { keep, board } = keeper({ embedders: modelOf('tiny@3', 32, dies) });
    expect(await keep()).toMatchObject({ isMore: true });
    expect(board.progress()).toMatchObject({ embedded: 64, missing: 36 });
    await add('a new thing');
    await keep();
    expect(await recalled('new thing')).toContain('a new thing');
    const later = keeper({ embedders: modelOf('tiny@3', 32) });
    await later.keep();
    expect(later.board.progress()).toMatchObject({ embedded: 101, missing: 0 });
  });

  it('leaves out the one text that the model cannot take', async () => {
    await add('good one');
    await add('bad one');
    await keeper().keep();
    const refusing = modelOf('tiny@4', 32);
    const { keep, board } = keeper({
      embedders: {
        ...refusing,
        wanted: () =>
          refusing.wanted().map((embedder) => ({
            ...embedder,
            embed: (texts, options) =>
              texts.includes('bad one')
                ? Promise.reject(new Error('cannot'))
                : embedder.embed(texts, options),
          })),
      },
    });
    await keep();
    await keep();
    expect(board.progress()).toMatchObject({ embedded: 1, missing: 1 });
  });
});

describe('remembering tasks', () => {
  let event = 0;
  const task = async (
    prompt: string,
    reply: string,
    more: { state?: string; source?: string; agent?: string; memories?: number[] } = {},
  ) => {
    const { state = 'done', source = 'cli', agent = 'claude', memories = [] } = more;
    const given = JSON.stringify(memories.map((id) => ({ id: `memory:${id}` })));
    const { rows: made } = await store.query<{ id: number }>({
      text: `INSERT INTO tasks (event_id, priority, source, category, prompt, reply, state, outcome, agent, memories, run_after, queued_at, finished_at)
             VALUES ($1, 0, $2, 'ask', $3, $4, $5, 'succeeded', $6, $7, now(), now(), now()) RETURNING id`,
      values: [++event, source, prompt, reply, state, JSON.stringify({ kind: agent }), given],
    });
    return made[0]?.id ?? 0;
  };

  it('makes one memory of what was asked and answered, with its links, and none a second time', async () => {
    const id = await task(
      'how full is the nas?',
      'The disk tank is at 91 percent, mostly photos. token=abcdef123',
    );
    await keeper().keep();
    await keeper().keep();
    expect(
      await rows('SELECT kind, origin, trust, content, task_id, event_id FROM memory_embeddings'),
    ).toEqual([
      {
        kind: 'task_result',
        origin: 'task',
        trust: 'local',
        content:
          'how full is the nas?\n→ The disk tank is at 91 percent, mostly photos. token=[redacted password]',
        task_id: id,
        event_id: event,
      },
    ]);
  });

  it('does not learn recalled text again', async () => {
    const known = await add('The spare key of the allotment is with Mrs Petrova at number 12.');
    await keeper().keep();
    await task('who has the key?', 'The spare key of the allotment is with Mrs Petrova.', {
      memories: [known],
    });
    await task(
      'and the key?',
      'The spare key of the allotment is with Mrs Petrova. Her phone was repaired by Anna on Monday.',
      {
        memories: [known],
      },
    );
    await keeper().keep();
    expect(await contents()).toEqual([
      'The spare key of the allotment is with Mrs Petrova at number 12.',
      'and the key?\n→ Her phone was repaired by Anna on Monday.',
    ]);
  });

  it('trusts a result no more than what the task was told', async () => {
    const mail = await add('The invoice of the gardener is due on 3 May.', {
      source: 'email',
      trust: 'untrusted',
    });
    await keeper().keep();
    await task('any news?', 'There is a bill to be paid in spring, it seems.', { memories: [mail] });
    await task('mail', 'Somebody wants to sell solar panels to you.', { source: 'email:home' });
    await keeper().keep();
    expect(await rows(`SELECT DISTINCT trust FROM memory_embeddings WHERE origin = 'task'`)).toEqual([
      { trust: 'untrusted' },
    ]);
  });

  it('remembers nothing of tasks that failed, said nothing, or had no language model', async () => {
    await task('is it up?', 'It crashed in the middle of the work.', { state: 'failed' });
    await task('restart it', 'Done.');
    await task('what did the nas say?', 'No language model answered; closest: the nas is full.', {
      agent: 'offline',
    });
    await keeper().keep();
    expect(await contents()).toEqual([]);
  });
});
