import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSettings } from '../../src/settings.ts';
import { sensorKinds } from '../../src/sensors/built-in/kinds.ts';
import { readDeclaration } from '../../src/sensors/declaration.ts';
import { tempDir } from '../helpers/temp-dir.ts';

function read(sensors: unknown) {
  const configFile = join(tempDir(), 'config.json');
  writeFileSync(configFile, JSON.stringify({ sensors }));
  return createSettings({ configFile, env: {} }).get('sensors');
}

describe('sensors in config.json', () => {
  it('may be several of one kind, and programs of the owner', () => {
    const sensors = {
      disk: true,
      'tls:nas': { host: 'nas', every: '6h' },
      'tls:web': { host: 'web', cron: '0 7 * * *', zone: 'Europe/Berlin' },
      'files:etc': { path: ['/etc/passwd', '/etc/group'], timeout: '5s' },
      'check.sh': false,
    };
    expect(read(sensors)).toEqual(sensors);
  });

  it.each([
    [{ tls: true }, 'sensors["tls"]["host"]'],
    [{ 'tls:nas': { hots: 'nas' } }, 'did you mean host?'],
    [{ disk: { every: 'often' } }, 'expected a period from 1s to 366d, such as 5m, got "often"'],
    [{ disk: { cron: '0 0 30 2 *' } }, 'never due'],
    [{ disk: { cron: '0 9 * *' } }, 'sensors["disk"]["cron"]'],
    [{ disk: { cron: '0 9 * * *', zone: 'Europe/Atlantis' } }, 'Europe/Atlantis'],
    [{ disk: { warnPercent: 900 } }, 'sensors["disk"]["warnPercent"]'],
    [{ 'log:x': { path: '/var/log/x', pattern: '(' } }, 'expected a regular expression'],
    [{ 'files:x': { path: 'relative' } }, 'expected an absolute path'],
    [{ 'http:x': { url: 'ftp://x' } }, 'expected an address'],
    [{ 'no spaces': true }, 'letters, digits'],
  ])('%j is refused with its place', (sensors, words) => {
    expect(() => read(sensors)).toThrow(words);
  });
});

it('every kind that needs nothing can be switched on as it is, and the others say what they lack', () => {
  const needy = sensorKinds
    .filter(({ kind }) => 'faults' in readDeclaration(kind, true))
    .map(({ kind }) => kind);
  expect(needy.sort()).toEqual(['backup', 'files', 'git', 'http', 'log', 'process', 'tls']);
  expect(readDeclaration('backup', {})).toMatchObject({ faults: [{ path: ['path'] }] });
});
