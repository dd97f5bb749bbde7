import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/lib/time.ts';
import type { Trouble } from '../../src/sensors/events.ts';
import { createSensorKeeper } from '../../src/sensors/keep.ts';
import { createSensorRecords } from '../../src/sensors/records.ts';
import type { Sensor } from '../../src/sensors/sensor.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const sensor = (changes: Partial<Sensor> = {}): Sensor => ({
  name: 'check',
  kind: 'own',
  says: 'a program of yours',
  origin: 'file',
  enabled: true,
  schedule: { everyMs: MINUTE, cron: null, zone: null },
  timeoutMs: 10 * SECOND,
  settings: {},
  problem: null,
  own: { isBroken: false } as Sensor['own'],
  ...changes,
});

function setUp() {
  const records = createSensorRecords(tempDir());
  // The clock of the files, whose age is looked at, at a full hour.
  let at = Date.now() - (Date.now() % (60 * MINUTE));
  let all: Sensor[] = [];
  const told: Trouble[] = [];
  const facts: string[] = [];
  const keep = createSensorKeeper({
    sensors: { all: () => Promise.resolve(all), find: () => Promise.resolve(undefined) },
    records,
    runner: { note: (_, trouble) => Promise.resolve(void told.push(trouble)) },
    bus: { emit: (name) => void facts.push(name) },
    now: () => new Date(at),
  });
  return {
    told,
    facts,
    records,
    set: (...sensors: Sensor[]) => (all = sensors),
    /** Looks every five seconds for that long. */
    pass: async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 5 * SECOND) {
        at += 5 * SECOND;
        await keep();
      }
    },
    jump: (ms: number) => void (at += ms),
    ran: () =>
      records.write('check', {
        ...records.read('check'),
        runs: [{ at, tookMs: 1, state: 'done', events: 0 }],
      }),
  };
}

describe('the look at sensors', () => {
  it('tells the scheduler what appears, changes and goes away, and nothing while all stays', async () => {
    const { set, pass, facts } = setUp();
    const changes = async (): Promise<number> => {
      facts.length = 0;
      await pass(10 * SECOND);
      return facts.filter((fact) => fact === 'jobs.changed').length;
    };
    expect([await changes(), await changes()]).toEqual([1, 0]);
    set(sensor());
    expect([await changes(), await changes()]).toEqual([1, 0]);
    set(sensor({ schedule: { everyMs: 2 * MINUTE, cron: null, zone: null } }));
    expect(await changes()).toBe(1);
    set();
    expect(await changes()).toBe(1);
  });

  it('tells of a program that could run and cannot any more, and not of one that never could', async () => {
    const { set, pass, told } = setUp();
    const broken = sensor({ problem: 'it is not executable', own: { isBroken: true } as Sensor['own'] });
    set(broken);
    await pass(10 * SECOND);
    expect(told).toEqual([]);
    set(sensor());
    await pass(5 * SECOND);
    set(broken);
    await pass(10 * SECOND);
    expect(told).toMatchObject([{ kind: 'unusable', text: 'it is not executable' }]);
  });

  it('tells of one whose instants pass three times without a run that ended', async () => {
    const { set, pass, told, ran } = setUp();
    set(sensor());
    await pass(3 * MINUTE);
    ran();
    await pass(3 * MINUTE);
    expect(told).toEqual([]);
    await pass(2 * MINUTE);
    expect(told[0]).toMatchObject({ kind: 'overdue' });
  });

  it('forgets after a while what is left of sensors that are gone', async () => {
    const { set, pass, ran, jump, records } = setUp();
    set(sensor());
    ran();
    const gone = records.read('gone');
    records.write('gone', gone);
    jump(91 * 24 * 60 * MINUTE);
    await pass(10 * SECOND);
    expect(records.read('gone').id).not.toBe(gone.id);
    expect(records.read('check').runs).toHaveLength(1);
  });

  it('does not take a night of sleep, or a clock that jumps, for silence', async () => {
    const { set, pass, told, jump, ran } = setUp();
    set(sensor());
    ran();
    for (const hours of [8, -48, 48]) {
      jump(hours * 60 * MINUTE);
      await pass(MINUTE);
    }
    expect(told).toEqual([]);
  });
});
