import type { SensorSchedule } from '../schedule.ts';

/** A program in the owner's folder of sensors. */
export interface OwnSensor {
  /** Its file name, by which it is known everywhere. */
  name: string;
  path: string;
  schedule: SensorSchedule | null;
  /** Why it cannot run, or not by itself; null where it does. */
  problem: string | null;
  /** True where it cannot even be tried. */
  isBroken: boolean;
  timeoutMs: number | null;
  quiet: boolean;
  priority: 'URGENT' | 'HIGH' | 'NORMAL' | 'LOW' | 'IDLE';
  category: string;
  sources: readonly string[];
  args: readonly string[];
  /** Changes with the file or its sidecar. */
  version: string;
}
