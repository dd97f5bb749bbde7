import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { closePages, enter, openPage } from '../helpers/dashboard.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
afterEach(async () => {
  closePages();
  await endDaemons();
});

const prepared = (daemon: TestDaemon) =>
  until(
    'everything is redacted and embedded',
    async () => (await daemon.value('SELECT bool_and(prepared) FROM memory_embeddings')) === true,
  );

describe('the memories of a running daemon', () => {
  it('are remembered, recalled and counted, amended, forgotten and taken back from the command line', async () => {
    const daemon = await startDaemon();
    const remembered = await daemon.ninjad(
      ...[
        'remember',
        '/help: the spare key is with Amara',
        '--tag',
        'home',
        '--title',
        'spare key',
        '--important',
      ],
    );
    expect(remembered).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^remembered: memory \d+\n$/) as string,
    });
    const id = /\d+/.exec(remembered.stdout)?.[0] ?? '';
    expect(JSON.parse((await daemon.ninjad('memories', 'show', id, '--json')).stdout)).toMatchObject({
      content: '/help: the spare key is with Amara',
      kind: 'fact',
      title: 'spare key',
      tags: ['home'],
      importance: expect.closeTo(0.9) as number,
      trust: 'owner',
      recallCount: 0,
    });

    await prepared(daemon);
    const recalled = await daemon.ninjad('recall', 'who has the spare key?');
    expect(recalled.stdout).toContain('the spare key is with Amara');
    expect(recalled.stdout).toContain('degraded: found by words alone');
    expect(await daemon.value(`SELECT recall_count FROM memory_embeddings WHERE id = ${id}`)).toBe(1);
    expect((await daemon.ninjad('ask', 'who has the spare key?')).stdout).toContain('Amara');
    expect(await daemon.value(`SELECT recall_count FROM memory_embeddings WHERE id = ${id}`)).toBe(2);

    expect((await daemon.ninjad('memories', 'edit', id, 'the spare key is with Bo')).code).toBe(0);
    const file = join(daemon.home, 'all.jsonl');
    expect((await daemon.ninjad('memories', 'export', file)).code).toBe(0);
    const gone = await daemon.ninjad('forget', id, '--yes');
    expect(JSON.parse(gone.stdout)).toMatchObject({ id: Number(id), content: 'the spare key is with Bo' });
    expect((await daemon.ninjad('memories', 'show', id)).code).toBe(1);
    const undo = join(daemon.home, 'gone.jsonl');
    writeFileSync(undo, gone.stdout);
    expect((await daemon.ninjad('memories', 'import', undo)).stdout).toBe(
      '1 imported, 0 known already, 0 not read\n',
    );
    const known = readFileSync(file, 'utf8').trim().split('\n').length;
    expect((await daemon.ninjad('memories', 'import', file)).stdout).toBe(
      `0 imported, ${known} known already, 0 not read\n`,
    );
  });

  it('are known the second time, long ones and those with a secret too', async () => {
    const daemon = await startDaemon();
    const file = join(daemon.home, 'twice.jsonl');
    const letter = Array.from({ length: 2_000 }, (_, n) => `Word ${n} of the letter.`).join(' ');
    const contents = [`the token of the NAS is ghp_${'abcdefghij'.repeat(3)}012345`, letter];
    writeFileSync(file, contents.map((content) => `${JSON.stringify({ content })}\n`).join(''));
    expect((await daemon.ninjad('memories', 'import', file)).stdout).toMatch(/^2 imported/);
    await until(
      'they are prepared',
      async () =>
        (await daemon.value('SELECT count(*)::int FROM memory_embeddings WHERE NOT prepared')) === 0,
    );
    expect((await daemon.ninjad('memories', 'import', file)).stdout).toMatch(/^0 imported, 2 known already/);
    expect(await daemon.value('SELECT max(seen_count) FROM memory_embeddings')).toBe(1);
    expect(await daemon.rows(`SELECT content FROM memory_embeddings WHERE content LIKE '%NAS%'`)).toEqual([
      ['the token of the NAS is [redacted token]'],
    ]);
  });

  it('are added, edited and searched on the dashboard, with a line in the activity log each', async () => {
    const daemon = await startDaemon();
    const page = await openPage(await enter(daemon));
    await page.watch('tree');
    const wakes = async () =>
      (await page.get('tree.actor', { path: 'root/tree/memory-keeper' })).transitions.filter(
        ({ event }) => event === 'chore.wake',
      ).length;
    const before = await wakes();
    const { id } = await page.get('memory.add', { content: 'the roof is red', kind: 'note' });
    await until('the keeper is woken', async () => (await wakes()) > before);
    const edited = await page.get('memory.edit', { id, content: 'the roof is blue', importance: 0.8 });
    expect(edited).toMatchObject({
      id,
      content: 'the roof is blue',
      kind: 'note',
      trust: 'owner',
      part: null,
    });
    await prepared(daemon);
    const found = async (filter: object) =>
      (await page.get('memory.search', { text: 'roof', limit: 5, ...filter })).items.map((item) => item.id);
    expect(await found({ kind: 'note', trust: 'owner' })).toEqual([`memory:${id}`]);
    expect(await found({ kind: 'fact' })).toEqual([]);
    expect(await page.ask('memory.edit', { id })).toMatchObject({ ok: false, error: { code: 'USAGE' } });
    expect(await page.ask('memory.edit', { id: id + 1, content: 'x' })).toMatchObject({
      ok: false,
      error: { code: 'NOT_FOUND' },
    });
    const acts = (await page.get('activity.list', { action: 'memory.', limit: 5 })).items;
    expect(acts.map(({ actor, action, detail }) => [actor, action, (detail as { by: string }).by])).toEqual([
      ['owner', 'memory.edited', 'dashboard'],
      ['owner', 'memory.added', 'dashboard'],
    ]);
  });
});
