import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cgroupMembers, killCgroup } from '../../../src/lib/process/cgroup.ts';
import { childEntry } from '../../../src/lib/process/child-entry.ts';
import { enclosedIn } from '../../../src/lib/process/containment/task-cgroup.ts';
import { hostContainment, testCgroup } from '../../helpers/cgroup.ts';
import { until } from '../../helpers/daemon.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

leakGuard();

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
const host = await hostContainment();
if (!isRoot) process.stderr.write('skipped, only root can become another user\n');

afterEach(() => {
  if (isRoot) process.seteuid?.(0);
});

/** What systemd gives to the user of a unit with Delegate=yes. */
function delegate(dir: string): void {
  for (const path of [
    dir,
    ...['procs', 'subtree_control', 'kill'].map((file) => join(dir, `cgroup.${file}`)),
  ])
    chownSync(path, nobody, nobody);
}

function isReadableForNobody(path: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', 'test -r "$0"', path], { uid: nobody, gid: nobody });
    return true;
  } catch {
    process.stderr.write(`skipped, another user cannot read ${path}\n`);
    return false;
  }
}

describe.skipIf(!isRoot)('as another user than root', () => {
  it('writes a file of mode 0200, which only root may open for reading too', () => {
    const dir = tempDir();
    const file = join(dir, 'cgroup.kill');
    writeFileSync(file, '');
    chmodSync(file, 0o200);
    for (const path of [dir, file]) chownSync(path, nobody, nobody);
    process.seteuid?.(nobody);
    killCgroup(dir);
    process.seteuid?.(0);
    expect(readFileSync(file, 'utf8')).toBe('1');
  });

  it.skipIf(host.base === null)('ends everybody in a real cgroup that is its own', async () => {
    const dir = testCgroup(host.base ?? '', `njtest-${randomUUID()}`);
    delegate(dir);
    const { command, args } = enclosedIn(dir, { command: '/bin/sleep', args: ['300'] });
    const child = spawn(command, args, { stdio: 'ignore' });
    await until('it is in', () => cgroupMembers(dir).includes(child.pid ?? 0));
    const exit = once(child, 'exit');
    process.seteuid?.(nobody);
    killCgroup(dir);
    process.seteuid?.(0);
    expect(await exit).toEqual([null, 'SIGKILL']);
  });

  const { command: node, args: entry } = childEntry(
    import.meta.url,
    '../../fixtures/process/detect-containment.ts',
  );

  it.skipIf(host.base === null || !isReadableForNobody(entry.at(-1) ?? ''))(
    'finds that tasks can have cgroups, below one that is its own',
    async () => {
      const dir = testCgroup(host.base ?? '', `njtest-${randomUUID()}`);
      delegate(dir);
      const home = tempDir();
      chownSync(home, nobody, nobody);
      const asNobody = `exec setpriv --reuid ${nobody} --regid ${nobody} --clear-groups -- "$@"`;
      const line = { command: '/bin/sh', args: ['-c', asNobody, 'sh', node, ...entry] };
      const { command, args } = enclosedIn(dir, line);
      const env = { PATH: process.env['PATH'], HOME: home, TMPDIR: home };
      const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      await once(child, 'close');
      expect(JSON.parse(out)).toEqual({
        uid: nobody,
        tier: 'cgroup',
        reason: expect.stringContaining(dir) as string,
      });
    },
  );
});
