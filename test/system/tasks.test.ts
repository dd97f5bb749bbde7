import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';
import { endDaemons, newHome, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { killGuardianOf, survivorsOf } from '../helpers/survivors.ts';

leakGuard({ withinMs: 15_000 });
const stops: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  await endDaemons();
  for (const stop of stops.splice(0)) await stop();
});

const agents = packagePath('test', 'fixtures', 'agents');
/** One attempt a task, so that a failure is final at once. */
const oneAttempt = { 'task.maxAttempts': 1 };

/** A process that has nothing to do with any task and has to outlive all of them. */
function startBystander(): { isAlive: () => boolean } {
  const child = spawn('sleep', ['600'], {
    env: { PATH: '/usr/bin:/bin', NINJAD_TASK: 'somebody-else:1:1' },
    detached: true,
  });
  stops.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  });
  return { isAlive: () => child.exitCode === null && child.signalCode === null };
}

interface EndedTask {
  state: unknown;
  outcome: unknown;
  reason: string;
  reply: unknown;
}

async function endOf(daemon: TestDaemon, id: number, withinMs = 30_000): Promise<EndedTask> {
  const select = `SELECT state, outcome, coalesce(reason, ''), reply FROM tasks WHERE id = ${id} AND finished_at IS NOT NULL`;
  let row: readonly unknown[] | undefined;
  await until(`task ${id} ends`, async () => (row = (await daemon.rows(select))[0]) !== undefined, withinMs);
  const [state, outcome, reason, reply] = row as [unknown, unknown, string, unknown];
  return { state, outcome, reason, reply };
}

async function untilFamilyIsUp(daemon: TestDaemon): Promise<void> {
  const wanted = ['sleep 601', 'sleep 602', 'sleep 603', 'sleep 604', 'sleep 605'];
  await until('the family is up', async () => {
    const alive = await survivorsOf(daemon.home);
    return wanted.every((command) => alive.includes(command));
  });
}

describe('a task', () => {
  it('past its limit leaves no process: child, setsid grandchild, daemonised one, and one deaf to SIGTERM', async () => {
    const bystander = startBystander();
    const daemon = await startDaemon({
      config: oneAttempt,
      env: {
        NINJAD_AGENT: join(agents, 'family.sh'),
        NINJAD_TASK_TIMEOUT_MS: '3000',
        NINJAD_KILL_GRACE_MS: '500',
      },
    });
    daemon.write('NORMAL|cron:a||task|start a family\n');
    await untilFamilyIsUp(daemon);
    expect(await endOf(daemon, 1)).toMatchObject({ state: 'failed', outcome: 'timed-out' });
    expect(await survivorsOf(daemon.home)).toEqual([]);
    expect(bystander.isAlive()).toBe(true);
    expect(await daemon.value(`SELECT status FROM events WHERE category = 'task'`)).toBe('failed');
    expect(Number(await daemon.value(`SELECT count(*) FROM activity_log WHERE task_id = 1`))).toBeGreaterThan(
      0,
    );
  });

  it('that ends well leaves no process either', async () => {
    const daemon = await startDaemon({
      config: oneAttempt,
      env: { NINJAD_AGENT: join(agents, 'family.sh'), NINJAD_KILL_GRACE_MS: '500' },
    });
    daemon.write('NORMAL|cron:a||task|answer at once\n');
    expect(await endOf(daemon, 1)).toMatchObject({
      state: 'done',
      outcome: 'succeeded',
      reply: 'they run on without me',
    });
    expect(await survivorsOf(daemon.home)).toEqual([]);
  });

  it('leaves no process when the daemon is killed: the next start ends them and settles the row', async () => {
    const bystander = startBystander();
    const home = await newHome({ ...oneAttempt, 'task.killGraceMs': 500 });
    const env = { NINJAD_AGENT: join(agents, 'family.sh') };
    const daemon = await startDaemon({ home, env });
    daemon.write('NORMAL|cron:a||task|start a family\n');
    await untilFamilyIsUp(daemon);
    await killGuardianOf(home);
    await daemon.kill('SIGKILL');
    expect((await survivorsOf(home)).length).toBeGreaterThan(4);

    const next = await startDaemon({ home, env: { NINJAD_AGENT: join(agents, 'good.sh') } });
    await until('nobody is left', async () => (await survivorsOf(home)).length === 0);
    expect(await endOf(next, 1)).toMatchObject({ state: 'dead', outcome: 'crashed' });
    expect(bystander.isAlive()).toBe(true);
    expect(await next.ninjad('ask', 'still well?')).toMatchObject({ code: 0, stdout: 'hello world\n' });
  });

  it('is tried again after a crash of the daemon while it has attempts left, and never twice at once', async () => {
    const home = await newHome({ 'task.retryMinMs': 100, 'task.killGraceMs': 500 });
    const daemon = await startDaemon({ home, env: { NINJAD_AGENT: join(agents, 'silent.sh') } });
    daemon.write('NORMAL|cron:a||task|twice\n');
    await until('it runs', async () => (await survivorsOf(home)).length > 0);
    await daemon.kill('SIGKILL');
    const next = await startDaemon({ home, env: { NINJAD_AGENT: join(agents, 'good.sh') } });
    expect(await endOf(next, 1)).toMatchObject({ state: 'done', reply: 'hello world' });
    expect(await next.rows('SELECT attempts FROM tasks')).toEqual([[2]]);
    expect(await survivorsOf(home)).toEqual([]);
  });

  it('fails with its reason for each kind of bad agent, and the next task is unharmed', async () => {
    const home = await newHome(oneAttempt);
    const agent = join(home, 'agent');
    const use = (name: string): void => {
      rmSync(agent, { force: true });
      writeFileSync(agent, `#!/bin/sh\nexec '${join(agents, name)}' "$@"\n`, { mode: 0o755 });
    };
    use('good.sh');
    const daemon = await startDaemon({ home, env: { NINJAD_AGENT: agent } });
    const bad: [string, () => void, string, RegExp][] = [
      ['not executable', () => chmodSync(agent, 0o644), 'not-executable', /execut/i],
      ['gone', () => rmSync(agent), 'not-found', /no such file|not found|cannot be run/i],
      ['garbage', () => use('garbage.sh'), 'protocol', /stream|line|protocol/i],
      ['nothing', () => use('nothing.sh'), 'protocol', /nothing|line|protocol/i],
      ['exits at once', () => use('exits.sh'), 'crashed', /exit|code|status/i],
      ['a flood', () => use('flood.sh'), 'output-limit', /output/i],
    ];
    let id = 0;
    for (const [name, prepare, outcome, reason] of bad) {
      prepare();
      daemon.write(`NORMAL|cron:a||task|${name}\n`);
      const ended = await endOf(daemon, ++id, 60_000);
      expect(ended.outcome, name).toBe(outcome);
      expect(['failed', 'dead'], name).toContain(ended.state);
      expect(ended.reason, name).toMatch(reason);
      use('good.sh');
      daemon.write('NORMAL|cron:a||task|next\n');
      expect(await endOf(daemon, ++id), `the task after: ${name}`).toMatchObject({
        state: 'done',
        reply: 'hello world',
      });
    }
    expect(await survivorsOf(home)).toEqual([]);
    expect((await daemon.status()).children.every(({ restarts }) => restarts === 0)).toBe(true);
  });

  it('can be cancelled, from the queue and while it runs, and tried again', async () => {
    const daemon = await startDaemon({
      config: { ...oneAttempt, 'lanes.total': 2, 'lanes.reservedForHuman': 1, 'task.killGraceMs': 500 },
      env: { NINJAD_AGENT: join(agents, 'silent.sh') },
    });
    daemon.write('NORMAL|cron:a||task|runs\nNORMAL|cron:a||task|waits\n');
    await until('one runs', async () => (await survivorsOf(daemon.home)).length > 0);
    expect(await daemon.ninjad('task', '2', '--cancel')).toMatchObject({ code: 0 });
    expect(await endOf(daemon, 2)).toMatchObject({ state: 'cancelled' });
    expect(await daemon.ninjad('task', '1', '--cancel')).toMatchObject({ code: 0 });
    expect(await endOf(daemon, 1)).toMatchObject({ state: 'cancelled' });
    expect(await survivorsOf(daemon.home)).toEqual([]);
    expect(await daemon.ninjad('task', '1', '--cancel')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has ended') as string,
    });
    expect(await daemon.ninjad('task', '2', '--retry')).toMatchObject({ code: 0 });
    await until('it runs', async () => (await daemon.status()).tasks.running === 1);
    expect(await daemon.ninjad('ask', '/stop all')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Stopping task 2') as string,
    });
    expect(await endOf(daemon, 2)).toMatchObject({ state: 'cancelled' });
  });

  it('keeps a lane for the owner', async () => {
    const daemon = await startDaemon({
      config: { 'lanes.total': 2, 'lanes.reservedForHuman': 1, 'task.killGraceMs': 100 },
      env: { NINJAD_AGENT: join(agents, 'silent.sh') },
    });
    daemon.write(Array.from({ length: 4 }, (_, index) => `URGENT|cron:a||task|${index}\n`).join(''));
    await until('the open lane is taken', async () => (await daemon.status()).tasks.running === 1);
    daemon.write('HUMAN|shell||chat|me first\n');
    await until('the owner got theirs', async () => (await daemon.status()).tasks.running === 2);
    expect(await daemon.rows(`SELECT priority FROM tasks WHERE state = 'running' ORDER BY priority`)).toEqual(
      [[0], [1]],
    );
  });
});

describe('stopping', () => {
  it('lets a running task end, exits 0, and says so to whoever waits', async () => {
    const daemon = await startDaemon({ env: { NINJAD_AGENT: join(agents, 'steered.sh') } });
    const asked = daemon.ninjad('ask', 'take your time');
    await until('it runs', async () => (await daemon.status()).tasks.running === 1);
    const ended = daemon.kill('SIGTERM');
    await until('it drains', () => daemon.log().includes('stopping'));
    await daemon.client.ask('task.steer', { id: 1, text: 'finish' }).catch(() => undefined);
    expect(await asked).toMatchObject({ code: 0 });
    expect(await ended).toMatchObject({ code: 0, signal: null });
  });

  it('puts a task that takes too long back into the queue without spending an attempt', async () => {
    const home = await newHome({ 'shutdown.drainMs': 300, 'task.killGraceMs': 300 });
    const daemon = await startDaemon({ home, env: { NINJAD_AGENT: join(agents, 'family.sh') } });
    daemon.write('NORMAL|cron:a||task|long\n');
    await untilFamilyIsUp(daemon);
    expect(await daemon.kill('SIGTERM')).toMatchObject({ code: 0 });
    expect(await survivorsOf(home)).toEqual([]);
    const next = await startDaemon({ home, env: { NINJAD_AGENT: join(agents, 'good.sh') } });
    expect(await endOf(next, 1)).toMatchObject({ state: 'done' });
    expect(await next.rows('SELECT attempts FROM tasks')).toEqual([[1]]);
  });

  it('ends at once on the second signal, by that signal, and leaves nothing behind', async () => {
    const daemon = await startDaemon({ env: { NINJAD_AGENT: join(agents, 'family.sh') } });
    daemon.write('NORMAL|cron:a||task|long\n');
    await untilFamilyIsUp(daemon);
    daemon.child.kill('SIGTERM');
    await until('it drains', () => daemon.log().includes('stopping'));
    expect(await daemon.kill('SIGTERM')).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(await survivorsOf(daemon.home)).toEqual([]);
  });
});
