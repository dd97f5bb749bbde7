import { readFileSync } from 'node:fs';
import { packagePath } from '../lib/package-root.ts';
import { programsOnPath, whyNotRunnable } from '../tasks/agents/candidates.ts';
import { type CheckResult, fail, ok } from '../lib/doctor/check-result.ts';
import type { Checks, Subject } from '../lib/doctor/subject.ts';

type InEnvironment = Pick<Subject, 'env'>;

/** Checks of the machine that ninjad runs on. */
export const machineChecks: Checks<unknown> = { node: () => checkNode(), clock: () => checkClock() };

/** Checks of the programs that the lock of the home needs. */
export const lockChecks: Checks<InEnvironment> = { lock: checkLocker };

/** The Node that runs us against what the package asks for. */
export function checkNode(version = process.versions.node): CheckResult {
  const { engines } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as {
    engines: { node: string };
  };
  const least = engines.node.replace(/^>=/, '');
  const found = `Node ${version}`;
  if (compareVersions(version, least) >= 0) return ok(found);
  return fail(
    found,
    `Node ${least} or later`,
    'install a newer Node from nodejs.org or your package manager',
  );
}

/** What the home's lock is taken with. */
export function checkLocker({ env }: InEnvironment): CheckResult {
  const path = { ...env, PATH: `${env['PATH'] ?? ''}:/usr/bin:/bin` };
  const found = ['flock', 'perl'].find((name) => findProgram(name, path) !== undefined);
  if (found !== undefined) return ok(found);
  return fail('neither flock nor perl', 'one of them, to lock the home', 'install util-linux or perl');
}

const builtAt = Date.UTC(2026, 0, 1);

/** A clock that is years back breaks certificates, schedules and the order of events. */
export function checkClock(
  now = Date.now(),
  zone = Intl.DateTimeFormat().resolvedOptions().timeZone,
): CheckResult {
  const time = new Date(now).toISOString();
  if (now < builtAt)
    return fail(time, 'a date after ninjad was written', 'set the clock (timedatectl set-ntp true)');
  return ok(`${time}, goals and caps go by the zone ${zone}`);
}

/** The first place on the PATH where that program can be run. */
function findProgram(name: string, env: Subject['env']): string | undefined {
  return programsOnPath(name, env).find((path) => whyNotRunnable(path) === undefined);
}

function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
