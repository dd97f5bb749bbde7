import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSshAddress, shownAddress } from '../../../src/fleet/address.ts';
import { declaredHost } from '../../../src/fleet/definition.ts';
import { hostName } from '../../../src/fleet/name.ts';
import { isNodeMetrics, readMetrics } from '../../../src/fleet/probe/metrics.ts';
import { matches } from '../../../src/fleet/probe/http.ts';
import { figureOf, markIn, readScript } from '../../../src/fleet/probe/read-script.ts';
import { reportScript } from '../../../src/fleet/probe/script.ts';
import { sshOptions } from '../../../src/fleet/probe/ssh.ts';
import { readPushed } from '../../../src/fleet/push.ts';
import { reportOf } from '../../../src/fleet/report.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const said = (lines: string): string =>
  `Welcome!\nmotd: load 99 99 99\nninjad-report 7\n${lines}\nninjad-report-end 7\nbye: cores 9\n`;

describe('what the script says', () => {
  it('is read between its marks; banners before and after are noise', () => {
    const report = readScript(
      said(
        'kernel Linux 6.1\nload 0.52 0.40 0.30 1/200 99\ncores 4\nuptime 120.55 9\nboot abc\nmem MemTotal: 8000\nmem MemAvailable: 6000\nunits known\nunit nginx.service\nreboot 1\npressure cpu 1.5\ntemperature 45500 cpu\nprocess 12 99.1 3.0 my prog\ncertificate /etc/c.pem Jun  1 12:00:00 2027 GMT\ndisk 1000 400 500 : 100 40 60 : /data dir',
      ),
      '7',
    );
    expect(report).toMatchObject({
      load1: 0.52,
      cores: 4,
      uptimeSeconds: 120,
      bootId: 'abc',
      memoryTotal: 8_192_000,
      memoryUsed: 2_048_000,
      failedUnits: ['nginx.service'],
      rebootPending: true,
      pressure: { cpu: 1.5, memory: null, io: null },
      temperatures: [{ name: 'cpu', celsius: 45.5 }],
      processes: [{ pid: 12, cpu: 99.1, memory: 3, name: 'my prog' }],
      certificates: [{ name: '/etc/c.pem', endsAt: '2027-06-01T12:00:00.000Z' }],
      disks: [
        {
          mount: '/data dir',
          total: 1_024_000,
          used: 409_600,
          free: 512_000,
          inodesUsed: 40,
          inodesTotal: 100,
        },
      ],
    });
    expect(readScript(said('load 1 1 1'), '8')).toBeUndefined();
    expect(readScript('load 1 1 1', '7')).toBeUndefined();
  });

  it('leaves unknown what is missing, NaN or written with a comma, and makes no zero of it', () => {
    const report = readScript(
      said('load 0,52 NaN inf\ncores \nboot x\nuptime 1e5\ndisk 10 nan 3 : : /\nmem MemTotal: 8000'),
      '7',
    );
    expect(report).toMatchObject({
      load1: null,
      load5: null,
      load15: null,
      cores: null,
      uptimeSeconds: null,
      disks: null,
      memoryTotal: 8_192_000,
      memoryUsed: null,
      failedUnits: null,
      rebootPending: null,
    });
    expect([figureOf('-1'), figureOf('0x10'), figureOf(' 1'), figureOf(undefined), figureOf('0.5')]).toEqual([
      null,
      null,
      null,
      null,
      0.5,
    ]);
  });

  it('comes from a real shell, each program of it under a limit of time', () => {
    const folder = tempDir();
    // Programs that hang, as df does on a dead server.
    for (const name of ['df', 'systemctl', 'ps', 'uname']) {
      writeFileSync(join(folder, name), '#!/bin/sh\nexec sleep 60\n');
      chmodSync(join(folder, name), 0o755);
    }
    const startedAt = performance.now();
    const { stdout } = spawnSync('sh', ['-s', '42'], {
      input: reportScript,
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(markIn(stdout)).toBe('42');
    const report = readScript(stdout, '42');
    expect(report?.load1).toBeGreaterThanOrEqual(0);
    expect(report?.memoryTotal).toBeGreaterThan(1e6);
    expect(report).toMatchObject({ disks: null, failedUnits: null, processes: null, kernel: null });
    for (const line of reportScript
      .split('\n')
      .filter((each) => /\b(?:df -|systemctl|sysctl|openssl|vm_stat|ps -)/.test(each)))
      expect(line, 'a program without a limit').toMatch(/\bt (?:df|systemctl|sysctl|openssl|vm_stat|ps) /);
  }, 90_000);

  it('comes from a shell that has no timeout(1) too', () => {
    const folder = tempDir();
    mkdirSync(folder, { recursive: true });
    for (const name of [
      'cat',
      'uname',
      'date',
      'awk',
      'grep',
      'getconf',
      'ps',
      'sort',
      'head',
      'sed',
      'df',
      'tr',
      'sleep',
      'sh',
    ]) {
      const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
      if (found.startsWith('/')) symlinkSync(found, join(folder, name));
    }
    const script = reportScript.replace(/^PATH=.*$/m, `PATH=${folder}; export PATH`);
    const { stdout } = spawnSync('/bin/sh', ['-s', '43'], {
      input: script,
      encoding: 'utf8',
      timeout: 60_000,
    });
    const report = readScript(stdout, '43');
    expect(report?.memoryUsed).toBeGreaterThan(0);
    expect(report?.disks?.length).toBeGreaterThan(0);
  }, 90_000);
});

describe('a report of another machine', () => {
  it('is read field by field: what is of the wrong kind is unknown', () => {
    expect(
      reportOf({
        load1: '0,5',
        cores: 2,
        memoryUsed: -1,
        disks: [{ mount: '/', used: 5, total: 10 }, { mount: '/b', used: 20, total: 10 }, 'x'],
        failedUnits: 'none',
        bootId: 7,
      }),
    ).toMatchObject({
      load1: null,
      cores: 2,
      memoryUsed: null,
      disks: [{ mount: '/', used: 5, total: 10, inodesUsed: null }],
      failedUnits: null,
      bootId: null,
    });
    for (const none of [null, [], 'x', 5, {}, { load1: Number.NaN }, { toString: 1 }])
      expect(reportOf(none)).toBeUndefined();
    expect(reportOf({ kernel: 'a\u001b[31mb\nc', load1: 1 })?.kernel).toBe('a [31mb c');
  });

  it('is pushed as JSON or as the script prints it', () => {
    expect(readPushed('{"load1": 1}')).toMatchObject({ report: { load1: 1 } });
    expect(readPushed(said('load 2 2 2'))).toMatchObject({ report: { load1: 2 } });
    expect(readPushed('{"load1": NaN}')).toMatchObject({
      problem: expect.stringContaining('not JSON') as string,
    });
    expect(readPushed('{"a": 1}')).toMatchObject({ problem: expect.stringContaining('no report') as string });
  });
});

describe('a page of node_exporter', () => {
  const page = `# HELP node_load1 1m load average.
# TYPE node_load1 gauge
node_load1 0.75
# TYPE node_memory_MemTotal_bytes gauge
node_memory_MemTotal_bytes 8e+09
# TYPE node_memory_MemAvailable_bytes gauge
node_memory_MemAvailable_bytes NaN
# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} 1
node_cpu_seconds_total{cpu="0",mode="user"} 1
node_cpu_seconds_total{cpu="1",mode="idle"} 1
# TYPE node_boot_time_seconds gauge
node_boot_time_seconds 1.7e+09
# TYPE node_time_seconds gauge
node_time_seconds 1.7000036e+09
# TYPE node_filesystem_size_bytes gauge
node_filesystem_size_bytes{device="/dev/sda1",fstype="ext4",mountpoint="/"} 1e+11
node_filesystem_size_bytes{device="nas:/x",fstype="nfs4",mountpoint="/nas"} 1e+12
# TYPE node_filesystem_free_bytes gauge
node_filesystem_free_bytes{device="/dev/sda1",fstype="ext4",mountpoint="/"} 4e+10
# TYPE node_filesystem_avail_bytes gauge
node_filesystem_avail_bytes{device="/dev/sda1",fstype="ext4",mountpoint="/"} 3e+10
# TYPE node_systemd_unit_state gauge
node_systemd_unit_state{name="a.service",state="failed",type="simple"} 0
node_systemd_unit_state{name="b.service",state="failed",type="simple"} 1
`;

  it('is read for what a report has; NaN is unknown, and far file systems are none of its disks', () => {
    expect(isNodeMetrics(page)).toBe(true);
    expect(isNodeMetrics('<html>')).toBe(false);
    expect(readMetrics(page)).toMatchObject({
      load1: 0.75,
      cores: 2,
      memoryTotal: 8e9,
      memoryUsed: null,
      uptimeSeconds: 3600,
      bootId: 'booted:1700000000',
      disks: [{ mount: '/', total: 1e11, used: 6e10, free: 3e10, inodesUsed: null }],
      failedUnits: ['b.service'],
    });
  });

  it('is parsed by its few lines alone, however long it is', () => {
    const long = `${page}${'node_other_total{a="b"} 1\n'.repeat(150_000)}`;
    const startedAt = performance.now();
    expect(readMetrics(long).load1).toBe(0.75);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe('an address', () => {
  it('never becomes an option or a command of ssh', () => {
    expect(readSshAddress('ninja@nas.lan:2222')).toEqual({ user: 'ninja', host: 'nas.lan', port: 2222 });
    expect(readSshAddress('[fe80::1%eth0]:22')).toEqual({ user: null, host: 'fe80::1%eth0', port: 22 });
    expect(readSshAddress('nas')).toEqual({ user: null, host: 'nas', port: null });
    for (const bad of [
      '-oProxyCommand=touch /tmp/x',
      'a@-oProxyCommand=x',
      '-l@host',
      'a b',
      'a;b',
      'a$(b)',
      'host:99999',
      'host:0',
      '',
      '@',
      'a@',
      "a'b",
      'ho\nst',
    ])
      expect(readSshAddress(bad), bad).toBeUndefined();
    for (const bad of ['-oProxyCommand', '', 'a/b', 'a b', '.x', 'x'.repeat(59)])
      expect(hostName.safeParse(bad).success, bad).toBe(false);
    expect(declaredHost.safeParse({ ssh: 'nas', certificates: ['$(reboot)'] }).success).toBe(false);
    expect(declaredHost.safeParse({ ssh: 'nas', http: 'http://nas' }).success).toBe(false);
    expect(declaredHost.safeParse({ push: true }).success).toBe(false);
  });

  it('is shown without its password', () => {
    expect(shownAddress('http', 'http://u:p@web.test/x?token=1')).toBe('http://web.test/x?***');
    expect(shownAddress('ssh', 'a@b')).toBe('a@b');
  });

  it('is asked without questions, shared connections or new keys', () => {
    const options = sshOptions(
      { identity: '/k%y', knownHosts: ['/a b', '/c'] },
      { user: 'u', host: 'h', port: 22 },
      9_500,
    ).join(' ');
    for (const wanted of [
      'BatchMode=yes',
      'StrictHostKeyChecking=yes',
      'ControlMaster=no',
      'ControlPath=none',
      'ConnectTimeout=9',
      'UserKnownHostsFile="/a b" "/c"',
      'IdentityFile="/k%%y"',
      '-p 22',
      '-l u',
    ])
      expect(options).toContain(wanted);
  });

  it('has words looked for in its answer, between which anything may stand', () => {
    expect([
      matches('{"status": "ok"}', '"status"*"ok"'),
      matches('bad', 'ok'),
      matches('ab', 'b*a'),
    ]).toEqual([true, false, false]);
  });
});
