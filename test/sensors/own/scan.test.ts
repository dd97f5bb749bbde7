import { chmodSync, mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { scanOwnSensors } from '../../../src/sensors/own/scan.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

let folder: string;
beforeEach(() => {
  folder = tempDir();
});

function put(name: string, text: string, mode = 0o700): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const scan = () => scanOwnSensors(folder, (name) => name === 'disk');
const problems = async () => Object.fromEntries((await scan()).map(({ name, problem }) => [name, problem]));

describe('the folder of the owner’s sensors', () => {
  it('gives programs with the schedule of their header', async () => {
    put('check', '#!/bin/sh\n# ninjad: every 5m\n');
    expect(await scan()).toMatchObject([
      {
        name: 'check',
        schedule: { everyMs: 300_000 },
        problem: null,
        isBroken: false,
        quiet: false,
        category: 'sensor',
      },
    ]);
  });

  it('takes the schedule and more from a file beside a program, named after it with or without its ending', async () => {
    put('a.sh', '#!/bin/sh\n# ninjad: every 5m\n');
    put(
      'a.sh.json',
      JSON.stringify({
        every: '1h',
        priority: 'LOW',
        category: 'weather',
        sources: ['fleet:nas'],
        args: ['-x'],
      }),
      0o600,
    );
    put('b.py', '#!/usr/bin/python3\n');
    put(
      'b.json',
      JSON.stringify({ cron: '0 9 * * *', zone: 'Europe/Berlin', timeout: '2s', quiet: true }),
      0o600,
    );
    expect(await scan()).toMatchObject([
      {
        name: 'a.sh',
        schedule: { everyMs: 3_600_000 },
        priority: 'LOW',
        category: 'weather',
        sources: ['fleet:nas'],
        args: ['-x'],
      },
      { name: 'b.py', schedule: { cron: '0 9 * * *', zone: 'Europe/Berlin' }, timeoutMs: 2000, quiet: true },
    ]);
  });

  it('says of each what keeps it from running', async () => {
    put('no-schedule', '#!/bin/sh\n');
    put('no-x', '#!/bin/sh\n# ninjad: every 5m\n', 0o600);
    put('bad-header', '#!/bin/sh\n# ninjad: hourly\n');
    put('bad-json', '#!/bin/sh\n');
    put('bad-json.json', '{"every": ', 0o600);
    put('bad-field', '#!/bin/sh\n');
    put('bad-field.json', '{"evry": "5m"}', 0o600);
    put('as-owner', '#!/bin/sh\n');
    put('as-owner.json', '{"every": "5m", "sources": ["dashboard"]}', 0o600);
    put('disk', '#!/bin/sh\n# ninjad: every 5m\n');
    put('with space', '#!/bin/sh\n# ninjad: every 5m\n');
    mkdirSync(join(folder, 'folder'));
    symlinkSync('/nowhere', join(folder, 'dangling'));
    symlinkSync(join(folder, 'loop'), join(folder, 'loop'));
    symlinkSync(folder, join(folder, 'to-folder'));
    expect(await problems()).toEqual({
      'no-schedule': expect.stringContaining('it has no schedule') as string,
      'no-x': expect.stringContaining('it is not executable: chmod +x') as string,
      'bad-header': expect.stringContaining('expected every 5m') as string,
      'bad-json': 'bad-json.json: it is not JSON',
      'bad-field': expect.stringContaining('evry') as string,
      'as-owner': expect.stringContaining('a sensor cannot speak as you') as string,
      disk: expect.stringContaining('rename the file') as string,
      'with space': expect.stringContaining('its name') as string,
      folder: 'it is a folder',
      dangling: 'it is a link that leads nowhere',
      loop: 'it is a link to itself',
      'to-folder': 'it is a folder',
    });
  });

  it('follows a link to a program, but not to one that everybody may change', async () => {
    const elsewhere = tempDir();
    for (const [name, mode] of [
      ['good', 0o755],
      ['bad', 0o777],
    ] as const) {
      writeFileSync(join(elsewhere, name), '#!/bin/sh\n# ninjad: every 5m\n');
      chmodSync(join(elsewhere, name), mode);
      symlinkSync(join(elsewhere, name), join(folder, name));
    }
    expect(await problems()).toEqual({
      good: null,
      bad: expect.stringContaining('which everybody may change') as string,
    });
  });

  it('passes over what editors and packages leave, and notes', async () => {
    for (const name of [
      '.a.swp',
      'a~',
      'a.bak',
      '#a#',
      'a.dpkg-new',
      'README.md',
      'notes.txt',
      'lonely.json',
    ])
      put(name, '#!/bin/sh\n# ninjad: every 5m\n');
    expect(await scan()).toEqual([]);
  });

  it('is none where it is missing, and has another version of what changes', async () => {
    const path = put('a', '#!/bin/sh\n# ninjad: every 5m\n');
    const version = async () => (await scan())[0]?.version;
    const first = await version();
    expect(await version()).toBe(first);
    chmodSync(path, 0o755);
    const second = await version();
    put('a.json', '{"quiet": true}', 0o600);
    expect(new Set([first, second, await version()]).size).toBe(3);
    unlinkSync(path);
    rmSync(folder, { recursive: true });
    expect(await scan()).toEqual([]);
  });

  it('reads the head of a program of bytes without harm', async () => {
    put('binary', '\u007fELF\0\u0001\u0002\n# ninjad: every 5m\n');
    expect(await problems()).toEqual({ binary: null });
  });
});
