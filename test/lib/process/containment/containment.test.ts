import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  cgroupsOf,
  type ContainmentHost,
  detectContainment,
} from '../../../../src/lib/process/containment/containment.ts';
import { hostFacts } from '../../../../src/lib/process/containment/delegation.ts';
import {
  enclosedIn,
  findTaskCgroups,
  makeCgroup,
  taskCgroupDir,
} from '../../../../src/lib/process/containment/task-cgroup.ts';
import { hostContainment, testCgroup } from '../../../helpers/cgroup.ts';
import { leakGuard } from '../../../helpers/leak-guard.ts';
import { tempDir } from '../../../helpers/temp-dir.ts';

leakGuard();

const unruled = { isSystemd: () => false, attribute: () => undefined, userManagerDelegates: () => false };

/** A host whose v2 hierarchy is an ordinary folder. */
function hostAt(point: string, changes: Partial<ContainmentHost> = {}): ContainmentHost {
  return {
    platform: 'linux',
    mountinfo: () => `41 31 0:38 / ${point} rw - cgroup2 cgroup2 rw\n`,
    cgroup: () => '0::/\n',
    delegation: unruled,
    ...changes,
  };
}

function fakeHierarchy(): string {
  const dir = tempDir();
  writeFileSync(join(dir, 'cgroup.procs'), '');
  return dir;
}

describe('detectContainment', () => {
  it.each<[string, Partial<ContainmentHost>, RegExp]>([
    ['another system', { platform: 'darwin' }, /only Linux/],
    ['a kernel without version 2', { cgroup: () => '1:name=systemd:/\n' }, /without cgroup v2/],
    ['no mount', { mountinfo: () => '' }, /no cgroup v2 mount shows/],
    ['systemd', { delegation: { ...unruled, isSystemd: () => true } }, /belongs to systemd/],
    [
      'files that cannot be read',
      {
        cgroup: () => {
          throw new Error('EIO');
        },
      },
      /could not be examined: EIO/,
    ],
    ['a cgroup that is not there', { cgroup: () => '0::/gone\n' }, /not writable for us \(ENOENT\)/],
  ])('names the reason of the lower tier: %s', async (_, changes, reason) => {
    const found = await detectContainment('auto', hostAt(fakeHierarchy(), changes));
    expect(found).toEqual({ tier: 'marker', base: null, reason: expect.stringMatching(reason) as string });
  });

  it('does not believe a folder that only looks like a cgroup, and leaves nothing in it', async () => {
    const dir = fakeHierarchy();
    const found = await detectContainment('auto', hostAt(dir));
    expect(found).toMatchObject({ tier: 'marker', reason: expect.stringMatching(/cgroup\.kill/) as string });
    expect(readdirSync(dir)).toEqual(['cgroup.procs']);
  });

  it('does not try where the setting says so', async () => {
    const dir = fakeHierarchy();
    expect(await detectContainment('marker', hostAt(dir))).toMatchObject({
      tier: 'marker',
      reason: 'the setting task.containment says so',
    });
  });
});

const host = await hostContainment();

describe.skipIf(host.base === null)('with a real cgroup v2', () => {
  const base = host.base ?? '';

  it('finds the tier, and leaves no trial behind', async () => {
    const found = await detectContainment('auto');
    expect(found).toMatchObject({ tier: 'cgroup', base });
    expect(readdirSync(base).filter((name) => name === `ninjad-trial-${process.pid}`)).toEqual([]);
  });

  it('takes systemd’s own mark on a real cgroup', async () => {
    const name = `njtest-${randomUUID()}.service`;
    const unit = testCgroup(base, name);
    const mountinfo = () => `41 31 0:38 / ${base} rw - cgroup2 cgroup2 rw\n`;
    const cgroup = () => `0::/${name}\n`;
    const delegation = { ...hostFacts, isSystemd: () => true };
    const look = () => detectContainment('auto', { platform: 'linux', mountinfo, cgroup, delegation });
    expect(await look()).toMatchObject({
      tier: 'marker',
      reason: expect.stringMatching(/Delegate=yes/) as string,
    });
    const setter = spawn('python3', [
      '-c',
      'import os, sys; os.setxattr(sys.argv[1], "user.delegate", b"1")',
      unit,
    ]);
    await once(setter, 'exit');
    expect(await look()).toMatchObject({ tier: 'cgroup', base: unit });
  });

  it('starts a command inside, under one pid from the first instruction on, with its words unharmed', async () => {
    const dir = testCgroup(base, `njtest-${randomUUID()}`);
    const words = ['-c', 'echo $$ "$1"; cat /proc/self/cgroup', 'name', 'a b $HOME "quoted" `x`'];
    const { command, args } = enclosedIn(dir, { command: '/bin/sh', args: words });
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await once(child, 'close');
    expect(out.split('\n')[0]).toBe(`${String(child.pid)} a b $HOME "quoted" \`x\``);
    expect(out).toContain(dir.slice(dir.lastIndexOf('/njtest-')));
  });

  it('starts the command all the same where the cgroup is gone, and says so on stderr', async () => {
    const { command, args } = enclosedIn(join(base, 'njtest-gone'), { command: '/bin/echo', args: ['hi'] });
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    await once(child, 'close');
    expect(out).toBe('hi\n');
    expect(err).toMatch(/cannot create|No such file|nonexistent/i);
  });

  it('finds the cgroups of one worker’s tasks wherever they are, and nobody else’s', async () => {
    const [worker, other] = [randomUUID(), randomUUID()];
    const outer = testCgroup(base, `njtest-${worker}`);
    const mark = { worker, taskId: 12, attempt: 3 };
    const [dir = ''] = cgroupsOf({ tier: 'cgroup', base: outer, reason: '' }, mark);
    makeCgroup(dir);
    makeCgroup(taskCgroupDir(outer, { ...mark, worker: other }));
    mkdirSync(join(outer, `ninjad-${worker}-x-1`));
    expect(await findTaskCgroups(worker)).toEqual([{ mark, dir }]);
    expect(existsSync(dir)).toBe(true);
    expect(readFileSync(join(dir, 'cgroup.events'), 'utf8')).toContain('populated 0');
  });
});
