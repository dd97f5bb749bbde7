import { isDeepStrictEqual } from 'node:util';
import type { Bus } from '../lib/bus.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../lib/time.ts';
import type { ScheduleFacts } from '../schedule/facts.ts';
import { nextInstants } from '../schedule/instants.ts';
import { sensorJobs } from './job-kind.ts';
import type { SensorRecords } from './records.ts';
import type { Sensors } from './registry.ts';
import type { SensorRunner } from './run.ts';
import { jobSchedule } from './schedule.ts';
import { isScheduled, type Sensor } from './sensor.ts';

export interface SensorKeeperDeps {
  sensors: Sensors;
  records: Pick<SensorRecords, 'read' | 'prune'>;
  runner: Pick<SensorRunner, 'note'>;
  bus: Pick<Bus<ScheduleFacts & ListFacts>, 'emit'>;
  now?: () => Date;
}

/** So many instants have to pass without a run before that is told. */
const missedInstants = 3;
/** A gap between two looks longer than this is a machine that slept, or a clock that jumped. */
const gapMs = MINUTE;
/** What is left of a sensor that is gone is kept this long: it may come back. */
const recordsKeptMs = 90 * DAY;
/** A run may take its time limit, and wait for others before. */
const patienceMs = 15 * SECOND;

/**
 * Returns one look at the sensors: programs that appeared, changed, went away or cannot run any more, and sensors whose instants
 * pass without a run. The scheduler is told of what changed.
 */
export function createSensorKeeper({
  sensors,
  records,
  runner,
  bus,
  now = () => new Date(),
}: SensorKeeperDeps) {
  let known: ReadonlyMap<string, Sensor> | undefined;
  /** Since when each could have run. */
  const since = new Map<string, number>();
  let lastLook = 0;
  let lastPrune = now().getTime();
  return async (): Promise<void> => {
    const at = now().getTime();
    const all = await sensors.all();
    const found = new Map(all.map((sensor) => [sensor.name, sensor]));
    if (known === undefined || !isDeepStrictEqual(known, found)) {
      bus.emit('jobs.changed', { kind: sensorJobs });
      bus.emit('list.changed', { list: 'sensors.list' });
    }
    if (Math.abs(at - lastLook) > gapMs) since.clear();
    for (const sensor of all) {
      const before = known?.get(sensor.name);
      const wasGood = before !== undefined ? !isUnusable(before) : records.read(sensor.name).runs.length > 0;
      if (isUnusable(sensor) && wasGood)
        await runner.note(sensor.name, {
          kind: 'unusable',
          text: sensor.problem ?? 'it cannot run',
          detail: sensor.problem ?? '',
        });
      if (!isDeepStrictEqual(before, sensor) || !isScheduled(sensor)) since.set(sensor.name, at);
      if (isScheduled(sensor)) await lookForOverdue(sensor, at);
    }
    if (Math.abs(at - lastPrune) > HOUR) {
      records.prune(new Set(found.keys()), at - recordsKeptMs);
      lastPrune = at;
    }
    known = found;
    lastLook = at;
  };

  async function lookForOverdue(sensor: Sensor & { schedule: NonNullable<Sensor['schedule']> }, at: number) {
    const from = since.get(sensor.name) ?? at;
    since.set(sensor.name, from);
    const lastRun = records.read(sensor.name).runs.at(-1);
    const ended =
      lastRun === undefined || lastRun.at > at ? from : Math.max(from, lastRun.at + lastRun.tookMs);
    const instants = nextInstants(jobSchedule(sensor.name, sensor.schedule), new Date(ended), missedInstants);
    const third = instants[missedInstants - 1];
    if (third === undefined || at < third.getTime() + sensor.timeoutMs + patienceMs) return;
    await runner.note(sensor.name, {
      kind: 'overdue',
      text: `three of its periods have passed without a run that ended`,
    });
  }
}

function isUnusable({ enabled, own, problem }: Sensor): boolean {
  return enabled && own?.isBroken === true && problem !== null;
}
