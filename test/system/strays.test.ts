import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { loadKoffi } from '../../src/lib/koffi.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { pidsOf } from '../helpers/cgroup.ts';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
const tags: number[] = [];
afterEach(async () => {
  await endDaemons();
  for (const tag of tags.splice(0)) for (const pid of await straysOf(tag)) process.kill(pid, 'SIGKILL');
});

const env = {
  NINJAD_AGENT: packagePath('test', 'fixtures', 'agents', 'strays.sh'),
  NINJAD_KILL_GRACE_MS: '300',
};
const config = { 'task.containment': 'marker' };

/** A number that no other test's processes carry. */
function newTag(): number {
  const tag = process.pid * 10 + tags.length;
  tags.push(tag);
  return tag;
}

async function straysOf(tag: number): Promise<number[]> {
  const pids = await Promise.all([701, 702, 703].map((seconds) => pidsOf(`/bin/sleep ${seconds}.${tag}`)));
  return pids.flat();
}

const ended = (daemon: TestDaemon, id: number) =>
  until(
    `task ${id} ends`,
    async () => (await daemon.value(`SELECT state FROM tasks WHERE id = ${id}`)) === 'done',
  );

function zombiesOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return state === 'Z' && parent === String(pid) ? [Number(name)] : [];
      } catch {
        return [];
      }
    });
}

describe.skipIf(loadKoffi() === undefined)('without a cgroup', () => {
  it('no process that cleared its environment and lost its parents outlives its task, nor any second signal', async () => {
    const daemon = await startDaemon({ env, config });
    expect((await daemon.status()).containment).toMatchObject({
      tier: 'subreaper',
      reason: expect.stringContaining('the setting task.containment says so') as string,
    });
    expect((await daemon.ninjad('status', '--tree')).stdout).toMatch(/processes +held by subreaper/);

    const first = newTag();
    daemon.write(`NORMAL|cron:a||task|strays ${first}\n`);
    await ended(daemon, 1);
    expect(await straysOf(first)).toEqual([]);
    await until(
      'the dead ones are out of the table',
      () => zombiesOf(daemon.child.pid as number).length === 0,
    );
    // What the daemon started on purpose is still its own.
    expect((await daemon.status()).database.state).toBe('ready');

    const [stays, goes] = [newTag(), newTag()];
    daemon.write(`NORMAL|cron:a||task|strays ${stays} and stay\n`);
    await until('the second is up', async () => (await straysOf(stays)).length === 3);
    daemon.write(`NORMAL|cron:b||task|strays ${goes}\n`);
    await ended(daemon, 3);
    // Those of the third may be of either, and go with the last; those of the second run on with it.
    expect(await straysOf(stays)).toHaveLength(3);

    daemon.child.kill('SIGTERM');
    await until('it drains', () => daemon.log().includes('stopping;'));
    await daemon.kill('SIGTERM');
    expect([...(await straysOf(stays)), ...(await straysOf(goes))]).toEqual([]);
  });
});
