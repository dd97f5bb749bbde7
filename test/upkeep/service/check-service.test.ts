import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { homePaths } from '../../../src/lib/config/paths.ts';
import { createSettings } from '../../../src/settings.ts';
import { checkService, type ServiceSurroundings } from '../../../src/upkeep/service/check-service.ts';
import type { ServiceScope } from '../../../src/upkeep/service/definition.ts';
import { unitText } from '../../../src/upkeep/service/unit.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

/** A machine whose unit is written as `install` would, and then changed. */
function machine(config: Record<string, unknown> = {}) {
  const folder = tempDir();
  const paths = homePaths(join(folder, '.ninjad'));
  mkdirSync(paths.home);
  writeFileSync(paths.configFile, JSON.stringify(config));
  const settings = createSettings({ configFile: paths.configFile, env: {} });
  const gone = new Set<string>();
  let lingering = true;
  const surroundings: ServiceSurroundings = {
    fileOf: (scope: ServiceScope) => join(folder, scope, 'ninjad.service'),
    node: { exists: (path) => !gone.has(path), versionOf: () => '20.20.2' },
    lingers: () => lingering,
  };
  const write = (scope: ServiceScope, change: (text: string) => string = (text) => text): void => {
    const file = surroundings.fileOf(scope);
    mkdirSync(dirname(file), { recursive: true });
    const text = unitText({
      ...{ scope, user: 'ada', userHome: folder, home: paths.home, node: '/usr/bin/node' },
      ...{ script: '/opt/ninjad/dist/src/main.js', path: ['/usr/bin'], stopMs: 125_000 },
    });
    writeFileSync(file, change(text));
  };
  return {
    write,
    gone,
    leave: () => (lingering = false),
    check: () => checkService({ paths, env: {}, userHome: folder, settings }, surroundings),
  };
}

const says = (pattern: RegExp) => expect.stringMatching(pattern) as string;

it('is content with what install writes, and without a service', () => {
  const { write, check } = machine();
  expect(check()).toMatchObject({ verdict: 'ok', found: says(/not a service/) });
  write('user');
  expect(check()).toMatchObject({
    verdict: 'ok',
    found: says(/user\/ninjad.service, node \/usr\/bin\/node/),
  });
});

it('finds a stop that is cut off, by the settings as they are now', () => {
  const { write, check } = machine({ 'shutdown.drainMs': 180_000 });
  write('user');
  expect(check()).toMatchObject({
    verdict: 'fail',
    found: says(/TimeoutStopSec=125 is shorter than a stop may take/),
    expected: says(/TimeoutStopSec=275 or more/),
  });
  write('user', (text) => text.replace('TimeoutStopSec=125', 'TimeoutStopSec=5min'));
  expect(check().verdict).toBe('ok');
  write('user', (text) => text.replace('TimeoutStopSec=125\n', ''));
  expect(check()).toMatchObject({ verdict: 'fail', found: says(/90 by default/) });
});

it('finds two services, and a node or a program that is gone', () => {
  const two = machine();
  two.write('user');
  two.write('system');
  expect(two.check()).toMatchObject({ verdict: 'fail', expected: says(/two fight/) });
  const dead = machine();
  dead.write('user');
  dead.gone.add('/opt/ninjad/dist/src/main.js');
  expect(dead.check()).toMatchObject({ verdict: 'fail', found: says(/main.js is gone/) });
  dead.gone.add('/usr/bin/node');
  expect(dead.check()).toMatchObject({ verdict: 'fail', found: says(/its node \/usr\/bin\/node is gone/) });
});

it('knows of what a unit written by hand lacks', () => {
  const { write, check, leave } = machine();
  write('user', (text) => text.replace(/^(Delegate|WatchdogSec|Type|NotifyAccess)=.*\n/gm, ''));
  expect(check()).toMatchObject({
    verdict: 'warn',
    found: says(/it has no Delegate; it has no WatchdogSec; it has no Type; it has no NotifyAccess/),
  });
  write('user', (text) => text.replace('Restart=always', 'Restart=on-failure'));
  expect(check()).toMatchObject({ verdict: 'warn', found: says(/Restart=on-failure/) });
  write('user', (text) => text.replace('/usr/bin/node', '/home/a/.nvm/versions/node/v20.20.2/bin/node'));
  expect(check()).toMatchObject({ verdict: 'warn', found: says(/one version of nvm/) });
  write('user', (text) => text.replace(/NINJAD_HOME=\S+/, 'NINJAD_HOME=/srv/other'));
  expect(check()).toMatchObject({ verdict: 'warn', found: says(/it runs the home \/srv\/other/) });
  write('user', (text) => text.replace(/NINJAD_HOME=\S+/, 'NINJAD_HOME=/srv/100%%'));
  expect(check()).toMatchObject({ verdict: 'warn', found: says(/it runs the home \/srv\/100%, and/) });
  // Only systemd knows whose folder that is.
  write('user', (text) => text.replace(/NINJAD_HOME=\S+/, 'NINJAD_HOME=%h/.ninjad'));
  expect(check()).toMatchObject({ verdict: 'ok' });
  write('user');
  leave();
  expect(check()).toMatchObject({ verdict: 'warn', found: says(/does not linger/) });
});
