import { describe, expect, it } from 'vitest';
import { raiseAlert } from '../../src/alerts/alert-file.ts';
import { openHome } from '../../src/lib/config/open-home.ts';
import { StoreAwayError } from '../../src/lib/errors.ts';
import { someEvent, someStatus, someTask, someTranscript } from '../helpers/fake-control.ts';
import { cliHarness, jsonOf } from './cli-harness.ts';

const cli = cliHarness();

/** Runs for people: exit 0, nothing on stderr, no escape sequence and no trailing blank on stdout. */
async function shown(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await cli.run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).not.toContain('\u001B');
  expect(stdout).not.toMatch(/[ \t]+\n/);
  return stdout.trimEnd().split('\n');
}

describe('ninjad status', () => {
  it('shows what matters in some ten lines', async () => {
    await cli.daemon();
    const lines = await shown('status');
    expect(lines.length).toBeLessThanOrEqual(14);
    expect(lines[0]).toMatch(/^ninjad +0\.1\.0, pid 4242, ready, up \d+ d/);
    expect(lines).toContain('dashboard  http://127.0.0.1:7717/');
    expect(lines).toContain('agent      none found: it quotes what it remembers, see ninjad doctor');
    expect(lines).toContain('models     not all here: it remembers by words, see ninjad doctor');
    expect(lines).toContain('memory     12 memories, 1 to prepare');
    expect(lines).toContain(
      'events     1 003 waiting (HUMAN 1, HIGH 2, NORMAL 1 000); 1 204 311 taken, 3 not understood',
    );
    expect(lines.find((line) => line.startsWith('tasks'))).toMatch(
      /^tasks +1 running of at most 3, 2 queued, .+ of .+; 7 done, 2 dropped, 1 failed, 1 given up$/,
    );
    expect(lines).toContain('spent      $0.042 today, cap $5.00');
  });

  it('shows all of it with --tree, and then the tree as an outline', async () => {
    await cli.daemon();
    const lines = await shown('status', '--tree');
    expect(lines[0]).toMatch(/^ninjad +0\.1\.0, pid 4242, ready, up \d+ d/);
    expect(lines).toContain('dashboard  http://127.0.0.1:7717/');
    expect(lines).toContain('agent      offline: no claude was found');
    expect(lines).toContain('ended      7 done, 2 dropped, 1 failed, 1 given up');
    expect(lines).toContain('spent      $0.042 today, cap $5.00');
    const tree = lines.slice(lines.indexOf('') + 1);
    expect(tree).toHaveLength(3);
    expect(tree[0]).toMatch(/^● database {2}running \(ready\) for \d+ d/);
    expect(tree[1]).toMatch(/^◐ sensors {3}restarting for .*, 2 restarts: disk\uFFFD\[31m gone$/);
    expect(tree[2]).toMatch(/^ {2}○ fleet {3}stopped for .*, 1 restart$/);
  });

  it('begins with the alerts of the home, also where no daemon answers', async () => {
    const paths = openHome(cli.home());
    raiseAlert(paths.alert, {
      name: 'discord',
      since: Date.now() - 60_000,
      text: 'Discord is \u001b[31maway.',
    });
    const { code, stdout } = await cli.run(['status']);
    expect(code).toBe(3);
    expect(stdout.split('\n')[0]).toBe('! Discord is \uFFFD[31maway. (1 m ago)');
    await cli.daemon();
    expect((await shown('status'))[0]).toContain('Discord is');
    expect(jsonOf(await cli.run(['status', '--json']))).toMatchObject({ alerts: [{ name: 'discord' }] });
  });

  it('prints everything with --json', async () => {
    await cli.daemon();
    expect(jsonOf(await cli.run(['status', '--json']))).toEqual({ ...someStatus, alerts: [] });
  });
});

describe('ninjad tasks', () => {
  it('lists them in an aligned table', async () => {
    const daemon = await cli.daemon();
    const [head, row] = await shown('tasks', '--state', 'done', '--limit', '3');
    expect(head).toMatch(/^id +state +priority +source +queued +took +cost +text$/);
    expect(row).toMatch(/^12 +done +HUMAN +cli +\d+ d ago +2 m 14 s +\$0\.042 +what did the nas say\?$/);
    expect(row?.indexOf('HUMAN')).toBe(head?.indexOf('priority'));
    expect(daemon.calls).toEqual([['tasks.list', { state: 'done', limit: 3 }]]);
  });

  it('filters them, and says how the next page is had', async () => {
    const asked: unknown[] = [];
    await cli.daemon({
      'tasks.list': (query) => {
        asked.push(query);
        return { items: [someTask], next: 12 };
      },
    });
    const lines = await shown('tasks', '-p', 'human', '--source', 'cli', '--text', 'nas', '--before', '40');
    expect(lines.at(-1)).toBe('older ones: --before 12');
    expect(asked).toEqual([{ priority: 'HUMAN', source: 'cli', text: 'nas', before: 40, limit: 20 }]);
    expect((await cli.run(['tasks', '--before', 'x'])).stderr).toContain('Expected the number of a row');
  });

  it.each(['events', 'notices', 'deliveries', 'wishes list', 'findings list', 'goals history x'])(
    '%s pages too',
    async (command) => {
      const { stdout } = await cli.run([...command.split(' '), '--help']);
      expect(stdout).toMatch(/--before <id> +only those before this number/);
      expect(stdout).toMatch(/--limit <number>/);
      expect(stdout).toContain('--json');
    },
  );

  it('says so when there are none, and prints an empty list with --json', async () => {
    await cli.daemon({ 'tasks.list': () => ({ items: [], next: null }) });
    expect(await shown('tasks')).toEqual(['no tasks']);
    expect(jsonOf(await cli.run(['tasks', '--json']))).toEqual([]);
  });

  it('passes on why the daemon could not answer', async () => {
    await cli.daemon({
      'tasks.list': () => Promise.reject(new StoreAwayError('the database is away for 3 s')),
    });
    const ran = await cli.run(['tasks', '--json']);
    expect(ran).toEqual({ code: 1, stdout: '', stderr: 'ninjad: the database is away for 3 s\n' });
  });
});

describe('ninjad task', () => {
  it('shows one with its prompt and reply', async () => {
    await cli.daemon();
    const lines = await shown('task', '12');
    expect(lines).toContain('task      12, done, succeeded');
    expect(lines).toContain('took      2 m 14 s');
    expect(lines.slice(-4)).toEqual(['what did the nas say?', '', 'reply', 'that its disk is at 91%']);
  });

  it('prints everything with --json', async () => {
    await cli.daemon();
    expect(jsonOf(await cli.run(['task', '12', '--json']))).toEqual({ ...someTask, memories: [] });
  });

  it('prints what a task did, so that no text of it commands the terminal', async () => {
    await cli.daemon();
    const lines = await shown('task', '12', '--transcript');
    expect(lines[0]).toBe('attempt 1');
    expect(lines[1]).toMatch(/^ +900 ms {2}called {4}Bash: df -h$/);
    expect(lines[2]).toMatch(/^ +\/srv$/);
    expect(lines[3]).toMatch(/returned {2}failed: no.* such file$/);
    expect(lines.join('')).not.toContain('\u001B');
    expect(lines.at(-1)).toBe('2 entries in the middle were not kept');
    expect(jsonOf(await cli.run(['task', '12', '--transcript', '--json']))).toEqual(someTranscript);
  });

  it('goes on with what a task does, until it ends', async () => {
    await cli.daemon();
    const lines = await shown('task', '12', '--follow');
    expect(lines.slice(-3)).toEqual(['attempt 2, running', expect.stringMatching(/noted +again$/), 'done']);
    const { stdout } = await cli.run(['task', '12', '--follow', '--json']);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { type: string }).type),
    ).toEqual(['transcript', 'entries', 'ended']);
  });

  it('commands it', async () => {
    const daemon = await cli.daemon();
    expect(await shown('task', '12', '--retry')).toEqual(['task 12 is queued again']);
    expect(jsonOf(await cli.run(['task', '12', '--steer', 'only /var', '--json']))).toEqual({
      taskId: 12,
      message: 'said',
    });
    expect(daemon.calls).toEqual([
      ['task.retry', { id: 12 }],
      ['task.steer', { id: 12, text: 'only /var' }],
    ]);
  });

  it('exits 1 with the reason when the daemon refuses', async () => {
    await cli.daemon();
    const ended = await cli.run(['task', '12', '--cancel']);
    expect(ended).toEqual({
      code: 1,
      stdout: '',
      stderr: 'ninjad: task 12 is done: only a queued or running one can be cancelled\n',
    });
    expect((await cli.run(['task', '13'])).stderr).toBe('ninjad: no task 13\n');
  });
});

describe('ninjad events', () => {
  it('lists them on one line each, without what could command the terminal', async () => {
    const daemon = await cli.daemon();
    const [head, row] = await shown('events', '--source', 'shell', '--limit', '7');
    expect(head).toMatch(/^received +priority +source +category +route +status +text$/);
    expect(row).toMatch(
      /ago +LOW +shell +note +reflex:note +done +disk on nas is at \uFFFD\]0;owned\uFFFD9%$/,
    );
    expect(daemon.calls).toEqual([['events.list', { source: 'shell', limit: 7 }]]);
    await shown('events', '--source', 'cron:*');
    expect(daemon.calls.at(-1)).toEqual(['events.list', { source: 'cron:*', limit: 20 }]);
    expect(await cli.run(['events', '--source', 'cron disk'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('with * for any of them') as string,
    });
  });

  it('prints texts as they are with --json', async () => {
    await cli.daemon();
    expect(jsonOf(await cli.run(['events', '--json']))).toEqual([someEvent]);
  });

  it('explains which rule would take a line', async () => {
    const daemon = await cli.daemon();
    const line = 'HUMAN|cron:disk||alert|full';
    expect(await shown('events', '--explain', line)).toEqual([
      'task by rule urgent',
      'as URGENT (it claims HUMAN, which its source may not) from cron:disk, category alert',
      '',
      'rule    why',
      'human   the priority URGENT is none of HUMAN',
      'urgent  every condition holds',
    ]);
    expect(daemon.calls).toEqual([['events.explain', { line }]]);
    expect(daemon.lines()).toEqual([]);
  });

  it('explains why a line would be refused', async () => {
    await cli.daemon({
      'events.explain': () => Promise.resolve({ accepted: false, reason: 'expected five fields' }),
    });
    expect(await shown('events', '--explain', 'x')).toEqual(['not understood: expected five fields']);
    expect(jsonOf(await cli.run(['events', '--explain', 'x', '--json']))).toEqual({
      accepted: false,
      reason: 'expected five fields',
    });
  });
});

describe('ninjad config', () => {
  it('lists every setting with where it comes from', async () => {
    await cli.daemon();
    const lines = await shown('config');
    expect(lines[0]).toMatch(/^setting +from +value$/);
    expect(lines.find((line) => line.startsWith('port '))).toMatch(/^port +default +7717$/);
    const listed = jsonOf(await cli.run(['config', 'list', '--json'])) as { key: string }[];
    expect(listed).toHaveLength(lines.length - 1);
  });

  it('sets, gets and takes back a value while the daemon runs', async () => {
    const daemon = await cli.daemon();
    expect(await shown('config', 'set', 'spend.dailyUsd', '2.50')).toEqual([
      'spend.dailyUsd is now 2.5 (config set)',
    ]);
    expect(await shown('config', 'get', 'spend.dailyUsd')).toEqual(['2.5']);
    expect(jsonOf(await cli.run(['config', 'get', 'spend.dailyUsd', '--json']))).toMatchObject({
      key: 'spend.dailyUsd',
      value: 2.5,
      origin: 'table',
    });
    expect(await shown('config', 'unset', 'spend.dailyUsd')).toEqual([
      'spend.dailyUsd is now null (default)',
    ]);
    expect(daemon.calls[0]).toEqual(['config.set', { key: 'spend.dailyUsd', value: 2.5 }]);
  });

  it('exits 2 when the daemon refuses the change', async () => {
    await cli.daemon();
    const ran = await cli.run(['config', 'set', 'port', '80']);
    expect(ran).toEqual({
      code: 2,
      stdout: '',
      stderr: 'ninjad: port cannot change while the daemon runs: set it in config.json and restart\n',
    });
  });
});
