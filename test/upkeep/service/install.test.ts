import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defineService } from '../../../src/upkeep/service/define.ts';
import type { ServiceScope } from '../../../src/upkeep/service/definition.ts';
import type { Ended, ServiceHost } from '../../../src/upkeep/service/host.ts';
import {
  installedScope,
  installService,
  type InstallOptions,
  planInstall,
  restartService,
  uninstallService,
} from '../../../src/upkeep/service/install.ts';
import { keeperOf } from '../../../src/upkeep/service/keeper.ts';
import { serviceState } from '../../../src/upkeep/service/state.ts';
import { packagePath } from '../../../src/lib/package-root.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

interface FakeHost extends ServiceHost {
  /** The command lines that were run. */
  ran: string[];
}

/** A machine whose service manager only writes down what it is told; `answers` by the beginning of a command line. */
function machine(changes: Partial<ServiceHost> = {}, answers: Record<string, Partial<Ended>> = {}): FakeHost {
  const folder = tempDir();
  const ran: string[] = [];
  return {
    kind: 'systemd',
    uid: 1000,
    user: 'ada',
    userHome: folder,
    env: { PATH: '/usr/bin:/bin' },
    fileOf: (scope: ServiceScope) => join(folder, scope, 'ninjad.service'),
    run: (command) => {
      const line = command.join(' ');
      ran.push(line);
      const found = Object.entries(answers).find(([begin]) => line.startsWith(begin));
      return { code: 0, stdout: '', stderr: '', ...found?.[1] };
    },
    lingers: () => false,
    whyNoUserManager: () => undefined,
    ran,
    ...changes,
  };
}

const script = packagePath('package.json');

function definitionFor(host: ServiceHost, scope: ServiceScope = 'user') {
  return defineService({
    ...{ scope, host, home: join(host.userHome, '.ninjad'), script, stopMs: 125_000, variables: [] },
    running: '/usr/bin/node',
  }).definition;
}

function install(host: FakeHost, options: Partial<InstallOptions> & { scope?: ServiceScope } = {}) {
  return installService({
    definition: definitionFor(host, options.scope),
    host,
    wantsLinger: () => Promise.resolve(true),
    other: undefined,
    takeOver: undefined,
    ...options,
  });
}

describe('installing', () => {
  it('writes the unit, has it read before it is enabled, lets it linger, and starts it last', async () => {
    const host = machine();
    const installed = await install(host);
    expect(host.ran).toEqual([
      'systemctl --user daemon-reload',
      'systemctl --user enable ninjad.service',
      'loginctl enable-linger ada',
      'systemctl --user reset-failed ninjad.service',
      'systemctl --user restart ninjad.service',
    ]);
    expect(installed).toMatchObject({ started: true, lingers: true, kept: null, says: [] });
    expect(readFileSync(installed.file, 'utf8')).toBe(installed.text);
    expect(statSync(installed.file).mode & 0o777).toBe(0o644);
    expect(installedScope(host)).toBe('user');
  });

  it('says what it means where the owner does not want lingering, or may not allow it', async () => {
    const without = machine();
    const refused = await install(without, { wantsLinger: () => Promise.resolve(false) });
    expect(refused).toMatchObject({ started: true, lingers: false });
    expect(refused.says.join()).toMatch(/ends when ada logs out.*loginctl enable-linger ada/);
    expect(without.ran.join()).not.toContain('loginctl');

    const denied = machine({}, { loginctl: { code: 1, stderr: 'Could not enable linger: Access denied\n' } });
    const left = await install(denied);
    expect(left).toMatchObject({ started: true, lingers: false });
    expect(left.says.join()).toMatch(/with sudo \(Could not enable linger: Access denied\)/);

    const lingering = machine({ lingers: () => true });
    await install(lingering, { wantsLinger: () => Promise.reject(new Error('was asked')) });
    expect(lingering.ran.join()).not.toContain('loginctl');
  });

  it('makes the machine’s unit as root for the one who called sudo, without lingering', async () => {
    const host = machine({ uid: 0 });
    const { text } = await install(host, { scope: 'system' });
    expect(text).toContain('\nUser=ada\n');
    expect(host.ran[0]).toBe('systemctl daemon-reload');
    expect(host.ran.join()).not.toMatch(/--user|loginctl/);
  });

  it.each(['user', 'system'] as const)('refuses a second service beside one of the %s', async (scope) => {
    const host = machine({ uid: 0, user: 'root' });
    await install(host, { scope });
    const other = scope === 'user' ? 'system' : 'user';
    host.ran.length = 0;
    await expect(install(host, { scope: other })).rejects.toThrow(/there is a service of ninjad already/);
    expect(() => planInstall(definitionFor(host, other), host)).toThrow(/two would fight/);
    expect(existsSync(host.fileOf(other))).toBe(false);
    expect(host.ran).toEqual([]);
  });

  it('leaves a ninjad that runs elsewhere alone and says so, or takes over before the start', async () => {
    const host = machine();
    const beside = await install(host, { other: { pid: 4242 } });
    expect(beside.started).toBe(false);
    expect(beside.says.join()).toMatch(/runs already on this home \(pid 4242\).*--take-over/);
    expect(host.ran.join()).not.toContain('restart');

    const after = machine();
    const seen: string[] = [];
    const taken = await install(after, {
      other: { pid: 4242 },
      takeOver: () => {
        seen.push(...after.ran);
        return Promise.resolve();
      },
    });
    expect(seen).toContain('systemctl --user enable ninjad.service');
    expect(seen.join()).not.toContain('restart');
    expect(after.ran.at(-1)).toBe('systemctl --user restart ninjad.service');
    expect(taken).toMatchObject({ started: true });
  });

  it('keeps a unit that somebody has written beside the new one', async () => {
    const host = machine();
    const first = await install(host);
    expect((await install(host)).kept).toBeNull();
    writeFileSync(first.file, '[Service]\nExecStart=mine\n');
    const { kept } = await install(host);
    expect(readFileSync(kept ?? '', 'utf8')).toBe('[Service]\nExecStart=mine\n');
    writeFileSync(first.file, '[Service]\nExecStart=mine too\n');
    const { kept: second } = await install(host);
    expect(readFileSync(second ?? '', 'utf8')).toBe('[Service]\nExecStart=mine too\n');
    expect(readFileSync(kept ?? '', 'utf8')).toBe('[Service]\nExecStart=mine\n');
  });

  it('tells what to do where no systemd runs, where the user has no manager, and where rights are missing', async () => {
    const none = machine({ kind: 'none' });
    await expect(install(none)).rejects.toThrow(
      /no systemd runs this machine[\s\S]*@reboot[\s\S]*--stop-timeout 125/,
    );
    const bare = machine({ whyNoUserManager: () => 'there is no manager of services for ada now' });
    await expect(install(bare)).rejects.toThrow(/no manager of services for ada/);
    await expect(install(machine(), { scope: 'system' })).rejects.toThrow(/run it with sudo/);
    await expect(install(machine({ uid: 0 }))).rejects.toThrow(/run it without sudo/);
    for (const host of [none, bare]) {
      expect(host.ran).toEqual([]);
      expect(installedScope(host)).toBeUndefined();
    }
  });

  it('is the keeper of the daemon that it runs, and of no other one', async () => {
    const host = machine({}, { 'systemctl --user show': { stdout: 'ActiveState=active\nMainPID=4242\n' } });
    expect(keeperOf(4242, host)).toBeUndefined();
    expect(host.ran).toEqual([]);
    await install(host);
    expect(keeperOf(17, host)).toBeUndefined();
    const keeper = keeperOf(4242, host);
    host.ran.length = 0;
    keeper?.stop();
    keeper?.restart();
    expect(host.ran).toEqual([
      'systemctl --user stop ninjad.service',
      'systemctl --user reset-failed ninjad.service',
      'systemctl --user restart ninjad.service',
    ]);
  });

  it('fails with what systemctl said', async () => {
    const host = machine(
      {},
      { 'systemctl --user enable': { code: 1, stderr: 'Failed to connect to bus\n' } },
    );
    await expect(install(host)).rejects.toThrow(
      'systemctl --user enable ninjad.service ended with 1: Failed to connect to bus',
    );
  });

  it('goes to launchd where that is the manager', async () => {
    const host = machine({ kind: 'launchd', uid: 501 });
    const { text, lingers } = await install(host);
    expect(text).toContain('<string>dev.ninjad</string>');
    expect(lingers).toBeNull();
    expect(host.ran).toEqual([
      'launchctl enable gui/501/dev.ninjad',
      'launchctl bootout gui/501/dev.ninjad',
      `launchctl bootstrap gui/501 ${host.fileOf('user')}`,
    ]);
  });
});

it('writes nothing and runs nothing to print', () => {
  const host = machine();
  const plan = planInstall(definitionFor(host), host);
  expect(plan.commands).toEqual([
    'systemctl --user daemon-reload',
    'systemctl --user enable ninjad.service',
    'systemctl --user reset-failed ninjad.service',
    'systemctl --user restart ninjad.service',
  ]);
  expect(host.ran).toEqual([]);
  expect(existsSync(host.fileOf('user'))).toBe(false);
});

it('ends and forgets the service when it is uninstalled, also where it is broken', async () => {
  const host = machine({}, { 'systemctl --user disable': { code: 1, stderr: 'Unit is broken\n' } });
  await install(host);
  host.ran.length = 0;
  expect(uninstallService(host, 'user')).toBe(host.fileOf('user'));
  expect(host.ran.slice(0, 2)).toEqual([
    'systemctl --user disable --now ninjad.service',
    'systemctl --user daemon-reload',
  ]);
  expect(installedScope(host)).toBeUndefined();
});

it('removes a unit where nobody runs services, and asks nobody', async () => {
  const host = machine();
  await install(host);
  host.ran.length = 0;
  host.kind = 'none';
  expect(uninstallService(host, 'user')).toBe(host.fileOf('user'));
  expect(host.ran).toEqual([]);
  expect(installedScope(host)).toBeUndefined();
});

it('starts a unit again that systemd has given up', async () => {
  const host = machine({}, { 'systemctl --user reset-failed': { code: 1 } });
  await install(host);
  host.ran.length = 0;
  restartService(host, 'user');
  expect(host.ran).toEqual([
    'systemctl --user reset-failed ninjad.service',
    'systemctl --user restart ninjad.service',
  ]);
});

it('reads how the service is', () => {
  const said =
    'LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nMainPID=812\nNRestarts=2\nResult=success\nStatusText=ready: 3 events wait, 1 tasks run\nActiveEnterTimestamp=Sun 2026-11-29 01:00:00 UTC\n';
  expect(serviceState(machine({}, { 'systemctl --user show': { stdout: said } }), 'user')).toMatchObject({
    installed: false,
    state: 'active',
    detail: 'running',
    pid: 812,
    restarts: 2,
    enabled: true,
    says: 'ready: 3 events wait, 1 tasks run',
    lingers: false,
  });
  const dead = 'ActiveState=failed\nSubState=failed\nMainPID=0\nResult=start-limit-hit\n';
  expect(serviceState(machine({}, { 'systemctl show': { stdout: dead } }), 'system')).toMatchObject({
    state: 'failed',
    pid: null,
    result: 'start-limit-hit',
    lingers: null,
  });
  const broken = machine({}, { systemctl: { code: 1, stderr: 'No medium found\n' } });
  expect(serviceState(broken, 'user')).toMatchObject({ state: 'unknown', detail: 'No medium found' });
});

describe('defining', () => {
  it('says which variables of the shell the service will not have, and that root is a bad choice', () => {
    const host = machine({ user: 'root' });
    const { says } = defineService({
      ...{ scope: 'system', host, home: '/srv/n', script, stopMs: 1_000, running: '/usr/bin/node' },
      variables: ['DATABASE_URL', 'ANTHROPIC_API_KEY'],
    });
    expect(says.join('\n')).toMatch(/DATABASE_URL, ANTHROPIC_API_KEY are set in this shell/);
    expect(says.join('\n')).toMatch(/runs as root/);
  });

  it('tells of a program that goes with one version of node', () => {
    const host = machine();
    const chooseNode = () => ({ path: '/usr/bin/node', manager: null, isStable: true, says: null });
    const folder = join(tempDir(), '.nvm/versions/node/v20.20.2/lib/node_modules/ninjad');
    const nvm = { scope: 'user', host, home: '/h', stopMs: 1_000, variables: [], chooseNode } as const;
    expect(() => defineService({ ...nvm, script: join(folder, 'main.js') })).not.toThrow(/cache/);
    expect(defineService({ ...nvm, script: join(folder, 'main.js') }).says.join()).toMatch(
      /one version of nvm/,
    );
    expect(() =>
      defineService({ ...nvm, script: '/home/a/.npm/_npx/1f/node_modules/ninjad/main.js' }),
    ).toThrow(/npm install --global/);
  });
});
