import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { enclosedIn } from '../../../src/lib/process/containment/task-cgroup.ts';
import { cgroupMembers, isPopulated, killCgroup, removeCgroup } from '../../../src/lib/process/cgroup.ts';
import { terminateFamily } from '../../../src/lib/process/kill-family.ts';
import { newMarker } from '../../fixtures/process/family.ts';
import { hostContainment, pidsOf, testCgroup } from '../../helpers/cgroup.ts';
import { until } from '../../helpers/daemon.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

leakGuard();

const host = await hostContainment();

describe.skipIf(host.base === null)('terminateFamily with a cgroup', () => {
  const newCgroup = () => testCgroup(host.base ?? '', `njtest-${randomUUID()}`);
  let count = 0;
  const newSleep = () => `/bin/sleep 300.${process.pid}${count++}`;

  /** Runs a script in a cgroup until its first process has gone, so that all that is left is orphaned. */
  async function runEnclosed(dir: string, script: string): Promise<void> {
    const { command, args } = enclosedIn(dir, { command: '/bin/bash', args: ['-c', script] });
    const child = spawn(command, args, { detached: true, stdio: 'ignore' });
    await once(child, 'exit');
  }

  /** A process that cleared its environment, left the session and lost its parents before anybody looked. */
  async function startEscaped(dir: string): Promise<string> {
    const sleep = newSleep();
    await runEnclosed(dir, `setsid -f env -i ${sleep}`);
    await until('it is out', async () => (await pidsOf(sleep)).length === 1);
    return sleep;
  }

  it('ends who cleared its environment, left its session and lost its parents; without one nobody sees it', async () => {
    const dir = newCgroup();
    const sleep = await startEscaped(dir);
    const blind = await terminateFamily({ marker: newMarker(), graceMs: 100 });
    expect(blind).toMatchObject({ survivorsBeforeKill: [], killedCount: 0 });
    expect(await pidsOf(sleep)).toHaveLength(1);

    const report = await terminateFamily({ marker: newMarker(), cgroups: [dir], graceMs: 60_000 });
    expect(report).toMatchObject({ killedCount: 0, left: [] });
    expect(await pidsOf(sleep)).toEqual([]);
    expect(existsSync(dir)).toBe(false);
  });

  it('kills who does not hear TERM, names them, and touches nobody beside it', async () => {
    const dir = newCgroup();
    const neighbour = newCgroup();
    const stranger = await startEscaped(neighbour);
    const deafened = join(tempDir(), 'deafened');
    await runEnclosed(
      dir,
      `setsid -f env -i /bin/bash -c 'trap "" TERM; : > ${deafened}; while :; do /bin/sleep 0.1; done'`,
    );
    await until('it does not hear TERM any more', () => existsSync(deafened));
    const report = await terminateFamily({ marker: newMarker(), cgroups: [dir], graceMs: 200 });
    expect(report.killed.map(({ command }) => command)).toContainEqual(expect.stringMatching(/trap "" TERM/));
    expect(report.left).toEqual([]);
    expect(existsSync(dir)).toBe(false);
    expect(await pidsOf(stranger)).toHaveLength(1);
  });

  it('outruns a storm of orphans that fork without end, clear their environment and leave the session', async () => {
    const dir = newCgroup();
    const link = `trap '' TERM; setsid -f env -i link="$link" /bin/bash -c "$link"; exit`;
    await runEnclosed(
      dir,
      `export link=$(cat <<'end'\n${link}\nend\n); for i in 1 2 3; do setsid -f env -i link="$link" /bin/bash -c "$link"; done`,
    );
    expect(isPopulated(dir)).toBe(true);
    const report = await terminateFamily({
      marker: newMarker(),
      cgroups: [dir],
      graceMs: 100,
      killMs: 60_000,
    });
    expect(report.left).toEqual([]);
    expect(existsSync(dir)).toBe(false);
  });

  it('ends what a member has put into a cgroup below', async () => {
    const dir = newCgroup();
    const below = join(dir, 'below');
    mkdirSync(below);
    const sleep = await startEscaped(below);
    await terminateFamily({ marker: newMarker(), cgroups: [dir], graceMs: 60_000 });
    expect(await pidsOf(sleep)).toEqual([]);
    expect(existsSync(dir)).toBe(false);
  });

  it('removes an empty cgroup, and does not mind one that is gone', async () => {
    const dir = newCgroup();
    const report = await terminateFamily({
      marker: newMarker(),
      cgroups: [dir, `${dir}-gone`],
      graceMs: 100,
    });
    expect(report).toMatchObject({ killedCount: 0, rounds: 0, left: [] });
    expect(existsSync(dir)).toBe(false);
  });

  it('never kills the cgroup that it runs in itself, only the others there', async () => {
    const dir = newCgroup();
    const sleep = newSleep();
    const script = [
      `import { terminateFamily } from ${JSON.stringify(join(import.meta.dirname, '../../../src/lib/process/kill-family.ts'))};`,
      `const report = await terminateFamily({ marker: { name: 'NINJAD_TEST_NONE', value: 'x' }, cgroups: [process.argv[1]], graceMs: 100 });`,
      `console.log(JSON.stringify(report.left));`,
    ].join('\n');
    const inside = `setsid -f env -i ${sleep}; exec ${process.execPath} --import tsx --input-type=module -e "$1" "$2"`;
    const { command, args } = enclosedIn(dir, {
      command: '/bin/bash',
      args: ['-c', inside, 'name', script, dir],
    });
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(out).toBe('[]\n');
    expect(await pidsOf(sleep)).toEqual([]);
    expect(existsSync(dir)).toBe(true);
  });
});

it('takes an ordinary folder for what it is: nobody is in it, and no file appears there', () => {
  expect(cgroupMembers('/nowhere/at/all')).toEqual([]);
  expect(isPopulated('/nowhere/at/all')).toBe(false);
  killCgroup('/nowhere/at/all');
  expect(removeCgroup('/nowhere/at/all')).toBe(true);
});
