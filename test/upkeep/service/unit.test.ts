import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSettings } from '../../../src/settings.ts';
import { type ServiceDefinition, stopMsOf } from '../../../src/upkeep/service/definition.ts';
import { plistText } from '../../../src/upkeep/service/plist.ts';
import { readUnit, unitSpanMs, unitWords } from '../../../src/upkeep/service/read-unit.ts';
import { unitText } from '../../../src/upkeep/service/unit.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const analyze = spawnSync('systemd-analyze', ['--version']).error === undefined;
if (!analyze)
  process.stderr.write('skipped: systemd-analyze is not installed, so no generated unit is verified here\n');

/** A home, a node and a script whose paths have what systemd reads as something else. */
function someDefinition(changes: Partial<ServiceDefinition> = {}): ServiceDefinition {
  // A program of systemd must not have quotes in its path; all else may.
  const folder = join(tempDir(), 'Ada 100% $HOME');
  mkdirSync(join(folder, 'a "b" \\c'), { recursive: true });
  const [node, script] = [join(folder, 'node'), join(folder, 'a "b" \\c', 'main.js')];
  for (const file of [node, script]) writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 });
  return {
    scope: 'user',
    user: 'root',
    userHome: folder,
    home: join(folder, '.ninjad'),
    node,
    script,
    path: ['/usr/local/bin', '/usr/bin', '/bin'],
    stopMs: 125_000,
    ...changes,
  };
}

function written(text: string): string {
  const file = join(tempDir(), 'ninjad.service');
  writeFileSync(file, text);
  return file;
}

/** Stderr of `systemd-analyze verify`, which says nothing where all is known and well; its status alone does not tell. */
function complaints(text: string, scope: 'user' | 'system'): string {
  const run = spawnSync(
    'systemd-analyze',
    [...(scope === 'user' ? ['--user'] : []), 'verify', '--man=no', '--recursive-errors=no', written(text)],
    { encoding: 'utf8', env: { PATH: process.env['PATH'], XDG_RUNTIME_DIR: tempDir(), HOME: tempDir() } },
  );
  return `${run.status === 0 ? '' : `status ${String(run.status)}\n`}${run.stderr}`;
}

describe('the unit', () => {
  it.skipIf(!analyze).each(['user', 'system'] as const)(
    'of the %s passes systemd-analyze verify',
    (scope) => {
      const text = unitText(someDefinition({ scope }));
      // Others' units of this machine may be complained about; ours must not be.
      const ours = (said: string) => said.split('\n').filter((line) => /ninjad\.service/.test(line));
      expect(ours(complaints(text, scope))).toEqual([]);
      expect(ours(complaints(text.replace('WatchdogSec=120', 'WatchdogSec=soon'), scope))).not.toEqual([]);
    },
  );

  it('says to systemd exactly the paths that it was made of', () => {
    const definition = someDefinition();
    const unit = readUnit(written(unitText(definition)));
    expect(unitWords(unit?.value('ExecStart') ?? '')).toEqual([definition.node, definition.script, 'up']);
    expect(unit?.values('Environment').flatMap(unitWords)).toEqual([
      `NINJAD_HOME=${definition.home}`,
      'PATH=/usr/local/bin:/usr/bin:/bin',
    ]);
  });

  // A flood of lines would trip the limit of a socket unit, which stays failed then; the daemon has the pipe open itself.
  it('is started by nothing that comes in, so that only ends of its own count against its limit', () => {
    for (const scope of ['user', 'system'] as const)
      expect(unitText(someDefinition({ scope }))).not.toMatch(
        /socket|\.path|Listen|Trigger|Upholds|Requires/i,
      );
  });

  it('starts it again whatever its end was, with a limit, and has it watched', () => {
    const unit = readUnit(written(unitText(someDefinition())));
    const value = (name: string) => unit?.value(name);
    expect(value('Restart')).toBe('always');
    expect([value('StartLimitIntervalSec'), value('StartLimitBurst')]).toEqual(['10min', '8']);
    expect([value('Type'), value('NotifyAccess'), value('WatchdogSec')]).toEqual(['notify', 'all', '120']);
    expect(value('Delegate')).toBe('yes');
    expect(value('User')).toBeUndefined();
    expect(readUnit(written(unitText(someDefinition({ scope: 'system', user: 'ada' }))))?.value('User')).toBe(
      'ada',
    );
  });

  it.each([
    ['the defaults', {}],
    ['an hour of drain', { 'shutdown.drainMs': 3_600_000, 'task.killGraceMs': 600_000 }],
  ])('waits for a whole stop before it kills, with %s', (_, config) => {
    const configFile = join(tempDir(), 'config.json');
    writeFileSync(configFile, JSON.stringify(config));
    const settings = createSettings({ configFile, env: {} });
    const stopMs = stopMsOf((key) => settings.get(key));
    const unit = readUnit(written(unitText(someDefinition({ stopMs }))));
    const limitMs = unitSpanMs(unit?.value('TimeoutStopSec') ?? '') ?? 0;
    // Tasks have 30 s more than that in src/system.ts, and the database 20 s after them.
    const drainMs = settings.get('shutdown.drainMs') + settings.get('task.killGraceMs');
    expect(limitMs).toBeGreaterThanOrEqual(drainMs + 30_000 + 20_000 + 10_000);
  });

  it('has nothing that breaks sandboxes, node or the cgroups of tasks', () => {
    for (const scope of ['user', 'system'] as const) {
      const text = unitText(someDefinition({ scope }));
      for (const breaks of [
        'RestrictNamespaces',
        'MemoryDenyWriteExecute',
        'ProtectControlGroups',
        'ProcSubset',
        'ProtectHome',
        'PrivateTmp',
        'ProtectSystem=strict',
        'RestrictSUIDSGID',
        '@system-service',
      ])
        expect(text).not.toContain(breaks);
    }
  });
});

describe('reading a unit', () => {
  it('takes drop-ins after the file, and an empty value takes back what was before it', () => {
    const file = written('[Service]\nExecStart=/a up\nTimeoutStopSec=1min 30s\nDelegate=yes\n#Delegate=no\n');
    mkdirSync(`${file}.d`);
    writeFileSync(join(`${file}.d`, 'override.conf'), '[Service]\nExecStart=\nExecStart=/b up\nDelegate=\n');
    const unit = readUnit(file);
    expect(unit?.value('ExecStart')).toBe('/b up');
    expect(unit?.value('Delegate')).toBeUndefined();
    expect(unitSpanMs(unit?.value('TimeoutStopSec') ?? '')).toBe(90_000);
    expect(unitSpanMs('infinity')).toBe(Infinity);
    expect(unitSpanMs('soon')).toBeUndefined();
    expect(readUnit(`${file}.none`)).toBeUndefined();
  });
});

const python = ['/usr/bin/python3', '/usr/local/bin/python3'].find((path) => existsSync(path));
if (python === undefined)
  process.stderr.write('skipped: there is no python3 whose plistlib could read the property list\n');

it.skipIf(python === undefined)('makes a property list that says the same to launchd', () => {
  const definition = someDefinition({ scope: 'system', user: 'ada', userHome: '/Users/a&b<c>' });
  const run = spawnSync(
    python ?? '',
    ['-c', 'import plistlib, sys, json; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))'],
    { input: plistText(definition), encoding: 'utf8' },
  );
  expect(run.stderr).toBe('');
  expect(JSON.parse(run.stdout)).toMatchObject({
    Label: 'dev.ninjad',
    ProgramArguments: [definition.node, definition.script, 'up'],
    EnvironmentVariables: { HOME: '/Users/a&b<c>', NINJAD_HOME: definition.home },
    UserName: 'ada',
    RunAtLoad: true,
    KeepAlive: true,
    ExitTimeOut: 125,
  });
});
