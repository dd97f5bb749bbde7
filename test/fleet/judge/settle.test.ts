import { describe, expect, it } from 'vitest';
import { defaultOptions } from '../../../src/fleet/definition.ts';
import { parentFault, parentsFirst } from '../../../src/fleet/family.ts';
import { gatewayIn, whyBlind } from '../../../src/fleet/gate.ts';
import { noteCertificates } from '../../../src/fleet/judge/certificates.ts';
import { type DiskPoint, medianSlope, predictFull } from '../../../src/fleet/judge/forecast.ts';
import { freshMemory, memoryOf } from '../../../src/fleet/judge/memory.ts';
import { isOtherBoot, noteOutcome } from '../../../src/fleet/judge/note.ts';
import { settleHost } from '../../../src/fleet/judge/settle.ts';
import { troublesIn } from '../../../src/fleet/judge/troubles.ts';
import { maintenanceEnd, readWindow, windowText } from '../../../src/fleet/maintenance.ts';
import { DAY, HOUR, MINUTE } from '../../../src/lib/time.ts';
import { answered, failed, reportOf } from '../../helpers/fleet/rig.ts';

const at = new Date('2026-11-28T08:00:00Z');
const about = { name: 'nas', options: defaultOptions, everyMs: MINUTE, at };

describe('a parent', () => {
  const host = {
    name: 'nas',
    kind: 'http' as const,
    address: 'http://nas.test/',
    everyMs: MINUTE,
    parent: 'router',
    options: defaultOptions,
    state: 'up' as const,
    stateSince: at,
    memory: { ...freshMemory, failures: 3, brinkAt: at.toISOString(), why: 'no answer' },
  };
  const router = {
    name: 'router',
    kind: 'http',
    enabled: true,
    state: 'up' as const,
    failures: 0,
    lastSeenAt: at,
  };
  const around = { at, behind: [], muted: undefined };
  const later = new Date(at.getTime() + 1);

  it('has to have answered after a host failed, before that is blamed', () => {
    expect(settleHost(host, { ...around, parent: router })).toMatchObject({
      state: 'up',
      asksParent: true,
      news: [],
    });
    expect(
      settleHost(host, { ...around, parent: { ...router, failures: 1, lastSeenAt: later } }),
    ).toMatchObject({ state: 'up', asksParent: true });
    expect(settleHost(host, { ...around, parent: { ...router, lastSeenAt: later } })).toMatchObject({
      state: 'down',
      news: [{ category: 'host-down', text: 'nas is down: no answer' }],
    });
  });

  it('that is down makes it unreachable, in silence; one that is paused is none', () => {
    const settled = settleHost(host, { ...around, parent: { ...router, state: 'down' } });
    expect(settled).toMatchObject({
      state: 'unreachable',
      reason: 'behind router, which does not answer',
      news: [{ muted: 'behind router' }],
    });
    expect(settleHost(host, { ...around, parent: { ...router, enabled: false } })).toMatchObject({
      state: 'down',
    });
  });

  it('is known, and nobody is behind themselves', () => {
    const parents = new Map([
      ['a', null],
      ['b', 'a'],
      ['c', 'b'],
    ]);
    expect(parentFault('d', 'c', parents)).toBeUndefined();
    expect(parentFault('d', 'x', parents)).toBe('there is no host x');
    expect(parentFault('a', 'a', parents)).toBe('a host is not its own parent');
    expect(parentFault('a', 'c', new Map([...parents, ['a', 'c']]))).toBe(
      'a would be behind itself, by way of c',
    );
    const hosts = [
      { name: 'c', parent: 'b' },
      { name: 'b', parent: 'a' },
      { name: 'a', parent: null },
    ];
    expect(parentsFirst(hosts).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });
});

describe('a disk', () => {
  const series = (used: (hour: number) => number, hours = 48, total = 8e9): DiskPoint[] =>
    Array.from({ length: hours + 1 }, (_, hour) => ({
      at: at.getTime() - (hours - hour) * HOUR,
      used: used(hour),
      total,
    }));

  it('that fills steadily is full when what is left is used up', () => {
    const full = predictFull(
      series((hour) => 7e9 + hour * 1e7),
      at.getTime(),
    );
    // 0.52 GB are left at 10 MB an hour.
    expect(full?.toISOString()).toBe('2026-11-30T12:00:00.000Z');
  });

  it('is not predicted by a burst, a step, noise, a short time or few points', () => {
    const now = at.getTime();
    expect(
      predictFull(
        series((hour) => (hour > 46 ? 7.9e9 : 7e9)),
        now,
      ),
    ).toBeNull();
    expect(
      predictFull(
        series((hour) => (hour > 20 ? 7.6e9 : 6.9e9)),
        now,
      ),
    ).toBeNull();
    expect(
      predictFull(
        series((hour) => 7e9 + (hour % 2) * 1e8),
        now,
      ),
    ).toBeNull();
    expect(
      predictFull(
        series((hour) => 7e9 + hour * 1e7, 23),
        now,
      ),
    ).toBeNull();
    expect(
      predictFull(
        series((hour) => 7e9 + hour * 1e7).filter((_, index) => index % 5 === 0),
        now,
      ),
    ).toBeNull();
  });

  it('is not predicted while there is room: below 80 % and with 5 GB free', () => {
    expect(
      predictFull(
        series((hour) => 50e9 + hour * 1e8, 48, 100e9),
        at.getTime(),
      ),
    ).toBeNull();
    expect(
      predictFull(
        series((hour) => 1e9 + hour * 1e7, 48, 5e9),
        at.getTime(),
      ),
    ).not.toBeNull();
  });

  it('that was made larger, or lies in the future of a clock that jumped, is another one', () => {
    const grown = series((hour) => 7e9 + hour * 1e7).map((point, index) =>
      index < 40 ? point : { ...point, total: 8.5e9 },
    );
    expect(predictFull(grown, at.getTime())).toBeNull();
    expect(
      predictFull(
        series((hour) => 7e9 + hour * 1e7),
        at.getTime() - 40 * HOUR,
      ),
    ).toBeNull();
  });

  it('has the median of the slopes of all pairs', () => {
    const points = [0, 1, 2, 3, 100].map((used, index) => ({ at: index, used, total: 1 }));
    expect(medianSlope(points)).toBe(1);
    expect(medianSlope([])).toBe(0);
  });
});

describe('a report', () => {
  it('is judged by averages of five minutes; idle waiting and one spike are no trouble', () => {
    const samples = [0, 1, 2, 3, 4].map((minute): [number, number, number] => [
      at.getTime() + minute * MINUTE,
      minute === 4 ? 9 : 0.2,
      0.5,
    ]);
    const options = { samples, options: defaultOptions, everyMs: MINUTE, holds: () => false };
    expect(troublesIn(reportOf({ load1: 36, pressure: { cpu: 0, memory: 0, io: 99 } }), options)).toEqual([]);
    const busy = samples.map(([then, , memory]): [number, number, number] => [then, 3, memory]);
    expect(troublesIn(reportOf(), { ...options, samples: busy })).toEqual([
      { key: 'load', text: 'the load is 3.0 a core, averaged over 5 min' },
    ]);
    expect(troublesIn(reportOf(), { ...options, samples: busy.slice(0, 3) })).toEqual([]);
  });

  it('leaves a trouble as it is where it says nothing about it', () => {
    const disk = { mount: '/', used: 97e9, total: 100e9, free: null, inodesUsed: null, inodesTotal: null };
    let memory = freshMemory;
    for (const outcome of [
      answered({ disks: [disk] }),
      answered({ disks: [disk] }),
      answered({ disks: null }),
      answered({ disks: null }),
      answered({ disks: null }),
    ])
      memory = noteOutcome(memory, outcome, about).memory;
    expect(memory.troubles['disk:/']).toMatchObject({ held: true });
    const room = { ...disk, used: 50e9 };
    for (const outcome of [answered({ disks: [room] }), answered({ disks: [room] })])
      memory = noteOutcome(memory, outcome, about).memory;
    expect(memory.troubles).toEqual({});
  });

  it('keeps what it knows of a host that fails, and when that began', () => {
    const first = noteOutcome({ ...freshMemory, bootId: 'b' }, failed('no'), about).memory;
    const second = noteOutcome(first, failed('still no'), {
      ...about,
      at: new Date(at.getTime() + MINUTE),
    }).memory;
    expect(second).toMatchObject({
      failures: 2,
      failingSince: at.toISOString(),
      why: 'still no',
      bootId: 'b',
      brinkAt: null,
    });
    expect(memoryOf(JSON.parse(JSON.stringify(second)))).toEqual(second);
    expect(memoryOf({ failures: 'many' })).toEqual(freshMemory);
  });

  it('tells two boots apart by their ids; one made of the time of the boot may drift', () => {
    expect(isOtherBoot('a', 'b')).toBe(true);
    expect(isOtherBoot(null, 'b')).toBe(false);
    expect(isOtherBoot('booted:1000', 'booted:1040')).toBe(false);
    expect(isOtherBoot('booted:1000', 'booted:5000')).toBe(true);
  });
});

describe('a certificate', () => {
  it('is told by the lowest threshold that has passed, once, and anew when it is renewed', () => {
    const report = (endsAt: number) =>
      reportOf({ certificates: [{ name: 'web:443', endsAt: new Date(endsAt).toISOString() }] });
    const end = at.getTime() + 5 * DAY;
    const first = noteCertificates({}, report(end), { name: 'web', at: at.getTime() });
    expect(first.news).toMatchObject([
      {
        category: 'certificate',
        priority: 'NORMAL',
        text: 'web: the certificate of web:443 ends in 5 days, on 2026-12-03',
      },
    ]);
    const second = noteCertificates(first.certificates, report(end), { name: 'web', at: at.getTime() + DAY });
    expect(second.news).toEqual([]);
    const last = noteCertificates(second.certificates, report(end), { name: 'web', at: end + HOUR });
    expect(last.news).toMatchObject([
      { priority: 'HIGH', text: 'web: the certificate of web:443 has expired, on 2026-12-03' },
    ]);
    const renewed = noteCertificates(last.certificates, report(end + 20 * DAY), {
      name: 'web',
      at: end + 2 * HOUR,
    });
    expect(renewed.news).toHaveLength(1);
  });
});

describe('a window of maintenance', () => {
  const inWindow = (text: string, zone: string, when: string): string | undefined => {
    const window = readWindow(text, zone);
    if (window === undefined) throw new Error(`no window ${text}`);
    return maintenanceEnd({ windows: [window], until: null }, new Date(when))?.toISOString();
  };

  it('follows the clock of its zone, over midnight too', () => {
    expect(inWindow('sat 23:00-01:30', 'Europe/Berlin', '2026-11-28T22:30:00Z')).toBe(
      '2026-11-29T00:30:00.000Z',
    );
    expect(inWindow('sat 23:00-01:30', 'Europe/Berlin', '2026-11-29T00:29:00Z')).toBe(
      '2026-11-29T00:30:00.000Z',
    );
    expect(inWindow('sat 23:00-01:30', 'Europe/Berlin', '2026-11-29T00:30:00Z')).toBeUndefined();
    expect(inWindow('sat 23:00-01:30', 'Europe/Berlin', '2026-11-29T22:30:00Z')).toBeUndefined();
    expect(inWindow('02:00-04:00', 'UTC', '2026-11-28T03:00:00Z')).toBe('2026-11-28T04:00:00.000Z');
  });

  it('is longer by the hour that the clocks repeat', () => {
    expect(inWindow('sun 01:00-04:00', 'Europe/Berlin', '2026-10-25T01:30:00Z')).toBe(
      '2026-10-25T03:00:00.000Z',
    );
    expect(inWindow('sun 01:00-04:00', 'Europe/Berlin', '2026-10-24T23:00:00Z')).toBe(
      '2026-10-25T03:00:00.000Z',
    );
  });

  it('is refused where it says no time, day or zone', () => {
    for (const [text, zone] of [
      ['sun', 'UTC'],
      ['xyz 01:00-02:00', 'UTC'],
      ['01:00-02:00', 'Mars/North'],
      ['25:00-26:00', 'UTC'],
    ] as const)
      expect(readWindow(text, zone)).toBeUndefined();
    const window = readWindow('sun,wed 02:00-04:00', 'UTC');
    expect(window && windowText(window)).toBe('sun,wed 02:00-04:00 (UTC)');
  });
});

describe('the gate', () => {
  it('is blind where nothing outside answers; a gateway that was never heard says nothing', () => {
    expect(whyBlind({ gateway: false, addresses: true }, true)).toBeUndefined();
    expect(whyBlind({ gateway: true, addresses: false }, true)).toMatch(/none of your addresses/);
    expect(whyBlind({ gateway: false, addresses: null }, true)).toBe('the gateway does not answer');
    expect(whyBlind({ gateway: false, addresses: null }, false)).toBeUndefined();
    expect(whyBlind({ gateway: null, addresses: null }, false)).toBeUndefined();
  });

  it('reads the gateway of the default route', () => {
    const table =
      'Iface\tDestination\tGateway \tFlags\neth0\t0000A8C0\t00000000\t0001\neth0\t00000000\t0100A8C0\t0003\n';
    expect(gatewayIn(table)).toBe('192.168.0.1');
    expect(gatewayIn('Iface\tDestination\tGateway\n')).toBeNull();
  });
});
