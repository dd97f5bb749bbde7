import type { LiveSettings } from '../lib/config/live-settings.ts';
import { HOUR, MINUTE } from '../lib/time.ts';
import type { FireEnd, JobDefinition, JobKind } from '../schedule/job.ts';
import type { Sensors } from './registry.ts';
import type { SensorRunner } from './run.ts';
import { jobSchedule, periodOf } from './schedule.ts';
import { isScheduled, type Sensor } from './sensor.ts';
import type { SensorValues } from './settings.ts';

export interface SensorJobDeps {
  sensors: Sensors;
  runner: SensorRunner;
  settings: Pick<LiveSettings<SensorValues>, 'get'>;
  /** UUID of this home's journal: each home measures itself. */
  worker: string;
}

/** Name of the kind of jobs that sensors are. */
export const sensorJobs = 'sensor';

/** The look itself keeps its time; the scheduler's limit is the last resort behind it. */
const lastResortMs = MINUTE;
/** A sensor that runs seldom makes up for a look that was missed; one that runs often is soon due again. */
const seldomMs = HOUR;

/** Sensors as jobs of the scheduler: one each, at most `sensor.atOnce` at work. */
export function createSensorJobs({ sensors, runner, settings, worker }: SensorJobDeps): JobKind {
  const prefix = `${sensorJobs}:${worker}:`;
  return {
    name: sensorJobs,
    get concurrency() {
      return settings.get('sensor.atOnce');
    },
    list: async () => (await sensors.all()).filter(isScheduled).map((sensor) => definitionOf(prefix, sensor)),
    async run({ jobId }, signal): Promise<FireEnd> {
      const name = jobId.slice(prefix.length);
      const sensor = jobId.startsWith(prefix) ? await sensors.find(name) : undefined;
      if (sensor === undefined)
        return { state: 'skipped', reason: `there is no sensor ${name} on this home any more` };
      if (sensor.problem !== null) return { state: 'failed', reason: sensor.problem };
      if (!sensor.enabled) return { state: 'skipped', reason: 'it was switched off' };
      const { state, reason } = await runner.run(sensor, signal);
      if (signal.aborted) return { state: 'cancelled', reason: reason ?? 'it was called off' };
      return { state, ...(reason !== undefined && { reason }) };
    },
  };
}

function definitionOf(
  prefix: string,
  sensor: Sensor & { schedule: NonNullable<Sensor['schedule']> },
): JobDefinition {
  const periodMs = periodOf(sensor.schedule);
  return {
    id: `${prefix}${sensor.name}`,
    label: sensor.name,
    schedule: jobSchedule(sensor.name, sensor.schedule),
    paused: false,
    missed: periodMs >= seldomMs ? 'once' : 'skip',
    missedWindowMs: Math.max(MINUTE, periodMs),
    missedCap: 1,
    overlap: 'skip',
    jitterMs: 0,
    timeoutMs: sensor.timeoutMs + lastResortMs,
  };
}
