import { type CheckResult, ok, warn } from '../lib/doctor/check-result.ts';
import type { Checks, Subject } from '../lib/doctor/subject.ts';
import { fixedPath } from '../lib/process/fixed-path.ts';
import { kindNamed } from './built-in/kinds.ts';
import { scanOwnSensors } from './own/scan.ts';

/** Checks of sensors. */
export const sensorChecks: Checks<Pick<Subject, 'paths'>> = { sensors: checkOwnSensors };

/** The owner's programs, and the search path that they and the programs of other sensors get. */
export async function checkOwnSensors({ paths }: Pick<Subject, 'paths'>): Promise<CheckResult> {
  const own = await scanOwnSensors(paths.sensors, (name) => kindNamed(name) !== undefined);
  const found = `${own.length} of yours in ${paths.sensors}; they run with PATH=${fixedPath}`;
  const troubled = own.filter(({ problem }) => problem !== null);
  if (troubled.length === 0) return ok(found);
  const said = troubled.slice(0, 5).map(({ name, problem }) => `${name}: ${problem ?? ''}`);
  return warn(
    `${found}; ${said.join('; ')}`,
    'programs that can run, each with a schedule',
    'ninjad sensors list shows each',
  );
}
