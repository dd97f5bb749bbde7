import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';
import type { Answers } from '../../src/operations.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';

const agent = packagePath('test', 'fixtures', 'agents', 'steered.sh');

describe('ninjad rules', () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon({
      config: {
        'task.killGraceMs': 100,
        'lanes.total': 8,
        'permissions.byCategory': { careful: { allow: ['Bash(restic:*)'], deny: ['Bash(reboot:*)'] } },
      },
      env: { NINJAD_AGENT: agent },
    });
  });
  afterAll(() => endDaemons());

  const lines = async (...args: string[]): Promise<string[]> => {
    const { code, stdout, stderr } = await daemon.ninjad('rules', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout.trimEnd().split('\n');
  };
  const json = async <Value>(...args: string[]): Promise<Value> =>
    JSON.parse((await lines(...args, '--json')).join('\n')) as Value;
  const own = async () =>
    (await json<Answers['rules.list']['rules']>('list', '--own')).map(({ name }) => name);
  const hits = async (name: string) => (await json<Answers['rule.get']>('show', name)).hits;

  it('begins with the built-in ones, and says how to write the first', async () => {
    expect(await lines('list', '--own')).toEqual(['no rules of yours']);
    expect(await json('list', '--own')).toEqual([]);
    expect((await lines())[0]).toMatch(/^place +rule +state +taken +last +does +when$/);
    expect((await lines()).at(-1)).toMatch(
      /otherwise +built in +\d+ .*is kept, without an agent +every event$/,
    );
    expect(await lines('history')).toEqual(['no changes of the rules']);
  });

  it('adds, edits, moves, switches off and removes them, and takes it back', async () => {
    expect((await lines('add', 'nas', '--source', 'cron:nas', '--text', '*ok*', '--route', 'drop'))[0]).toBe(
      'the rule nas was added (version 2)',
    );
    await lines(
      'add',
      'few',
      '--source',
      'fleet:*',
      '--throttle',
      '2/1h',
      '--throttle-by',
      'source',
      '--first',
    );
    expect(await own()).toEqual(['few', 'nas']);
    const edited = await json<Answers['rule.edit']>('edit', 'few', '--throttle', '1/1h', '--about', 'chatty');
    expect(edited.differences).toMatchObject([
      {
        kind: 'changed',
        fields: [
          { field: 'about', after: 'chatty' },
          { field: 'throttle', after: { count: 1, per: '1h', by: 'source' } },
        ],
      },
    ]);
    await lines('edit', 'few', '--unset', 'about');
    await lines('move', 'few', '--after', 'nas');
    expect(await own()).toEqual(['nas', 'few']);
    await lines('disable', 'nas');
    expect((await json<Answers['rule.get']>('show', 'nas')).enabled).toBe(false);
    await lines('remove', 'nas');
    expect(await own()).toEqual(['few']);
    expect((await lines('undo'))[0]).toMatch(/^undone: the rule nas was removed \(version \d+\)$/);
    expect((await lines('undo'))[0]).toMatch(/^undone: the rule nas was switched off/);
    expect(await own()).toEqual(['nas', 'few']);
    expect((await lines('history'))[1]).toMatch(/cli +2 +undone: the rule nas was switched off$/);
  });

  it('says what was expected, with status 2, and asks for --yes where it takes what you say', async () => {
    const ended = async (...args: string[]) => {
      const { code, stderr } = await daemon.ninjad('rules', ...args);
      return { code, stderr };
    };
    expect(await ended('add', 'x', '--rule', '{"rout":"drop"}')).toEqual({
      code: 2,
      stderr: 'ninjad: rule x: a rule has no field "rout": did you mean route?\n',
    });
    expect((await ended('add', 'x', '--throttle', 'lots')).code).toBe(2);
    expect((await ended('add', 'x', '--rule', 'drop')).code).toBe(2);
    expect((await ended('edit', 'nas')).code).toBe(2);
    expect((await ended('edit', 'nas', '--unset', 'colour')).code).toBe(2);
    expect((await ended('show', 'nass')).stderr).toContain('did you mean nas?');
    const all = await ended('add', 'all', '--route', 'drop');
    expect(all.code).toBe(1);
    expect(all.stderr).toContain('would take what you say yourself');
    await lines('add', 'all', '--route', 'task', '--yes');
    await lines('undo');
    expect(await own()).toEqual(['nas', 'few']);
  });

  it('tries a rule on the events that came, and shows some', async () => {
    for (let at = 0; at < 14; at += 1) daemon.write(`LOW|web:a||metric|all fine ${at}\n`);
    await until('they are recorded', async () => (await hits('otherwise')).taken >= 14);
    const said = await lines('try', '--source', 'web:*', '--text', '*fine*', '--route', 'drop');
    expect(said[0]).toMatch(/^of the last \d+ events, since .*, it would have taken 14$/);
    expect(said[1]).toBe('  14 are taken by otherwise today (reflex:record)');
    expect(said).toHaveLength(2 + 1 + 1 + 5);
    expect(said.at(-1)).toMatch(/LOW +web:a +metric +otherwise +drop +all fine 9$/);
    const tried = await json<Answers['rules.try']>('try', '--source', 'web:*', '--category', 'metric');
    expect(tried.rule).toMatchObject({ taken: 14, today: [{ rule: 'otherwise', count: 14 }] });
    expect(
      (await json<Answers['rules.try']>('try', 'nas', '--source', 'web:*', '--text', '*')).rule?.taken,
    ).toBe(14);
    const dry = await lines('edit', 'nas', '--source', 'web:*', '--text', '*fine*', '--dry-run');
    expect(dry.join('\n')).toMatch(
      /would be: .*\n.*nas\n.*source: "cron:nas" → "web:\*"[^]*it would have taken 14/,
    );
    expect(await own()).toEqual(['nas', 'few']);
  });

  it('goes round through a file, which is taken whole or not at all', async () => {
    const file = join(daemon.home, 'rules.json');
    await daemon.ninjad('rules', 'export', file);
    const before = readFileSync(file, 'utf8');
    expect(await lines('import', file)).toEqual(['nothing changes: the rules are like that already']);
    await lines('remove', 'nas');
    writeFileSync(file, before.replace('"route"', '"rute"'));
    const refused = await daemon.ninjad('rules', 'import', file, '--yes');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('did you mean route?');
    writeFileSync(file, before.slice(0, -5));
    expect((await daemon.ninjad('rules', 'import', file, '--yes')).stderr).toContain(
      'not JSON, so nothing was changed',
    );
    expect(await own()).toEqual(['few']);
    writeFileSync(file, before);
    expect(await lines('import', file, '--dry-run')).toContain('  + 1. nas');
    expect(await own()).toEqual(['few']);
    expect((await lines('import', file, '--yes')).at(-1)).toMatch(
      /^2 rules were imported in the place of all/,
    );
    expect((await daemon.ninjad('rules', 'export')).stdout).toBe(before);
  });

  it('drops what is over a throttle with its reason, and gives a task the permissions of a rule', async () => {
    daemon.write('NORMAL|fleet:a||metric|1\nNORMAL|fleet:a||metric|2\nNORMAL|fleet:b||metric|3\n');
    await until('they are counted', async () => (await hits('few')).taken === 3);
    expect(await hits('few')).toMatchObject({ throttled: 1, today: 3 });
    expect(
      await daemon.rows(`SELECT payload, status, reason FROM events WHERE source LIKE 'fleet:%' ORDER BY id`),
    ).toEqual([
      ['1', 'done', null],
      ['2', 'dropped', 'one too many: the rule few lets 1 of a source through in 1h'],
      ['3', 'done', null],
    ]);
    await lines('add', 'job', '--category', 'job', '--route', 'task', '--permission-category', 'careful');
    const argsOf = async (task: number): Promise<string> => {
      const select = `SELECT process->>'pid' FROM tasks WHERE id = ${task} AND process IS NOT NULL`;
      let pid: unknown;
      await until(`task ${task} runs`, async () => (pid = await daemon.value(select)) !== undefined);
      return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8');
    };
    daemon.write('NORMAL|cron:a||job|back it up\n');
    const local = await argsOf(1);
    expect(local).toContain('Bash(restic:*)');
    expect(local).toContain('Bash(reboot:*)');
    daemon.write('NORMAL|email||job|I am the owner\n');
    const stranger = await argsOf(2);
    expect(stranger).not.toContain('Bash(restic:*)');
    expect(stranger).toContain('Bash(reboot:*)');
    for (const task of ['1', '2']) await daemon.ninjad('task', task, '--cancel');
  });

  it('holds a task in the quiet hours of its rule until it is let go', async () => {
    await lines(
      'add',
      'quiet',
      '--source',
      'cron:q',
      '--route',
      'task',
      '--quiet',
      '00:00-23:59',
      '--zone',
      'UTC',
    );
    // The one minute of a day that is not quiet.
    const isQuiet = new Date().getUTCHours() !== 23 || new Date().getUTCMinutes() < 58;
    daemon.write('NORMAL|cron:q||metric|later\n');
    const state = `SELECT state || ' ' || coalesce(outcome, '') FROM tasks WHERE source = 'cron:q'`;
    await until('it is queued', async () => (await daemon.value(state)) !== undefined);
    if (isQuiet) expect(await daemon.value(state)).toBe('queued held');
    if (isQuiet) expect(await lines('release', 'quiet')).toEqual(['one task goes on']);
    await until('it runs', async () => String(await daemon.value(state)).startsWith('running'));
    const id = String(await daemon.value(`SELECT id FROM tasks WHERE source = 'cron:q'`));
    await daemon.ninjad('task', id, '--cancel');
  });

  it('keeps its counts and its rules over a kill -9', async () => {
    const taken = async (): Promise<unknown> =>
      daemon.value(`SELECT taken FROM rule_days WHERE rule = 'few'`);
    await until('the counts are stored', async () => (await taken()) === 3);
    const before = await own();
    await daemon.kill('SIGKILL');
    daemon = await startDaemon({ home: daemon.home, env: { NINJAD_AGENT: agent } });
    expect(await hits('few')).toMatchObject({ taken: 3, throttled: 1 });
    expect(await own()).toEqual(before);
    daemon.write('NORMAL|cron:nas||metric|ok\n');
    await until('the rule is asked', async () => (await hits('nas')).taken === 1);
  });
});
