import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { findTaskCgroups } from '../../src/lib/process/containment/task-cgroup.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { hostContainment, pidsOf } from '../helpers/cgroup.ts';
import { endDaemons, newHome, startDaemon, until } from '../helpers/daemon.ts';
import { leakedProcesses, leakGuard } from '../helpers/leak-guard.ts';
import { guardiansOf, survivorsOf, workerOf } from '../helpers/survivors.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

const agents = packagePath('test', 'fixtures', 'agents');
const host = await hostContainment();

/** Milliseconds until nobody is left, by looks at the processes themselves. */
async function msUntil(isOver: () => Promise<boolean>): Promise<number> {
  const startedAt = performance.now();
  while (!(await isOver())) {
    if (performance.now() - startedAt > 30_000) return Infinity;
    await delay(10);
  }
  return performance.now() - startedAt;
}

describe('a SIGKILL of the daemon', () => {
  it('leaves nobody after a second: neither families of five busy agents nor what the daemon itself needs', async () => {
    const home = await newHome({ 'lanes.total': 6, 'task.killGraceMs': 60_000 });
    const daemon = await startDaemon({ home, env: { NINJAD_AGENT: join(agents, 'family.sh') } });
    const [guardian = 0] = await guardiansOf(home);
    const pages = Number(readFileSync(`/proc/${guardian}/statm`, 'utf8').split(' ')[1]);
    expect((pages * 4096) / 1024 ** 2).toBeLessThan(2);
    for (let task = 1; task <= 5; task += 1) daemon.write(`HUMAN|cli||task|start a family\n`);
    await until('five run', async () => (await daemon.status()).tasks.running === 5);
    await until('their families are up', async () => (await survivorsOf(home)).length >= 20);
    await daemon.kill('SIGKILL');
    // 100 to 300 ms where the machine has nothing else to do; the bench holds it to a second.
    expect(await msUntil(async () => (await survivorsOf(home)).length === 0)).toBeLessThan(3_000);
    await until('the guardian ends', async () => (await guardiansOf(home)).length === 0);
    await until('nobody else is left', () => leakedProcesses().length === 0);
  });

  it.skipIf(host.base === null)(
    'reaches who cleared its environment, left its session and lost its parents, by its cgroup',
    async () => {
      const seconds = `617.${process.pid}`;
      const home = await newHome();
      const daemon = await startDaemon({ home, env: { NINJAD_AGENT: join(agents, 'escapes.sh') } });
      daemon.write(`NORMAL|cron:a||task|escape ${seconds} and stay\n`);
      await until('it is out', async () => (await pidsOf(`/bin/sleep ${seconds}`)).length === 1);
      await daemon.kill('SIGKILL');
      await until('it is gone', async () => (await pidsOf(`/bin/sleep ${seconds}`)).length === 0);
      await until('so is its cgroup', async () => (await findTaskCgroups(workerOf(home))).length === 0);
    },
  );
});

it('is dismissed by an orderly end, replaced when it dies, and shown in the tree', async () => {
  const daemon = await startDaemon();
  expect((await daemon.status()).children.find(({ id }) => id === 'guardian')).toMatchObject({
    restarts: 0,
  });
  const [first = 0] = await guardiansOf(daemon.home);
  process.kill(first, 'SIGKILL');
  await until('another one watches', async () => {
    const [pid] = await guardiansOf(daemon.home);
    return pid !== undefined && pid !== first;
  });
  expect(await daemon.kill('SIGTERM')).toMatchObject({ code: 0 });
  expect(await guardiansOf(daemon.home)).toEqual([]);
});
