import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSandbox } from '../../src/drafter/doctor.ts';
import { blockedByWords, type Surroundings } from '../../src/drafter/sandbox/blocked.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { draftRig } from './draft-rig.ts';

const plain: Surroundings = {
  platform: 'linux',
  container: false,
  seccomp: false,
  apparmorRestricts: false,
  clonesRefused: false,
  maxNamespaces: 15_000,
};

/** A folder with a bwrap that says so and fails. */
function bwrapThatSays(words: string, status = 1): string {
  const folder = tempDir();
  const path = join(folder, 'bwrap');
  writeFileSync(path, `#!/bin/sh\necho ${JSON.stringify(words)} >&2\nexit ${status}\n`);
  chmodSync(path, 0o755);
  return folder;
}

const layers: [string, Partial<Surroundings>, RegExp, RegExp][] = [
  [
    'loopback: Failed RTM_NEWADDR: Operation not permitted',
    {},
    /AppArmor of this machine/,
    /bwrap-userns-restrict/,
  ],
  [
    'setting up uid map: Permission denied',
    { apparmorRestricts: true },
    /AppArmor of this machine/,
    /bwrap-userns-restrict/,
  ],
  [
    'No permissions to create new namespace, likely because …',
    { container: true, seccomp: true },
    /container's seccomp/,
    /seccomp=unconfined/,
  ],
  [
    'No permissions to create a new namespace',
    { clonesRefused: true },
    /to root only/,
    /unprivileged_userns_clone=1/,
  ],
  [
    'Creating new namespace failed: No space left on device',
    { maxNamespaces: 0 },
    /no user namespaces/,
    /max_user_namespaces/,
  ],
  [
    'No permissions to create new namespace',
    { apparmorRestricts: true },
    /AppArmor of this machine/,
    /bwrap-userns-restrict/,
  ],
  [
    'pivot_root: Operation not permitted',
    { container: true },
    /seccomp filter forbids pivot_root/,
    /seccomp=unconfined/,
  ],
  [
    'Failed to make / slave: Permission denied',
    { container: true },
    /docker's AppArmor/,
    /apparmor=unconfined/,
  ],
  [
    "Can't mount proc on /newroot/proc: Operation not permitted",
    { container: true },
    /hides parts of \/proc/,
    /systempaths=unconfined/,
  ],
  ['Something new', {}, /cannot be made: bubblewrap says "Something new"/, /bwrap --unshare-all/],
];

describe('a sandbox that cannot be made', () => {
  it.each(layers)('names the layer and the fix of: %s', (words, around, reason, fix) => {
    const blocked = blockedByWords(`bwrap: ${words}\n`, { ...plain, ...around });
    expect(blocked?.reason).toMatch(reason);
    expect(blocked?.reason).toContain(words);
    expect(blocked?.fix).toMatch(fix);
  });

  it('is not taken for what the program inside has said', () => {
    expect(blockedByWords('make: *** failed\n', plain)).toBeUndefined();
  });

  it('shows in the report of the doctor, by its layer', async () => {
    const env = {
      PATH: `${bwrapThatSays('bwrap: Failed to make / slave: Permission denied')}:/usr/bin:/bin`,
    };
    expect(await checkSandbox({ env }, 'linux', plain)).toMatchObject({
      verdict: 'warn',
      found: expect.stringContaining("docker's AppArmor") as unknown,
      advice: expect.stringContaining('apparmor=unconfined') as unknown,
    });
    expect(await checkSandbox({ env: { PATH: tempDir() } }, 'linux', plain)).toMatchObject({
      verdict: 'warn',
      found: 'there is no bubblewrap (bwrap) on the PATH',
      advice: expect.stringContaining('apt install bubblewrap') as unknown,
    });
    expect(await checkSandbox({ env }, 'darwin', plain)).toMatchObject({
      found: expect.stringContaining('off on macOS') as unknown,
    });
    const working = bwrapThatSays('', 0);
    expect(await checkSandbox({ env: { PATH: working } }, 'linux', plain)).toMatchObject({ verdict: 'ok' });
    chmodSync(join(working, 'bwrap'), 0o644);
    expect(await checkSandbox({ env: { PATH: working } }, 'linux', plain)).toMatchObject({ verdict: 'warn' });
  });

  it('blocks the draft, and no agent is ever run without it', async () => {
    let ran = false;
    const blocked = async (env: Record<string, string>, platform?: NodeJS.Platform) => {
      const runTask = () => () => {
        ran = true;
        return Promise.reject(new Error('it ran'));
      };
      const rig = draftRig({ env, runTask, ...(platform !== undefined && { platform }) });
      const outcome = await rig.draft();
      expect(readdirSync(rig.folder)).toEqual([]);
      return outcome;
    };
    const docker = `${bwrapThatSays('bwrap: pivot_root: Operation not permitted')}:/usr/bin:/bin`;
    expect(await blocked({ PATH: docker })).toMatchObject({
      kind: 'blocked',
      reason: expect.stringContaining('pivot_root') as unknown,
    });
    expect(await blocked({ PATH: tempDir() })).toMatchObject({
      kind: 'blocked',
      reason: expect.stringContaining('no bubblewrap') as unknown,
    });
    // A wrapper that only runs the program is no sandbox: the probe finds out.
    const silent = tempDir();
    writeFileSync(
      join(silent, 'bwrap'),
      '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"\n',
    );
    chmodSync(join(silent, 'bwrap'), 0o755);
    expect(await blocked({ PATH: `${silent}:/usr/bin:/bin` })).toMatchObject({
      kind: 'blocked',
      reason: expect.stringMatching(/does not hold: .*namespace/) as unknown,
    });
    expect(await blocked({ PATH: silent }, 'darwin')).toMatchObject({
      kind: 'blocked',
      reason: expect.stringContaining('off on macOS') as unknown,
    });
    expect(ran).toBe(false);
  });
});
