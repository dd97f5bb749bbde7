import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { proveSandbox, type SandboxToProve } from '../../src/drafter/probe/prove-sandbox.ts';
import { sandboxFlags, type SandboxFlag } from '../../src/drafter/sandbox/flags.ts';
import type { Workspace } from '../../src/drafter/workspace.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { noSandbox, sandboxOf, testWorkspace } from './sandbox-rig.ts';

leakGuard();
const workspaces: Workspace[] = [];
afterEach(async () => {
  for (const workspace of workspaces.splice(0)) await workspace.remove();
});

function setUp(): SandboxToProve & { workspace: Workspace } {
  const workspace = testWorkspace();
  workspaces.push(workspace);
  return { ...sandboxOf(workspace), workspace };
}

const prove = (sandbox: SandboxToProve) => proveSandbox(sandbox, new AbortController().signal);
const without = (sandbox: SandboxToProve, name: string): SandboxFlag[] =>
  sandboxFlags(sandbox.view).filter((flag) => flag.name !== name);

describe.skipIf(noSandbox !== undefined)('the probe of the sandbox', () => {
  it('finds nothing in the sandbox as it is', async () => {
    expect(await prove(setUp())).toBeUndefined();
  });

  const names = [
    'user',
    'pid',
    'net',
    'ipc',
    'uts',
    'cgroup',
    'capabilities',
    'die-with-parent',
    'new-session',
    'system',
    'links',
    'proc',
    'dev',
    'own /home/draft',
    'own /tmp',
    'own /draft/repository',
    'read-only-root',
    'working-directory',
  ];
  it('is told of each flag there is', () => {
    expect(
      sandboxFlags(setUp().view)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(names.toSorted());
  });

  it.each(names)('catches that the flag is missing: %s', async (name) => {
    const sandbox = setUp();
    expect(await prove({ ...sandbox, flags: without(sandbox, name) })).toMatchObject({
      reason: expect.stringMatching(/^the sandbox (?:does not hold|cannot be made): /) as unknown,
      fix: expect.stringMatching(/./) as unknown,
    });
  });

  const openings: [string, (sandbox: SandboxToProve) => string[], RegExp][] = [
    ['the system can be written to', () => ['--bind', '/usr', '/usr'], /mounts: \/usr can be written to/],
    [
      'the home can be written to',
      ({ closed: [home = ''] }) => ['--bind', home, home],
      /write: a file could be written to/,
    ],
    [
      'the home can be read',
      ({ closed: [home = ''] }) => ['--ro-bind', home, home],
      /places: .*secrets can be seen/,
    ],
    ['a secret can be read', ({ plantIn }) => ['--ro-bind', plantIn, plantIn], /secret: .*socket: .*reached/],
    ['/run is there', () => ['--ro-bind', '/run', '/run'], /places: .*\/run/],
    ['the devices are there', () => ['--dev-bind', '/dev', '/dev'], /devices: \/dev holds/],
    ['the processes are there', () => ['--ro-bind', '/proc', '/proc'], /processes: .*can be seen|namespace/],
    ['the environment came along', () => ['--setenv', 'A_SECRET', 'x'], /environment: A_SECRET came along/],
  ];
  it.each(openings)('catches that %s', async (_, opening, reason) => {
    const sandbox = setUp();
    // Planted things are there before the sandbox is.
    mkdirSync(sandbox.plantIn);
    const flags = sandboxFlags(sandbox.view);
    const opened = [...flags.slice(0, -2), { name: 'hole', args: opening(sandbox) }, ...flags.slice(-2)];
    expect((await prove({ ...sandbox, flags: opened }))?.reason).toMatch(reason);
  });

  it('knows a folder of its own that only bears the name of one outside', async () => {
    const sandbox = setUp();
    const below = join('/tmp', 'ninjad-of-a-test', 'package.json');
    const readOnly = [...sandbox.view.readOnly, { from: '/etc/hostname', to: below }];
    const closed = [...sandbox.closed, dirname(below)];
    expect(await prove({ ...sandbox, view: { ...sandbox.view, readOnly }, closed })).toBeUndefined();
    expect(existsSync(dirname(below))).toBe(false);
  });

  it.skipIf(process.getuid?.() !== 0)('holds for a plain user as well', async () => {
    const sandbox = setUp();
    const asNobody = join(sandbox.workspace.folder, 'as-nobody');
    writeFileSync(
      asNobody,
      '#!/bin/sh\nexec setpriv --reuid=65534 --regid=65534 --clear-groups bwrap "$@"\n',
    );
    chmodSync(asNobody, 0o755);
    for (const at of [
      sandbox.folder,
      ...sandbox.view.writable.map(({ from }) => from),
      sandbox.workspace.etc,
    ])
      chmodSync(at, 0o777);
    // The way there has to be open to that user, and our own node too.
    chmodSync(dirname(sandbox.folder), 0o755);
    expect(await prove({ ...sandbox, bwrap: asNobody })).toBeUndefined();
  });
});
