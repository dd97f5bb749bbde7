import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { NinjadError } from '../../src/lib/errors.ts';
import { someSqlRows } from '../helpers/fake-control.ts';
import { cliHarness, jsonOf } from './cli-harness.ts';

const cli = cliHarness();
const nodeOnly = () => ({ PATH: join(cli.home(), 'no-programs') });
const table = 'id  detail\n1\n20  {"a":1}\n(2 rows)\n';

/** A PATH on which psql is a script that notes how it was called. */
function fakePsql(exitCode = 0): { env: { PATH: string }; called: () => string } {
  const folder = join(dirname(cli.home()), 'bin');
  mkdirSync(folder);
  const log = join(folder, 'called');
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" "password=$PGPASSWORD" > '${log}'\ncat\nexit ${exitCode}\n`;
  writeFileSync(join(folder, 'psql'), script);
  chmodSync(join(folder, 'psql'), 0o755);
  return { env: { PATH: `${folder}:/usr/bin:/bin` }, called: () => readFileSync(log, 'utf8') };
}

describe('ninjad psql without psql', () => {
  it('runs -c and prints aligned rows', async () => {
    const daemon = await cli.daemon();
    const ran = await cli.run(['psql', '-c', 'select 1'], { env: nodeOnly() });
    expect(ran).toEqual({ code: 0, stdout: table, stderr: '' });
    expect(daemon.calls).toEqual([['sql.run', { text: 'select 1' }]]);
  });

  it('runs each -c and each file in their order', async () => {
    const daemon = await cli.daemon();
    const file = join(dirname(cli.home()), 'two.sql');
    writeFileSync(file, 'select 2');
    const args = ['psql', '-q', '-c', 'select 1', '-f', file, '--command=select 3', '-f', '-'];
    expect((await cli.run(args, { env: nodeOnly(), stdin: 'select 4' })).code).toBe(0);
    expect(daemon.calls).toEqual([1, 2, 3, 4].map((number) => ['sql.run', { text: `select ${number}` }]));
  });

  it.each([
    [['-v', 'x=1'], '-v'],
    [['--csv'], '--csv'],
    [['mydb'], 'mydb'],
  ])('refuses what only psql knows: %j', async (args, got) => {
    await cli.daemon();
    const { code, stderr } = await cli.run(['psql', ...args], { env: nodeOnly() });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `ninjad: expected -c, -f or -q, which is all that is there without psql, got ${got}\n`,
    });
  });

  it('runs a piped stdin as one text', async () => {
    const daemon = await cli.daemon();
    const ran = await cli.run(['psql'], { env: nodeOnly(), stdin: 'begin;\nselect 1;\ncommit;\n' });
    expect(ran).toEqual({ code: 0, stdout: table, stderr: '' });
    expect(daemon.calls).toEqual([['sql.run', { text: 'begin;\nselect 1;\ncommit;' }]]);
  });

  it('prints the results with --json', async () => {
    await cli.daemon();
    const ran = await cli.run(['psql', '--json', '-c', 'select 1']);
    expect(jsonOf(ran)).toMatchObject([
      {
        command: 'SELECT',
        rows: [
          [1, null],
          [20, { a: 1 }],
        ],
      },
    ]);
  });

  it('says what a statement without rows did, and that rows were left out', async () => {
    const nothing = { rowCount: 3, columns: [], rows: [], truncated: false };
    await cli.daemon({
      'sql.run': () =>
        Promise.resolve([
          { ...nothing, command: 'UPDATE' },
          { ...nothing, command: 'CREATE', rowCount: null },
          { command: 'SELECT', rowCount: 5000, columns: ['n'], rows: [[1]], truncated: true },
        ]),
    });
    const { stdout } = await cli.run(['psql', '-c', 'x'], { env: nodeOnly() });
    expect(stdout).toBe('UPDATE 3\nCREATE\nn\n1\n(1 row, more were left out)\n');
  });

  it('exits 1 with what Postgres said', async () => {
    await cli.daemon({
      'sql.run': () => Promise.reject(new NinjadError('SQL_42601', 'ERROR: syntax error at or near "selct"')),
    });
    const ran = await cli.run(['psql', '-c', 'selct 1'], { env: nodeOnly() });
    expect(ran).toEqual({ code: 1, stdout: '', stderr: 'ninjad: ERROR: syntax error at or near "selct"\n' });
  });

  it('exits 2 for an empty stdin', async () => {
    await cli.daemon();
    const ran = await cli.run(['psql'], { env: nodeOnly(), stdin: ' \n' });
    expect(ran).toEqual({ code: 2, stdout: '', stderr: 'ninjad: expected SQL, got nothing\n' });
  });
});

describe.runIf(process.platform === 'linux')('the built-in prompt', () => {
  it('runs each statement at its semicolon, survives a bad one, and leaves at \\q', async () => {
    const daemon = await cli.daemon({
      'sql.run'({ text }) {
        if (text.includes('selct')) throw new NinjadError('SQL_42601', 'ERROR: syntax error');
        daemon.calls.push(['sql.run', { text }]);
        return someSqlRows;
      },
    });
    const { child, out, ended } = cli.beginOnTerminal(['psql'], { env: nodeOnly() });
    const typeAfter = async (seen: string, typed: string) => {
      await vi.waitFor(() => expect(out.stdout).toContain(seen), { timeout: 30_000 });
      child.stdin.write(typed);
    };
    await typeAfter('ninjad=# ', 'selct 1;\r');
    await typeAfter('ERROR: syntax error', 'select\r');
    await typeAfter('ninjad-# ', '1;\r');
    await typeAfter('(2 rows)', '\\q\r');
    expect((await ended).code).toBe(0);
    expect(daemon.calls).toEqual([['sql.run', { text: 'select\n1;' }]]);
  });
});

describe('ninjad psql with psql', () => {
  it('runs it on the embedded database that the daemon names, with our stdin and stdout', async () => {
    await cli.daemon();
    const psql = fakePsql();
    const ran = await cli.run(['psql', '-c', 'select 1'], { env: psql.env, stdin: 'through' });
    expect(ran).toEqual({ code: 0, stdout: 'through', stderr: '' });
    expect(psql.called()).toBe('postgresql:///postgres?host=%2Frun&user=postgres\n-c\nselect 1\npassword=\n');
  });

  it('passes on whatever psql takes, in its order', async () => {
    await cli.daemon();
    const psql = fakePsql();
    const args = ['-X', '-v', 'x=1', '-c', 'select :x', '-f', 'a.sql', '-c', 'select 2', '--csv'];
    expect((await cli.run(['psql', ...args], { env: psql.env })).code).toBe(0);
    expect(psql.called().split('\n').slice(1, -2)).toEqual(args);
  });

  it('runs it on DATABASE_URL even without a daemon, with the password out of sight', async () => {
    const psql = fakePsql();
    const env = { ...psql.env, DATABASE_URL: 'postgres://me:hunt%3Aer2@db.example/ninjad' };
    expect((await cli.run(['psql'], { env })).code).toBe(0);
    expect(psql.called()).toBe('postgres://me@db.example/ninjad\npassword=hunt:er2\n');
  });

  it('exits 1 when psql fails, whatever its own status', async () => {
    await cli.daemon();
    const psql = fakePsql(3);
    expect((await cli.run(['psql', '-c', 'x'], { env: psql.env })).code).toBe(1);
  });
});
