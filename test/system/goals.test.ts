import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { endDaemons, newHome, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { release, step, tellAgent, toldAgent } from '../helpers/told-agent.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

const json = async (daemon: TestDaemon, ...args: string[]): Promise<unknown> => {
  const { stdout, stderr, code } = await daemon.ninjad('goals', ...args, '--json');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout);
};
const result = (text: string) => JSON.stringify({ notify: true, text, severity: 'info' });

// One start serves all of it: the tables are looked at from inside.
it('are made, listed, run, changed and removed on the command line, and show what came of each run', async () => {
  const home = await newHome({
    'task.maxAttempts': 1,
    'permissions.byCategory': { backup: { allow: ['Bash(restic:*)'] } },
    goals: {
      declared: { when: 'every weekday at 9', zone: 'Europe/Berlin', prompt: 'look', quiet: '22:00-07:00' },
    },
  });
  tellAgent(home, 'report', [step.ends(`Looked.\n${result('two disks are full')}`)], 'what is full');
  const daemon = await startDaemon({ home, env: toldAgent });

  const dry = await daemon.ninjad(
    ...['goals', 'add', 'report', '--when', 'every weekday at 9', '--zone', 'Europe/Berlin'],
    ...['--prompt', 'what is full?', '--dry-run'],
  );
  expect(dry.code).toBe(0);
  expect(dry.stdout).toMatch(
    /^cron {3}0 9 \* \* 1-5\nzone {3}Europe\/Berlin \(now \+0[12]:00\)\nnext {3}(\S+)\n {7}\S+\n {7}\S+\n/,
  );
  expect(await json(daemon, 'list')).toMatchObject([{ name: 'declared', declaredIn: 'config.json' }]);

  const added = await json(
    daemon,
    ...[
      'add',
      'report',
      '--when',
      'every weekday at 9',
      '--zone',
      'Europe/Berlin',
      '--prompt',
      'what is full?',
    ],
    ...['--done-check', 'grep -q full', '--budget', '0.5', '--timeout', '10m', '--missed', 'once'],
    ...['--overlap', 'queue', '--quiet', '22:00-07:00'],
  );
  expect(added).toMatchObject({
    name: 'report',
    cron: '0 9 * * 1-5',
    every: null,
    at: null,
    zone: 'Europe/Berlin',
    paused: false,
    lastRun: null,
    budgetUsd: 0.5,
    timeout: '10m',
    trust: 'owner',
  });
  expect((added as { nextRuns: string[] }).nextRuns).toHaveLength(3);

  await json(daemon, 'edit', 'report', '--quiet', '', '--when', 'every 90 minutes', '--category', 'backup');
  const run = await json(daemon, 'run', 'report');
  expect(run).toMatchObject({
    state: 'done',
    execution: 'done',
    doneCheck: 'passed',
    delivery: 'told',
    byHand: true,
    result: { notify: true, text: 'two disks are full', severity: 'info' },
  });
  expect(await json(daemon, 'show', 'report')).toMatchObject({
    cron: null,
    every: '1h30m',
    quiet: null,
    lastRun: { state: 'done', doneCheck: 'passed', delivery: 'told', reason: null },
  });
  expect(await json(daemon, 'history', 'report')).toMatchObject([{ state: 'done', doneCheck: 'passed' }]);
  expect(await daemon.rows('SELECT source, category, status FROM events')).toEqual([
    ['goal:report', 'goal', 'done'],
  ]);
  expect(await daemon.rows(`SELECT origin, text FROM owner_notices`)).toEqual([
    ['goal', 'report: two disks are full'],
  ]);

  // A wire line by the clock, exactly once a second.
  await json(daemon, 'add', 'line', '--when', '* * * * * *', '--reflex', 'LOW|cron:disk||metric|91');
  await until(
    'it fired',
    async () => Number(await daemon.value(`SELECT count(*) FROM events WHERE source = 'cron:disk'`)) >= 2,
  );
  await json(daemon, 'pause', 'line');
  await until(
    'no fire is open',
    async () => (await daemon.value(`SELECT count(*) FROM job_fires WHERE ended_at IS NULL`)) === 0,
  );
  const fires =
    await daemon.rows(`SELECT fire.state, event.id IS NOT NULL FROM job_fires AS fire JOIN goal_runs AS run ON run.fire_id = fire.id
     LEFT JOIN events AS event ON event.dedup_key = run.event_key WHERE run.terms->>'name' = 'line'`);
  expect(new Set(fires.map(String))).toEqual(new Set(['done,true']));
  expect(await daemon.value(`SELECT count(*) FROM events WHERE source = 'cron:disk'`)).toBe(fires.length);

  // What cannot be kept is said, and nothing of it is saved.
  for (const [args, code, why] of [
    [['add', 'x', '--when', 'banana', '--prompt', 'x'], 2, 'did you mean "every weekday at 9"?'],
    [['add', 'x', '--when', '0 0 30 2 *', '--prompt', 'x'], 2, 'is never due'],
    [['add', 'x', '--when', 'every day at 9', '--prompt', 'x', '--zone', 'Mars/Phobos'], 2, 'no time zone'],
    [['add', 'x', '--when', 'every day at 9'], 2, 'needs a prompt'],
    [['add', 'x', '--when', 'every day at 9', '--reflex', 'nonsense'], 2, 'refused by the wire'],
    [
      ['add', 'x', '--when', 'every day at 9', '--prompt', 'x', '--quiet', 'nights'],
      2,
      'quiet hours are written as',
    ],
    [['add', 'x', '--when', 'every day at 9', '--prompt', 'x', '--timeout', 'soon'], 2, 'a span of time'],
    [['add', 'report', '--when', 'every day at 9', '--prompt', 'x'], 1, 'there is a goal report already'],
    [['show', 'reprt'], 1, 'did you mean report?'],
    [['edit', 'declared', '--when', 'every day at 9'], 1, 'is declared in config.json'],
    [['remove', 'declared'], 1, 'is declared in config.json'],
  ] as const) {
    const ran = await daemon.ninjad('goals', ...args);
    expect([args.join(' '), ran.code, ran.stderr]).toEqual([
      args.join(' '),
      code,
      expect.stringContaining(why),
    ]);
  }

  await json(daemon, 'edit', 'report', '--done-check', 'no-such-program');
  const failed = await daemon.ninjad('goals', 'run', 'report');
  expect(failed.code).toBe(1);
  expect(failed.stdout).toContain('the done-check failed: it was not found in /usr/local/sbin');
  const report = await daemon.ninjad('goals', 'doctor');
  expect(report.code).toBe(1);
  expect(report.stdout).toContain(
    'report: its done-check cannot be run: there is no no-such-program in /usr/local/sbin',
  );
  expect(report.stdout).toContain('report: its last run failed: the done-check failed');
  expect(report.stdout).toContain('line: it is paused: paused by the owner');
  expect((await daemon.ninjad('ask', '/goals')).stdout).toContain(
    'line: * * * * * *, paused (paused by the owner), last done',
  );

  await json(daemon, 'remove', 'line');
  expect(await json(daemon, 'list')).toMatchObject([{ name: 'declared' }, { name: 'report' }]);

  // Another life with another config.json.
  await daemon.kill('SIGTERM');
  writeFileSync(
    join(home, 'config.json'),
    JSON.stringify({ goals: [{ name: 'new', when: 'tomorrow at 8', prompt: 'x' }] }),
  );
  const next = await startDaemon({ home, env: toldAgent });
  await until(
    'it is declared',
    async () => (await next.value(`SELECT count(*) FROM goals WHERE name = 'new'`)) === 1,
  );
  expect(await json(next, 'list')).toMatchObject([
    { name: 'new', declaredIn: 'config.json' },
    { name: 'report' },
  ]);
});

it('go on with the same task after the daemon was killed in the midst of a run, and tell once', async () => {
  const home = await newHome({ 'task.maxAttempts': 3, 'task.retryMinMs': 0 });
  tellAgent(home, 'slow', [step.says('Begun.'), step.waits('go'), step.ends(result('through'))], 'be slow');
  const daemon = await startDaemon({ home, env: toldAgent });
  await json(daemon, 'add', 'slow', '--when', 'every day at 9', '--prompt', 'be slow');
  const { id } = await daemon.client.ask('goal.named', { name: 'slow' });
  const { fireId } = await daemon.client.ask('goal.run', { id });
  await until('the task runs', async () => (await daemon.value('SELECT state FROM tasks')) === 'running');
  await daemon.kill('SIGKILL');
  release(home, 'go');
  const next = await startDaemon({ home, env: toldAgent });
  let run = await next.client.ask('goal.fire', { id: fireId, wait: true });
  while (run.endedAt === null) run = await next.client.ask('goal.fire', { id: fireId, wait: true });
  expect(run).toMatchObject({ state: 'done', execution: 'done', delivery: 'told' });
  expect(await next.rows('SELECT count(*), count(DISTINCT event_id) FROM tasks')).toEqual([[1, 1]]);
  expect(await next.rows(`SELECT text FROM owner_notices WHERE origin = 'goal'`)).toEqual([
    ['slow: through'],
  ]);
});
