import { ownValue } from '../../lib/own-value.ts';
import type { AnySensorKind } from '../look.ts';
import { backup } from './backup.ts';
import { disk } from './disk.ts';
import { files } from './files.ts';
import { git } from './git.ts';
import { http } from './http.ts';
import { loadAverage } from './load.ts';
import { log } from './log.ts';
import { memory } from './memory.ts';
import { pressure } from './pressure.ts';
import { processes } from './process.ts';
import { temperature } from './temperature.ts';
import { tick } from './tick.ts';
import { tls } from './tls.ts';
import { units } from './units.ts';
import { updates } from './updates.ts';

/** The sensors that ship, one line each; all are off until they are asked for. */
export const sensorKinds: readonly AnySensorKind[] = [
  disk,
  memory,
  loadAverage,
  pressure,
  temperature,
  units,
  processes,
  tls,
  http,
  files,
  git,
  log,
  updates,
  backup,
  tick,
];

const byName = Object.fromEntries(sensorKinds.map((kind) => [kind.kind, kind]));

/** The kind of that name, or undefined. */
export function kindNamed(name: string): AnySensorKind | undefined {
  return ownValue(byName, name);
}
