import { describe, expect, it } from 'vitest';
import { searchFullText } from '../../../src/memory/recall/full-text.ts';
import { foldStatistics } from '../../../src/memory/recall/fold-statistics.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import { rememberAll } from './remembered.ts';

const { store } = useDatabase('memory_embeddings');

const { signal } = new AbortController();
const remember = (...contents: string[]) =>
  rememberAll(
    store,
    contents.map((content) => ({ content })),
  );
async function found(
  text: string,
  more: Partial<Parameters<typeof searchFullText>[1]> = {},
): Promise<string[]> {
  const { words } = await searchFullText(store, { text, limit: 50, ...more });
  const { hits } = words;
  const { rows } = await store.query<{ id: number; content: string }>({
    text: 'SELECT id, content FROM memory_embeddings',
  });
  const contents = new Map(rows.map(({ id, content }) => [`memory:${id}`, content]));
  return hits.map(({ id }) => contents.get(id) ?? id);
}

describe('full text', () => {
  it('scores as BM25 does, computed by hand', async () => {
    // Lexemes: {disk, nas, day} and {disk, web, day, full, log}: 2 memories of 4 lexemes on average.
    await remember('disk nas', 'disk web full log');
    const { hits, reasons } = (await searchFullText(store, { text: 'nas', limit: 5 })).words;
    const idf = Math.log(1 + (2 - 1 + 0.5) / (1 + 0.5));
    const saturation = 1.2 * (0.25 + (0.75 * 3) / 4);
    expect(hits).toHaveLength(1);
    expect(hits[0]?.score).toBeCloseTo((idf * 2.2) / (1 + saturation), 9);
    expect([...(reasons?.values() ?? [])]).toEqual(['nas']);
  });

  it('counts a repeated word more, but ever less so', async () => {
    await remember('pump pump pump valve', 'pump valve brass ring', 'garden hose brass ring');
    const { hits } = (await searchFullText(store, { text: 'pump', limit: 5 })).words;
    expect(hits).toHaveLength(2);
    const [thrice = 0, once = 0] = hits.map(({ score }) => score);
    expect(thrice / once).toBeGreaterThan(1);
    expect(thrice / once).toBeLessThan(2.2);
  });

  it('lets one rare word outweigh two common ones', async () => {
    await remember(
      ...Array.from({ length: 20 }, (_, n) => `the server was restarted on rack ${n}`),
      'the legionella server note',
    );
    expect((await found('server restarted legionella'))[0]).toBe('the legionella server note');
  });

  it.each([
    ['ERR-4711', 'restic ended with ERR-4711'],
    ['err4711', 'restic ended with ERR-4711'],
    ['error 4711', 'restic ended with ERR-4711'],
    ['web-1', 'web-01 was rebooted'],
    ['web01', 'web-01 was rebooted'],
    ['r418kx', 'licence plate R-418-KX'],
    ['2026-12-01', 'dentist on Tuesday 1 December 2026'],
    ['what happens on December 1st?', 'dentist on Tuesday 1 December 2026'],
    ['Priya Raghunatan', 'Priya Raghunathan took over'],
    ['Raghunatan', 'Priya Raghunathan took over'],
    ['Bergstrom', 'the cabin belongs to Olof Bergström'],
  ])('finds %j in %j', async (question, wanted) => {
    await remember(
      'restic ended with ERR-4711',
      'restic ended with ERR-4712',
      'web-01 was rebooted',
      'web-02 was rebooted',
      'licence plate R-418-KX',
      'dentist on Tuesday 1 December 2026',
      'Priya Raghunathan took over',
      'the cabin belongs to Olof Bergström',
    );
    expect((await found(question))[0]).toBe(wanted);
  });

  it('tells apart what shares a code or a day with the question', async () => {
    await remember('restic ended with ERR-4711', 'restic ended with ERR-4712 again');
    const { words, codes } = await searchFullText(store, { text: 'restic err 4711', limit: 5 });
    expect(words.hits).toHaveLength(2);
    expect(codes.hits).toEqual([]);
    const exact = await searchFullText(store, { text: 'restic ERR-4711', limit: 5 });
    expect(exact.codes.hits).toEqual(
      [words.hits[0]?.id].map((id) => ({ id, share: 1, score: exact.words.hits[0]?.score })),
    );
  });

  it('lets a code say less the smaller a part of the question it is', async () => {
    await remember('restic ended with ERR-4711', 'the roof leaks over the kitchen window since the storm');
    const shareIn = async (text: string): Promise<number> =>
      (await searchFullText(store, { text, limit: 5 })).codes.hits[0]?.share ?? NaN;
    const rest = 'roof leaks kitchen window storm restic ended again tonight before breakfast';
    expect(await shareIn('what is ERR-4711?')).toBe(1);
    const long = await shareIn(`${rest} ERR-4711`);
    expect(long).toBeLessThan(1);
    expect(await shareIn(`${rest} gutter ladder tarpaulin bucket ERR-4711`)).toBeLessThan(long);
  });

  it('finds a code behind more words than it reads', async () => {
    await remember('restic ended with ERR-4711', 'word1x word2x word3x');
    const words = Array.from(
      { length: 100 },
      (_, n) => `${'abcdefghij'.charAt(n % 10)}word${'klmnopqrst'.charAt(n / 10)}`,
    );
    expect(await found(`${words.join(' ')} ERR-4711`)).toEqual(['restic ended with ERR-4711']);
  });

  it('weighs a word more that the question says more often, and a day once however it is spelled', async () => {
    await remember('the valve of the pump', 'the valve of the boiler', 'paid on 2026-04-30');
    const boilerFirst = 'Is it the boiler? The boiler drips. Or is it the pump?';
    const pumpFirst = 'Is it the pump? The pump drips. Or is it the boiler?';
    expect((await found(boilerFirst))[0]).toBe('the valve of the boiler');
    expect((await found(pumpFirst))[0]).toBe('the valve of the pump');
    const [once, twice] = await Promise.all(
      ['pump 2026-04-30', 'pump 2026/04/30'].map(
        async (text) => (await searchFullText(store, { text, limit: 5 })).codes.hits[0]?.score,
      ),
    );
    expect(once).toBe(twice);
  });

  it('finds what was remembered on a day', async () => {
    await rememberAll(store, [
      { content: 'the pump was repaired', createdAt: new Date('2026-04-30T12:00:00Z') },
      { content: 'the pump broke', createdAt: new Date('2026-04-29T12:00:00Z') },
    ]);
    expect((await found('what was it with the pump on 30 April?'))[0]).toBe('the pump was repaired');
  });

  it.each([
    '30 April',
    '30. April',
    '30.4.2026',
    '30.04.2026',
    '30/04/2026',
    '2026/04/30',
    '2026-04-30T23:59',
  ])('finds what was remembered on a day that is written %s', async (day) => {
    await rememberAll(store, [
      { content: 'the pump was repaired', createdAt: new Date('2026-04-30T12:00:00Z') },
      { content: 'the pump broke', createdAt: new Date('2026-04-29T12:00:00Z') },
    ]);
    const { codes } = await searchFullText(store, { text: `pump ${day}`, limit: 5 });
    expect(codes.hits).toHaveLength(1);
    expect((await found(`pump ${day}`))[0]).toBe('the pump was repaired');
  });

  it('does not look at everything for common words, and still finds the best of them', async () => {
    await remember(
      ...Array.from({ length: 60 }, (_, n) => `disk report ${n} of the day`),
      'disk report about mosquitoes',
      ...Array.from({ length: 60 }, (_, n) => `disk usage ${n} in the morning`),
    );
    const some = await found('disk report mosquitoes', { maxMatches: 10 });
    expect(some[0]).toBe('disk report about mosquitoes');
    expect(await found('disk usage', { maxMatches: 10, limit: 200 })).not.toHaveLength(0);
    expect((await found('disk', { maxMatches: 10, limit: 200 })).length).toBeGreaterThan(0);
  });

  it('keeps its counts when memories are edited, forgotten and emptied', async () => {
    const [first] = await remember('disk nas', 'disk web');
    const counts = async () => {
      await foldStatistics(store, { signal });
      const { rows } = await store.query<{ lexeme: string; documents: number }>({
        text: `SELECT lexeme, documents FROM memory_lexemes WHERE documents > 0 AND lexeme !~ '^day' ORDER BY lexeme`,
      });
      return Object.fromEntries(rows.map(({ lexeme, documents }) => [lexeme, documents]));
    };
    expect(await counts()).toEqual({ disk: 2, nas: 1, web: 1 });
    await store.query({
      text: `UPDATE memory_embeddings SET content = 'tape nas' WHERE id = $1`,
      values: [first],
    });
    expect(await counts()).toEqual({ disk: 1, nas: 1, tape: 1, web: 1 });
    await store.query({ text: 'DELETE FROM memory_embeddings WHERE id = $1', values: [first] });
    expect(await counts()).toEqual({ disk: 1, web: 1 });
    const { rows } = await store.query({ text: 'SELECT documents, lexemes FROM memory_corpus' });
    expect(rows).toEqual([{ documents: 1, lexemes: 3 }]);
    await store.query({ text: 'TRUNCATE memory_embeddings CASCADE' });
    expect(await counts()).toEqual({});
  });

  it('finds a memory whose words are not counted yet', async () => {
    await store.query({
      text: `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at, prepared)
             VALUES ('note', 'zeppelin', 'shell', 'owner', now(), now(), true)`,
    });
    expect(await found('zeppelin')).toEqual(['zeppelin']);
  });

  it('restricts by kind, trust, source and time', async () => {
    await rememberAll(store, [
      { content: 'disk a', kind: 'fact', source: 'cli', createdAt: new Date('2026-01-01T00:00:00Z') },
      {
        content: 'disk b',
        kind: 'event',
        source: 'cron:disk',
        trust: 'local',
        createdAt: new Date('2026-02-01T00:00:00Z'),
      },
      {
        content: 'disk c',
        kind: 'note',
        source: 'email:home',
        trust: 'untrusted',
        createdAt: new Date('2026-03-01T00:00:00Z'),
      },
    ]);
    const by = async (filter: NonNullable<Parameters<typeof searchFullText>[1]['filter']>) =>
      (await found('disk', { filter })).sort();
    expect(await by({ kinds: ['fact', 'note'] })).toEqual(['disk a', 'disk c']);
    expect(await by({ trusts: ['local'] })).toEqual(['disk b']);
    expect(await by({ sources: ['cron'] })).toEqual(['disk b']);
    expect(await by({ sources: ['cron:disk', 'cli'] })).toEqual(['disk a', 'disk b']);
    expect(await by({ since: new Date('2026-02-01T00:00:00Z') })).toEqual(['disk b', 'disk c']);
    expect(await by({ until: new Date('2026-02-01T00:00:00Z') })).toEqual(['disk a']);
  });
});
