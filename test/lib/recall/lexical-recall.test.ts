import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLexicalRecall } from '../../../src/lib/recall/lexical-recall.ts';
import type { Recall } from '../../../src/lib/recall/recall.ts';
import { type TempDatabase, tempDatabase } from '../../helpers/temp-database.ts';

let database: TempDatabase;
let recall: Recall;
beforeAll(async () => {
  database = await tempDatabase();
  recall = createLexicalRecall(database.store);
});
afterAll(() => database.stop());
beforeEach(() => database.store.query({ text: 'TRUNCATE memory_embeddings, tasks CASCADE' }));

const hour = 3_600_000;
const { signal } = new AbortController();
const ask = (text: string, limits: { limit?: number; budgetChars?: number } = {}) =>
  recall({ text, limit: 5, budgetChars: 6_000, signal, ...limits });
const contents = async (text: string, limits?: { limit?: number; budgetChars?: number }) =>
  (await ask(text, limits)).map(({ content }) => content);

function note(content: string, { hoursAgo = 0, source = 'shell', trust = 'owner' } = {}) {
  const at = new Date(Date.now() - hoursAgo * hour);
  return database.store.query({
    text: `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at)
           VALUES ('note', $1, $2, $3, $4, $4)`,
    values: [content, source, trust, at],
  });
}

let nextEventId = 1;
function pastTask(prompt: string, reply: string, { state = 'done', source = 'cli' } = {}) {
  return database.store.query({
    text: `INSERT INTO tasks (event_id, priority, source, category, prompt, reply, state, run_after, queued_at, finished_at)
           VALUES ($1, 3, $2, 'ask', $3, $4, $5, now(), now(), now())`,
    values: [nextEventId++, source, prompt, reply, state],
  });
}

describe('lexical recall', () => {
  it('finds what shares any word with a natural question, the closest first', async () => {
    await note('disk on nas is at 91%');
    await note('the nas was rebooted');
    await note('the garden needs water');
    const found = await ask('what did the nas say about its disk?');
    expect(found.map(({ content }) => content)).toEqual(['disk on nas is at 91%', 'the nas was rebooted']);
    expect(found[0]).toMatchObject({
      kind: 'note',
      source: 'shell',
      trust: 'owner',
    });
    expect(found[0]?.id).toMatch(/^memory:\d+$/);
    expect(found[0]?.createdAt).toBeInstanceOf(Date);
  });

  it('finds past tasks that succeeded, and no others', async () => {
    await pastTask('how full is the nas?', 'It is at 91 percent.');
    await pastTask('is the nas up?', 'crashed', { state: 'failed' });
    await pastTask('mail about the nas', 'noted', { source: 'email:home' });
    const found = await ask('nas');
    expect(found.map(({ content, trust }) => [content, trust]).sort()).toEqual([
      ['how full is the nas?\n→ It is at 91 percent.', 'owner'],
      ['mail about the nas\n→ noted', 'untrusted'],
    ]);
  });

  it('prefers the newest among equals', async () => {
    for (const hoursAgo of [3, 1, 2])
      await note(`nas ${['', 'one', 'two', 'three'][hoursAgo]}`, { hoursAgo });
    expect(await contents('nas')).toEqual(['nas one', 'nas two', 'nas three']);
  });

  it('says a thing once, however often it was noted', async () => {
    for (const content of ['disk full', 'Disk  full', 'disk full']) await note(content);
    expect(await contents('disk')).toHaveLength(1);
  });

  it('stays within its limit and its budget', async () => {
    for (let n = 0; n < 9; n++) await note(`disk ${n} ${'x '.repeat(200)}`);
    expect(await contents('disk', { limit: 3 })).toHaveLength(3);
    const found = await contents('disk', { limit: 9, budgetChars: 1_000 });
    expect(found.join('').length).toBeLessThanOrEqual(1_000);
    expect(found.at(-1)).toMatch(/…$/);
  });

  it.each([
    ['nothing', ''],
    ['spaces', ' \n\t '],
    ['stop words only', 'what is the of and'],
    ['punctuation', `'"\\:*!&|()<->;--`],
    ['NUL bytes', '\0\0'],
    ['a lone surrogate', '\ud800'],
  ])('finds nothing for %s, and does not fail', async (_, text) => {
    await note('disk on nas');
    expect(await ask(text)).toEqual([]);
  });

  it('takes no text for query syntax', async () => {
    await note("it's the disk");
    for (const text of [`disk') OR 1=1 --`, `'disk' & !nas`, 'disk:*', "it's disk\\", 'disk\0nas', '(disk']) {
      expect(await contents(text), text).toEqual(["it's the disk"]);
    }
  });

  it('answers a question of 1 MiB', async () => {
    await note('disk on nas');
    const started = performance.now();
    expect(await contents(`disk ${'word'.repeat(1_000)} ${'many words '.repeat(100_000)}`)).toEqual([
      'disk on nas',
    ]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('never fails, whatever it is asked', async () => {
    await note(`o'clock back\\slash`);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
        expect(Array.isArray(await ask(text))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('stops when it is told to', async () => {
    const aborted = AbortSignal.abort(new Error('too late'));
    await expect(recall({ text: 'disk', limit: 1, budgetChars: 10, signal: aborted })).rejects.toThrow(
      'too late',
    );
  });
});
