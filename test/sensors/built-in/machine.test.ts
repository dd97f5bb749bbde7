import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { disksOf, mountOf, readMounts } from '../../../src/sensors/mounts.ts';
import { closeAfterTest } from '../../helpers/closers.ts';
import { looker } from '../../helpers/look.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

/** A folder in the shape of /proc or /sys. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const dir = tempDir();
  for (const [name, text] of Object.entries(files)) write(dir, name, text);
  return dir;
}

function write(dir: string, name: string, text: string): void {
  mkdirSync(join(dir, name, '..'), { recursive: true });
  writeFileSync(join(dir, name), text);
}

function mounted(options: string): string | undefined {
  const dir = tempDir();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dir], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  closeAfterTest(() => execFileSync('umount', ['-l', dir]));
  return dir;
}

describe('disk', () => {
  it('tells a file system that fills up, in steps, and one that has room again', async ({ skip }) => {
    const dir = mounted('size=4m,nr_inodes=1000');
    if (dir === undefined) return skip('a file system cannot be mounted here');
    const disk = looker('disk', { paths: [dir], warnPercent: 50, criticalPercent: 80 });
    const fill = (mib: number): void => writeFileSync(join(dir, 'file'), Buffer.alloc(mib * 1024 * 1024));
    expect(await disk.look()).toEqual([]);
    fill(2.2);
    expect(await disk.look()).toEqual([
      expect.stringMatching(/^warning .* is 5\d(\.\d)? % full, 1\.8 MiB are free$/),
    ]);
    fill(3.6);
    expect(await disk.look()).toEqual([expect.stringMatching(/^critical .* is 90 % full/)]);
    expect(await disk.look()).toEqual([]);
    rmSync(join(dir, 'file'));
    expect(await disk.look()).toEqual([expect.stringMatching(/^ok .* is 0 % full/)]);
  });

  it('counts inodes, which run out by themselves', async ({ skip }) => {
    const dir = mounted('size=4m,nr_inodes=20');
    if (dir === undefined) return skip('a file system cannot be mounted here');
    const disk = looker('disk', { paths: [dir] });
    for (let file = 0; file < 18; file += 1) writeFileSync(join(dir, String(file)), '');
    expect(await disk.look()).toEqual([
      expect.stringMatching(/^critical .* is 95 % of its inodes used, 1 are free$/),
    ]);
  });

  it('says of a path that is not there that it is unknown, and watches the others', async () => {
    const disk = looker('disk', { paths: ['/nowhere/at/all', '/'], warnPercent: 0, criticalPercent: 100 });
    expect(await disk.look()).toEqual(expect.arrayContaining([expect.stringContaining('warning / is')]));
    expect(disk.unknown('/nowhere/at/all')).toContain('ENOENT');
  });

  it('takes the disks of this machine alone, each once, and never touches a server that may hang', async () => {
    const proc = folderOf({
      'self/mountinfo': [
        '22 1 8:1 / / rw - ext4 /dev/sda1 rw',
        '23 22 0:5 / /proc rw - proc proc rw',
        '24 22 8:2 / /home rw - ext4 /dev/sda2 rw',
        '25 22 8:2 /x /srv/bind rw - ext4 /dev/sda2 rw',
        '26 22 0:40 / /mnt/nas rw - nfs4 nas:/ rw',
        '27 22 0:41 / /mnt/with\\040space rw - ext4 /dev/sdb1 rw',
        '28 22 0:42 / /run rw - tmpfs tmpfs rw',
      ].join('\n'),
    });
    const mounts = await readMounts(proc);
    expect(disksOf(mounts)).toEqual(['/', '/home', '/mnt/with space']);
    expect([mountOf('/mnt/nas/a', mounts), mountOf('/mnt/nasx', mounts)]).toMatchObject([
      { local: false },
      { point: '/' },
    ]);
    const bin = tempDir();
    writeFileSync(join(bin, 'stat'), '#!/bin/sh\nexec sleep 30\n', { mode: 0o755 });
    const disk = looker('disk', { paths: ['/mnt/nas'] }, { proc, path: `${bin}:/usr/bin:/bin` });
    const startedAt = performance.now();
    expect(await disk.look()).toEqual([]);
    expect(disk.unknown('/mnt/nas')).toContain('nfs4 at /mnt/nas does not answer');
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  }, 30_000);
});

describe('memory, load and pressure', () => {
  const meminfo = (available: number) =>
    `MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:   ${available} kB\nSwapTotal: 100 kB\nSwapFree: 90 kB\n`;

  it('go by what can still be had, and by hysteresis', async () => {
    const proc = folderOf({ meminfo: meminfo(500) });
    const memory = looker('memory', {}, { proc });
    const told = [];
    for (const available of [500, 90, 115, 150, 20]) {
      write(proc, 'meminfo', meminfo(available));
      told.push((await memory.look()).map((line) => line.split(' ')[0]));
    }
    expect(told).toEqual([[], ['warning'], [], ['ok'], ['critical']]);
  });

  it('are of five minutes, for each processor', async () => {
    const proc = folderOf({ loadavg: '900.00 0.10 0.10 1/1 1\n' });
    const load = looker('load', {}, { proc });
    expect(await load.look()).toEqual([]);
    write(proc, 'loadavg', '0.00 9000.00 0.00 1/1 1\n');
    expect(await load.look()).toEqual([expect.stringMatching(/^critical the load is 9000\.00, /)]);
  });

  it('are unknown where the kernel gives no figure, one resource or all', async () => {
    const proc = folderOf({ 'pressure/cpu': 'some avg10=1.00 avg60=1.00 avg300=95.50 total=1\n' });
    const pressure = looker('pressure', {}, { proc });
    expect(await pressure.look()).toEqual(['critical processes waited for cpu in 95.5 % of five minutes']);
    expect(pressure.unknown('io')).toContain('the kernel tells no pressure');
    expect(pressure.unknown('cpu')).toBeUndefined();
  });
});

describe('temperature', () => {
  it('reads zones and monitors, and passes over one that is off', async () => {
    const sys = folderOf({
      'class/thermal/thermal_zone0/type': 'x86_pkg_temp\n',
      'class/thermal/thermal_zone0/temp': '97000\n',
      'class/thermal/thermal_zone1/type': 'acpitz\n',
      'class/thermal/thermal_zone1/temp': '-274000\n',
      'class/hwmon/hwmon0/name': 'nvme\n',
      'class/hwmon/hwmon0/temp1_input': '41850\n',
      'class/hwmon/hwmon0/temp1_label': 'Composite\n',
    });
    const temperature = looker('temperature', {}, { sys });
    expect(await temperature.look()).toEqual(['critical x86_pkg_temp has 97 °C']);
    expect(Object.keys(temperature.standings())).toEqual(['x86_pkg_temp', 'nvme Composite']);
  });
});

describe('units', () => {
  function withSystemctl(script: string): { path: string; say: (script: string) => void } {
    const bin = tempDir();
    const say = (text: string): void =>
      writeFileSync(join(bin, 'systemctl'), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    say(script);
    return { path: `${bin}:/usr/bin:/bin`, say };
  }

  it('tells each unit that has failed, and that it is well again', async () => {
    const { path, say } = withSystemctl(
      'echo "a.service loaded failed failed A"; echo "● b.mount loaded failed failed B"',
    );
    const units = looker('units', { ignore: ['b.mount'] }, { path });
    expect(await units.look()).toEqual(['critical a.service has failed']);
    expect(await units.look()).toEqual([]);
    say('exit 0');
    expect(await units.look()).toEqual(['ok is no longer there, or no longer in trouble']);
  });

  it('is unknown without systemd, and leaves what it knew', async () => {
    const { path, say } = withSystemctl('echo "a.service loaded failed failed A"');
    const units = looker('units', {}, { path });
    await units.look();
    say('echo "System has not been booted with systemd as init system" >&2; exit 1');
    expect(await units.look()).toEqual([]);
    expect(units.unknown()).toContain('not been booted with systemd');
    const absent = looker('units', {}, { path: tempDir() });
    expect(await absent.look()).toEqual([]);
    expect(absent.unknown()).toContain('could not be started');
  });
});

describe('process', () => {
  it('finds one by its name or its command line, and misses it when it is gone', async () => {
    const child = spawn('sleep', ['4321.75'], { stdio: 'ignore' });
    closeAfterTest(() => child.kill('SIGKILL'));
    const process = looker('process', { match: 'sleep 4321.75' });
    expect(await process.look()).toEqual([]);
    expect(Object.values(process.standings())).toMatchObject([{ value: 1 }]);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    expect([await process.look(), await process.look(), await process.look()]).toEqual([
      [],
      ['critical there are 0 processes sleep 4321.75, at least 1 expected'],
      [],
    ]);
  });
});
