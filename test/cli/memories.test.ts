import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { someExport, someMemory } from '../helpers/fake-control.ts';
import { cliHarness, jsonOf } from './cli-harness.ts';

const cli = cliHarness();
const line = (memory: object) => `${JSON.stringify(memory)}\n`;

describe('ninjad memories', () => {
  it('lists them as a table or as JSON, narrowed, and says how to go on', async () => {
    const daemon = await cli.daemon({
      'memories.list': () => ({ items: [someMemory], next: someMemory.id }),
    });
    const { code, stdout } = await cli.run(['memories', '--limit', '1', '--kind', 'note']);
    expect(code).toBe(0);
    const [titles, row, more] = stdout.split('\n');
    expect(titles).toMatch(/^ *id +kind +trust +source +remembered +text$/);
    expect(row).toMatch(/^ *7 +note +owner +shell +\d+ d ago +disk on nas\uFFFD\[31m is at 91%$/);
    expect(more).toBe('older ones: --before 7');
    expect(daemon.calls).toEqual([]);
  });

  it.each([[['memories']], [['memories', 'list']]])('passes its filters on: %j', async (command) => {
    const daemon = await cli.daemon();
    const filters = ['--source', 'cron', '--tag', 'home', '--pinned', '--before', '120', '--trust', 'local'];
    const ran = await cli.run([...command, 'disk', ...filters, '--since', '2026-01-01T00:00:00Z', '--json']);
    expect(jsonOf(ran)).toEqual([someMemory]);
    expect(daemon.calls).toEqual([
      [
        'memories.list',
        {
          text: 'disk',
          source: 'cron',
          tag: 'home',
          pinned: true,
          before: 120,
          trust: 'local',
          since: new Date('2026-01-01T00:00:00Z'),
          limit: 30,
        },
      ],
    ]);
  });

  it('shows one, and lets no text command the terminal', async () => {
    await cli.daemon();
    const shown = await cli.run(['memories', 'show', 'memory:7']);
    expect(shown.stdout).toMatch(/memory +7, note\n/);
    expect(shown.stdout).not.toContain('\u001B');
    expect(jsonOf(await cli.run(['memories', 'show', '7', '--json']))).toEqual(someMemory);
    expect(await cli.run(['memories', 'show', '8'])).toMatchObject({
      code: 1,
      stderr: 'ninjad: there is no memory 8\n',
    });
  });

  it('edits one from the command line', async () => {
    const daemon = await cli.daemon();
    const changes = ['--kind', 'fact', '--tags', 'a, b', '--title', ''];
    await cli.run(['memories', 'edit', '7', 'disk', 'at', '12%', ...changes]);
    expect(daemon.calls).toEqual([
      ['memory.edit', { id: 7, content: 'disk at 12%', kind: 'fact', tags: ['a', 'b'], title: null }],
    ]);
  });

  it('edits one in an editor, which needs a terminal', async () => {
    const daemon = await cli.daemon();
    const editor = join(cli.home(), 'editor');
    writeFileSync(editor, `#!/bin/sh\necho 'edited by hand' > "$1"\n`, { mode: 0o755 });
    const byHand = cli.beginOnTerminal(['memories', 'edit', '7'], { env: { EDITOR: editor } });
    expect((await byHand.ended).stdout).toContain('edited by hand');
    expect(daemon.calls.at(-1)).toEqual(['memory.edit', { id: 7, content: 'edited by hand' }]);
    expect(await cli.run(['memories', 'edit', '7'])).toMatchObject({ code: 2 });
  });

  it('pins and unpins', async () => {
    const daemon = await cli.daemon();
    await cli.run(['memories', 'pin', '7']);
    const { stdout } = await cli.run(['memories', 'unpin', '7']);
    expect(stdout).toBe('unpinned 7: disk on nas\uFFFD[31m is at 91%\n');
    expect(daemon.calls).toEqual([
      ['memory.pin', { id: 7, pinned: true }],
      ['memory.pin', { id: 7, pinned: false }],
    ]);
  });

  it('exports to stdout or to a file of the owner’s own', async () => {
    const daemon = await cli.daemon();
    const wanted = line(someExport) + line({ ...someExport, id: 8 });
    expect((await cli.run(['memories', 'export', '--kind', 'note'])).stdout).toBe(wanted);
    const file = join(cli.home(), 'out.jsonl');
    expect(await cli.run(['memories', 'export', file])).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(file, 'utf8')).toBe(wanted);
    expect(daemon.calls).toEqual([
      ['memories.waiting', {}],
      ['exportMemories', { kind: 'note' }],
      ['memories.waiting', {}],
      ['exportMemories', {}],
    ]);
  });

  it('imports what it can read, names the lines that it cannot, and fails then', async () => {
    const daemon = await cli.daemon();
    const file = join(cli.home(), 'in.jsonl');
    const bad = [
      'not JSON',
      line({ content: ' ' }).trim(),
      line({ content: 'x', trust: 'king' }).trim(),
      '{"text":"x"}',
    ];
    writeFileSync(file, `${line(someExport)}\n${bad.join('\n')}\n${JSON.stringify({ content: 'last' })}`);
    const ran = await cli.run(['memories', 'import', file, '--at-most', 'local']);
    expect(ran).toMatchObject({ code: 1, stdout: '1 imported, 1 known already, 4 not read\n' });
    expect(ran.stderr.split('\n').map((text) => text.slice(0, 16))).toEqual([
      'ninjad: line 3: ',
      'ninjad: line 4: ',
      'ninjad: line 5: ',
      'ninjad: line 6: ',
      'ninjad: 4 lines ',
      '',
    ]);
    expect(ran.stderr).toContain('ninjad: line 5: trust: ');
    expect(daemon.calls).toMatchObject([
      [
        'memories.import',
        { ceiling: 'local', lines: [{ content: someExport.content }, { content: 'last' }] },
      ],
    ]);
  });

  it('imports from stdin in bounded pieces', async () => {
    const daemon = await cli.daemon();
    const stdin = Array.from({ length: 450 }, (_, index) => line({ content: `memory ${index}` })).join('');
    expect(jsonOf(await cli.run(['memories', 'import', '-', '--json'], { stdin }))).toEqual({
      imported: 447,
      known: 3,
      bad: 0,
    });
    expect(daemon.calls.map(([, body]) => (body as { lines: unknown[] }).lines.length)).toEqual([
      200, 200, 50,
    ]);
  });

  it.each([
    ['a kind that there is not', ['memories', '--kind', 'dream']],
    ['a number that is none', ['memories', 'show', 'x']],
    ['a file that is not there', ['memories', 'import', '/nowhere/x.jsonl']],
    ['an importance above 1', ['memories', 'edit', '7', '--importance', '2']],
  ])('refuses %s with 2', async (_, args) => {
    await cli.daemon();
    expect((await cli.run(args)).code).toBe(2);
  });

  it('exits with 3 where no daemon runs', async () => {
    expect((await cli.run(['memories'])).code).toBe(3);
    expect((await cli.run(['remember', 'x'])).code).toBe(3);
  });
});

describe('ninjad forget', () => {
  it('says what it forgets, and prints what brings it back', async () => {
    const daemon = await cli.daemon();
    const ran = await cli.run(['forget', 'memory:7', '7', '--yes']);
    expect(ran).toMatchObject({ code: 0, stdout: line(someExport) });
    expect(ran.stderr).toContain('7: disk on nas\uFFFD[31m is at 91%\n');
    expect(daemon.calls).toEqual([
      ['memory.get', { id: 7 }],
      ['memories.forget', { ids: [7] }],
    ]);
    expect(JSON.parse((await cli.run(['forget', '7', '--yes', '--json'])).stdout)).toEqual([someExport]);
  });

  it('asks first, and does nothing without a yes or a terminal', async () => {
    const daemon = await cli.daemon();
    const asked = cli.beginOnTerminal(['forget', '7']);
    await expect.poll(() => asked.out.stdout, { timeout: 30_000 }).toContain('forget this? [y/N]');
    asked.child.stdin.write('n\r');
    expect(await asked.ended).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('nothing was forgotten') as string,
    });
    expect(await cli.run(['forget', '7'])).toMatchObject({ code: 2 });
    expect(daemon.calls.filter(([name]) => name === 'memories.forget')).toEqual([]);
  });
});

describe('ninjad remember', () => {
  it('puts a note with all that was said about it before the commands, and prints the number that it got', async () => {
    const daemon = await cli.daemon();
    const running = cli.begin([
      'remember',
      '/help',
      'is',
      'a',
      'command',
      '--tag',
      'a',
      '--tag',
      'b',
      '--title',
      't',
      '--important',
    ]);
    const event = await daemon.event();
    expect(event).toMatchObject({
      priority: 0,
      source: 'cli',
      category: 'remember',
      text: '/help is a command',
    });
    const { dedupKey, ...payload } = JSON.parse(event.payload) as Record<string, unknown>;
    expect(payload).toEqual({
      text: '/help is a command',
      kind: 'fact',
      title: 't',
      tags: ['a', 'b'],
      importance: 0.9,
    });
    const tell = daemon.watches.get(dedupKey as string);
    tell?.({ type: 'accepted' });
    tell?.({ type: 'routed', eventId: 9, route: 'reflex:note', rule: 'remember', status: 'done' });
    tell?.({
      type: 'ended',
      eventId: 9,
      taskId: null,
      state: 'done',
      outcome: 'done',
      reply: '',
      reason: null,
    });
    expect(await running.ended).toMatchObject({ code: 0, stdout: 'remembered: memory 7\n' });
    expect(daemon.calls.at(-1)).toEqual(['memories.list', { event: 9, limit: 50 }]);
  });

  it('says what is taken out since it looks like a secret', async () => {
    const daemon = await cli.daemon();
    for (const isJson of [false, true]) {
      const text =
        'my password is hunter2zzQ9! and the token=sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789';
      const running = cli.begin(['remember', ...(isJson ? ['--json'] : []), text]);
      await expect.poll(() => daemon.watches.size, { timeout: 30_000 }).toBe(1);
      for (const tell of daemon.watches.values()) tell({ type: 'accepted' });
      const { stdout } = await running.ended;
      if (isJson) expect(JSON.parse(stdout)).toMatchObject({ redacted: ['password', 'token'] });
      else expect(stdout).toContain('safe on the disk, without a password and a token: secrets are not kept');
    }
  }, 60_000);

  it('returns when the text is safe, also where the store is away', async () => {
    const daemon = await cli.daemon();
    const running = cli.begin(['remember', '--json', '-'], { stdin: 'x'.repeat(20_000) });
    await expect.poll(() => daemon.watches.size, { timeout: 30_000 }).toBe(1);
    for (const tell of daemon.watches.values()) tell({ type: 'accepted' });
    expect(jsonOf(await running.ended)).toEqual({ state: 'kept', memories: [] });
  });

  it('fails where a rule of the owner’s took it away, or the store refused it', async () => {
    const daemon = await cli.daemon();
    const running = cli.begin(['remember', 'x']);
    await expect.poll(() => daemon.watches.size, { timeout: 30_000 }).toBe(1);
    for (const tell of daemon.watches.values()) {
      tell({ type: 'accepted' });
      tell({ type: 'routed', eventId: 9, route: 'task', rule: 'mine', status: 'task' });
    }
    expect(await running.ended).toMatchObject({ code: 1, stderr: 'ninjad: the rule mine made task of it\n' });
  });

  it('refuses what it cannot keep with 2', async () => {
    await cli.daemon();
    expect((await cli.run(['remember', ' '])).code).toBe(2);
    expect((await cli.run(['remember', 'x', '--kind', 'dream'])).code).toBe(2);
    expect((await cli.run(['remember', 'x', '--title', 'x'.repeat(201)])).code).toBe(2);
  });
});
