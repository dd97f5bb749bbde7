import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandNames } from '../../src/cli/command-names.ts';
import { openHome } from '../../src/lib/config/open-home.ts';
import { ensureFifo } from '../../src/lib/wire/fifo.ts';
import { cliHarness } from './cli-harness.ts';

const cli = cliHarness();
const commands = [
  'up',
  'stop',
  'restart',
  'logs',
  'chat',
  'completion',
  'version',
  'dashboard',
  'send',
  'ask',
  'status',
  'tasks',
  'task',
  'events',
  'rules',
  'notices',
  'goals',
  'cost',
  'clock',
  'config',
  'mcp',
  'psql',
];

const ruleCommands = [
  ...['list', 'show', 'add', 'edit', 'move', 'enable', 'disable', 'remove'],
  ...['try', 'release', 'import', 'export', 'undo', 'history'],
];

describe('help', () => {
  it('has its commands under headings, the first what one begins with', async () => {
    const { stdout } = await cli.run(['--help']);
    const headings = stdout.split('\n').filter((line) => /^[A-Z].*:$/.test(line) && line !== 'Examples:');
    expect(headings.length).toBeGreaterThanOrEqual(5);
    expect(headings.slice(0, 2)).toEqual(['Options:', 'Run it:']);
    const listed = commandNames;
    for (const name of listed) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  it('names the command as it was started', async () => {
    const env = { npm_lifecycle_event: 'npx', npm_lifecycle_script: 'ninjad' };
    expect((await cli.run(['tasks', '--help'], { env })).stdout).toContain('  $ npx ninjad tasks --json');
    expect((await cli.run(['tasks'], { env })).stderr).toContain('start one with: npx ninjad up\n');
    expect((await cli.run(['tasks'])).stderr).toContain('start one with: ninjad up\n');
  });

  it('lists every command, the exit statuses and examples', async () => {
    const { code, stdout, stderr } = await cli.run(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    expect(stdout).toContain('Exit status: 0 done, 1 failed, 2 wrong usage, 3 the daemon does not run.');
  });

  it.each([
    ...commands,
    ...['list', 'get', 'set', 'unset'].map((name) => `config ${name}`),
    ...ruleCommands.map((name) => `rules ${name}`),
  ])('of %s has examples', async (name) => {
    const { code, stdout, stderr } = await cli.run([...name.split(' '), '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: ninjad ${name} `);
    expect(stdout).toContain(`Examples:\n`);
    expect(stdout).toMatch(new RegExp(`ninjad ${name.split(' ')[0] ?? ''}`));
    expect(stdout.split('\n').filter((line) => line.length > 110)).toEqual([]);
  });

  it('prints the version', async () => {
    const { code, stdout, stderr } = await cli.run(['--version']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ninjad 0\.1\.0 \((?:[0-9a-f]+(?:-dirty)?, )?node \d+\.\d+\.\d+\)\n$/);
  });
});

describe('wrong usage exits 2 with a hint on stderr and nothing on stdout', () => {
  it.each([
    [[], 'Usage: ninjad'],
    [['stauts'], "unknown command 'stauts'"],
    [['stauts'], 'Did you mean status?'],
    [['status', '--jsn'], 'Did you mean --json?'],
    [['status', '--jsn'], 'add --help to see how it is used'],
    [['send'], "missing required argument 'text'"],
    [['send', ''], 'expected a text, got nothing'],
    [['send', '-p', 'LOUD', 'x'], 'Expected HUMAN, URGENT, HIGH, NORMAL, LOW, IDLE or 0 to 5.'],
    [['send', '-c', 'two words', 'x'], 'letters, digits and ._:-'],
    [
      ['send', '-p', 'human', '-s', 'cron:disk', 'x'],
      'only dashboard, discord, cli and shell may claim HUMAN',
    ],
    [['tasks', '--limit', '0'], 'Expected a whole number from 1 to 1000.'],
    [['tasks', '--state', 'lost'], 'Allowed choices are queued, running'],
    [['cost', '--by', 'colour'], 'Allowed choices are day, category, model'],
    [['cost', '--days', '0'], 'Expected a whole number from 1 to 366.'],
    [['notices', 'seen'], 'expected the numbers of notices, or --all'],
    [['notices', 'seen', '3', '--all'], 'expected the numbers of notices, or --all'],
    [['notices', 'seen', 'three'], 'Expected the number of a notice'],
    [['task'], "missing required argument 'id'"],
    [['task', 'twelve'], 'Expected the number of a task'],
    [['task', '12', '--cancel', '--retry'], "'--cancel' cannot be used with option '--retry'"],
    [['config', 'set', 'task.timeoutms', '1'], 'did you mean task.timeoutMs?'],
    [['config', 'set', 'task.timeoutMs', 'long'], 'expected a whole number of milliseconds'],
    [['config', 'frobnicate'], 'too many arguments'],
  ])('%j', async (args, hint) => {
    const { code, stdout, stderr } = await cli.run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(hint);
    expect(existsSync(cli.home())).toBe(false);
  });

  it('for a stdin that is not UTF-8', async () => {
    const ran = await cli.run(['send', '-'], { stdin: Buffer.from([0x66, 0xff, 0x0a]) });
    expect(ran).toEqual({ code: 2, stdout: '', stderr: 'ninjad: expected UTF-8 on stdin\n' });
  });
});

describe('all that is wrong is said in one voice', () => {
  it.each([['stauts'], ['status', '--jsn'], ['send', ''], ['config', 'get', 'bogus'], ['tasks'], ['send']])(
    '%s %s %s',
    async (...args) => {
      const { stderr } = await cli.run(args);
      expect(stderr).toMatch(/^ninjad: [a-z]/);
      expect(stderr).not.toMatch(/^error/m);
    },
  );

  it('guesses near names only', async () => {
    expect((await cli.run(['config', 'get', 'prt'])).stderr).toBe(
      'ninjad: unknown setting prt: did you mean port?\n',
    );
    expect((await cli.run(['config', 'get', 'bogus'])).stderr).toBe('ninjad: unknown setting bogus\n');
  });
});

describe('without a daemon', () => {
  it.each([
    ['status'],
    ['status', '--json'],
    ['tasks'],
    ['task', '12'],
    ['events'],
    ['events', '--explain', 'LOW|a||b|c'],
    ['cost'],
    ['notices'],
    ['notices', 'seen', '12'],
    ['config'],
    ['config', 'set', 'log.level', 'debug'],
    ['psql', '-c', 'select 1'],
    ['psql', '--json', '-c', 'select 1'],
    ['send', 'hello'],
    ['send', '--wait', 'hello'],
    ['send', 'x'.repeat(5000)],
    ['ask', 'hello'],
  ])('%s %s %s exits 3 and says how to start one', async (...args) => {
    const { code, stdout, stderr } = await cli.run(args);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('start one with: ninjad up');
    expect(existsSync(cli.home())).toBe(false);
  });

  it('a pipe that nobody reads does not hold the writer, and nothing stays in the spool', async () => {
    const { fifo, spool } = openHome(cli.home());
    await ensureFifo(fifo);
    for (const text of ['short', 'x'.repeat(5000)]) {
      const { code, stderr } = await cli.run(['send', text]);
      expect(code).toBe(3);
      expect(stderr).toContain(`no daemon answers at ${fifo}`);
    }
    expect(readdirSync(spool)).toEqual([]);
  });
});

describe('up refuses before anything is started', () => {
  it.each(['/proc/none/home', '/dev/null/home'])('a home that cannot be made: %s', async (home) => {
    const { code, stderr } = await cli.run(['up'], { env: { NINJAD_HOME: home } });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ninjad: cannot make the folder /);
  });

  it('a home that others can write to', async () => {
    mkdirSync(cli.home());
    chmodSync(cli.home(), 0o777);
    const { code, stderr } = await cli.run(['up']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `ninjad: ${cli.home()} can be written by others (mode 0777): run chmod 700 ${cli.home()}\n`,
    );
  });

  it('an unknown key in config.json, with the nearest name', async () => {
    mkdirSync(cli.home(), { mode: 0o700 });
    const file = join(cli.home(), 'config.json');
    writeFileSync(file, '{"mailbox":{"agingMs":1}}');
    const { code, stderr } = await cli.run(['up']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `ninjad: unknown setting mailbox.agingMs in ${file}: did you mean mailbox.ageingMs?\n`,
    );
  });

  it('a bad value in the environment', async () => {
    const { code, stderr } = await cli.run(['up'], { env: { NINJAD_TASK_TIMEOUT_MS: '11min' } });
    expect(code).toBe(2);
    expect(stderr).toContain(
      'task.timeoutMs in NINJAD_TASK_TIMEOUT_MS: expected a whole number of milliseconds',
    );
  });
});
