import { readFileSync } from 'node:fs';
import { loadSplice } from '../journal/splice.ts';
import { packagePath } from '../package-root.ts';
import { programsOnPath, whyNotRunnable } from '../process/agent-candidates.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Subject } from './subject.ts';

/** The Node that runs us against what the package asks for. */
export function checkNode(version = process.versions.node): Finding {
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

/** Whether bytes go from the pipe into the journal without a gap in which a kill could lose them. */
export function checkSplice(splice = loadSplice()): Finding {
  if (splice !== undefined) return ok('splice(2) by way of koffi');
  return warn(
    'no splice(2): a kill -9 in the instant between read and write may lose a line',
    'splice(2) (Linux, with the optional package koffi)',
    process.platform === 'linux' ? 'run npm ci without --omit=optional' : 'nothing: only Linux has it',
  );
}

/** What the home's lock is taken with. */
export function checkLocker({ env }: Pick<Subject, 'env'>): Finding {
  const path = { ...env, PATH: `${env['PATH'] ?? ''}:/usr/bin:/bin` };
  const found = ['flock', 'perl'].find((name) => findProgram(name, path) !== undefined);
  if (found !== undefined) return ok(found);
  return fail('neither flock nor perl', 'one of them, to lock the home', 'install util-linux or perl');
}

/** What drafts of ninjad's own improvements are to be made in. */
export function checkSandbox({ env }: Pick<Subject, 'env'>): Finding {
  const path = findProgram('bwrap', env);
  if (path !== undefined) return ok(path);
  return warn(
    'no bubblewrap',
    'bwrap on the PATH: code changes are only ever drafted inside of it',
    process.platform === 'linux'
      ? 'install bubblewrap (Debian: apt install bubblewrap)'
      : 'nothing: it is for Linux',
  );
}

const builtAt = Date.UTC(2026, 0, 1);

/** A clock that is years back breaks certificates, schedules and the order of events. */
export function checkClock(
  now = Date.now(),
  zone = Intl.DateTimeFormat().resolvedOptions().timeZone,
): Finding {
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
