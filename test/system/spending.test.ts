import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';
import { endDaemons, newHome, startDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
afterEach(endDaemons);

/** An agent that queues its own next task, and costs $0.25 a run or all that it may spend. */
const env = { NINJAD_AGENT: packagePath('test', 'fixtures', 'agents', 'loops.sh') };

describe('the spending cap', () => {
  it('stops a loop of tasks; the owner is told once and is still answered; more money lets it go on', async () => {
    const home = await newHome({ 'spend.dailyUsd': 1, 'lanes.total': 2, 'lanes.reservedForHuman': 1 });
    const daemon = await startDaemon({ home, env });
    daemon.write('NORMAL|self||task|for ever\n');
    await until('the cap is reached', async () => (await daemon.status()).spend.reached === 'day');
    await until('the next one waits', async () => (await daemon.status()).tasks.queued === 1);

    // By now anything that could have slipped through would have been claimed before the owner's own.
    expect(await daemon.ninjad('ask', 'are you broke?')).toMatchObject({
      code: 0,
      stdout: 'may spend none\n',
    });
    expect(await daemon.rows('SELECT state, count(*) FROM tasks GROUP BY 1 ORDER BY 1')).toEqual([
      ['done', 5],
      ['queued', 1],
    ]);
    expect(await daemon.value('SELECT reply FROM tasks ORDER BY id LIMIT 1')).toBe('may spend 1');
    expect(await daemon.value(`SELECT sum(cost_usd)::float8 FROM task_costs`)).toBe(1.25);
    const { stdout } = await daemon.ninjad('status');
    expect(stdout).toContain('$1.25 today, cap $1.00; cap reached: only HUMAN tasks run');
    expect((await daemon.ninjad('ask', '/cost model')).stdout).toContain(
      'Today $1.25 in 5 tasks (the cap is $1.00 a day)',
    );
    await daemon.kill('SIGTERM');

    const next = await startDaemon({ home, env });
    await until('the cap is known again', async () => (await next.status()).spend.reached === 'day');
    expect(await next.ninjad('ask', 'and now?')).toMatchObject({ code: 0 });
    const told = `SELECT count(*)::int FROM activity_log WHERE action = 'spend.capped'`;
    expect(await next.value(told)).toBe(1);
    expect(await next.value(`SELECT count(*)::int FROM tasks WHERE state = 'queued'`)).toBe(1);

    expect(await next.ninjad('config', 'set', 'spend.dailyUsd', '2')).toMatchObject({ code: 0 });
    await until('the cap is reached again', async () => (await next.status()).spend.todayUsd === 2);
    await until('the owner was told again', async () => (await next.value(told)) === 2);
    expect(await next.value(`SELECT count(*)::int FROM activity_log WHERE action = 'spend.resumed'`)).toBe(1);
    expect(await next.value(`SELECT count(*)::int FROM tasks WHERE state = 'done'`)).toBe(8);
  });

  it('holds however many tasks run at once: each gets a share that all of them can spend', async () => {
    const daemon = await startDaemon({
      config: { 'spend.dailyUsd': 1, 'lanes.total': 5, 'lanes.reservedForHuman': 1, 'task.maxAttempts': 1 },
      env,
    });
    daemon.write('NORMAL|cron:a||task|spend\n'.repeat(20));
    await until('the cap is reached', async () => (await daemon.status()).spend.reached === 'day', 60_000);
    await until('nothing runs', async () => (await daemon.status()).tasks.running === 0);
    expect(await daemon.ninjad('ask', 'what is left?')).toMatchObject({ code: 0 });
    const spent = await daemon.value(`SELECT sum(cost_usd)::float8 FROM tasks WHERE source = 'cron:a'`);
    expect(spent).toBeGreaterThan(0.98);
    expect(spent).toBeLessThanOrEqual(1.000_01);
    expect(await daemon.value(`SELECT count(*)::int FROM tasks WHERE state = 'queued'`)).toBeGreaterThan(0);
  });

  it('that was set at run time holds from the first task after a restart', async () => {
    const home = await newHome();
    const daemon = await startDaemon({ home, env });
    expect(await daemon.ninjad('config', 'set', 'spend.monthlyUsd', '0')).toMatchObject({ code: 0 });
    daemon.write('NORMAL|cron:a||task|wait\n');
    await until('it waits', async () => (await daemon.status()).tasks.queued === 1);
    await daemon.kill('SIGTERM');
    const next = await startDaemon({ home, env });
    await until('the cap is known', async () => (await next.status()).spend.reached === 'month');
    expect(await next.ninjad('ask', 'hello?')).toMatchObject({ code: 0 });
    expect(await next.rows(`SELECT state, attempts FROM tasks ORDER BY id`)).toEqual([
      ['queued', 0],
      ['done', 1],
    ]);
  });
});

describe('ninjad cost', () => {
  it('adds up what the tasks of a daemon cost', async () => {
    const daemon = await startDaemon({
      env: { NINJAD_AGENT: join(packagePath('test', 'fixtures', 'agents'), 'good.sh') },
    });
    for (const question of ['one', 'two']) await daemon.ninjad('ask', question);
    const { code, stdout } = await daemon.ninjad('cost', '--by', 'category', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      todayUsd: 0.5,
      tasksToday: 2,
      rows: [{ key: 'ask', costUsd: 0.5, tasks: 2 }],
    });
  });
});
