import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findTaskCgroups } from '../../src/lib/process/containment/task-cgroup.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { hostContainment, pidsOf } from '../helpers/cgroup.ts';
import { endDaemons, newHome, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { killGuardianOf, workerOf } from '../helpers/survivors.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

const env = {
  NINJAD_AGENT: packagePath('test', 'fixtures', 'agents', 'escapes.sh'),
  NINJAD_KILL_GRACE_MS: '300',
};
const seconds = (number: number) => `30${number}.${process.pid}`;
const ended = (daemon: TestDaemon) =>
  until('the task ends', async () => (await daemon.value(`SELECT state FROM tasks`)) === 'done');

const host = await hostContainment();

describe.skipIf(host.base === null)(
  'a process that clears its environment, leaves its session and loses its parents',
  () => {
    it('does not outlive its task where tasks have cgroups, and status says which tier is in force', async () => {
      const daemon = await startDaemon({ env });
      expect((await daemon.status()).containment).toEqual({ tier: 'cgroup', reason: host.reason });
      expect((await daemon.ninjad('status', '--tree')).stdout).toMatch(/processes +held by cgroup/);
      daemon.write(`NORMAL|cron:a||task|escape ${seconds(1)}\n`);
      await ended(daemon);
      expect(await pidsOf(`/bin/sleep ${seconds(1)}`)).toEqual([]);
      expect(await findTaskCgroups(workerOf(daemon.home))).toEqual([]);
      expect(await daemon.value(`SELECT reply FROM tasks`)).toBe('it is out');
    });

    it('does not outlive the next start of a daemon that was killed', async () => {
      const home = await newHome();
      const first = await startDaemon({ home, env });
      first.write(`NORMAL|cron:a||task|escape ${seconds(3)} and stay\n`);
      await until('it is out', async () => (await pidsOf(`/bin/sleep ${seconds(3)}`)).length === 1);
      await killGuardianOf(home);
      await first.kill('SIGKILL');
      expect(await pidsOf(`/bin/sleep ${seconds(3)}`)).toHaveLength(1);
      expect(await findTaskCgroups(workerOf(home))).toHaveLength(1);

      const offline = join(packagePath('test', 'fixtures', 'agents'), 'silent.sh');
      await startDaemon({
        home,
        env: { ...env, NINJAD_AGENT: offline },
        config: { 'task.containment': 'marker' },
      });
      await until('it is gone', async () => (await pidsOf(`/bin/sleep ${seconds(3)}`)).length === 0);
      await until('so is its cgroup', async () => {
        const left = await findTaskCgroups(workerOf(home));
        return !left.some(({ mark }) => mark.attempt === 1);
      });
    });

    it('does not outlive a second signal either', async () => {
      const daemon = await startDaemon({ env });
      daemon.write(`NORMAL|cron:a||task|escape ${seconds(4)} and stay\n`);
      await until('it is out', async () => (await pidsOf(`/bin/sleep ${seconds(4)}`)).length === 1);
      daemon.child.kill('SIGTERM');
      await until('it drains', () => daemon.log().includes('stopping;'));
      await daemon.kill('SIGTERM');
      expect(await pidsOf(`/bin/sleep ${seconds(4)}`)).toEqual([]);
      expect(await findTaskCgroups(workerOf(daemon.home))).toEqual([]);
    });
  },
);
