import type { OwnSensor } from './own/own-sensor.ts';
import type { SensorSchedule } from './schedule.ts';

/** Where a sensor is said to be: nowhere (it only could be), in config.json, in the database, or as a file of the owner. */
export type SensorOrigin = 'built-in' | 'config' | 'database' | 'file';

/** A sensor that there is, on or off. */
export interface Sensor {
  name: string;
  /** A kind that ships, or `own`. */
  kind: string;
  says: string;
  origin: SensorOrigin;
  enabled: boolean;
  /** Null where nobody has said when. */
  schedule: SensorSchedule | null;
  timeoutMs: number;
  /** Checked settings of a kind that ships. */
  settings: Readonly<Record<string, unknown>>;
  /** Why it does not run by itself though it should; null where nothing keeps it from it. */
  problem: string | null;
  own: OwnSensor | null;
}

/** True for one that runs by the clock. */
export function isScheduled(sensor: Sensor): sensor is Sensor & { schedule: SensorSchedule } {
  return sensor.enabled && sensor.schedule !== null && sensor.problem === null;
}
