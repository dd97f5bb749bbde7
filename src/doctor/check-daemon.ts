import type { ChildStatus } from '../faces/status/status.ts';
import { type CheckResult, fail, ok, warn } from '../lib/doctor/check-result.ts';
import { isLockHeld } from './held-lock.ts';
import type { Checks } from '../lib/doctor/subject.ts';
import type { Subject } from './subject.ts';

type Asked = Pick<Subject, 'paths' | 'daemon'>;

const lateMs = 20;

/** Checks of the daemon as a whole. */
export const daemonChecks: Checks<Asked> = { daemon: checkDaemon, tree: checkTree };

/** Whether a daemon runs on this home and takes events. */
export function checkDaemon({ daemon, paths }: Asked): CheckResult {
  const isHeld = isLockHeld(paths.lock);
  if (daemon.state === 'silent')
    return fail(
      `something listens on ${paths.controlSocket} and does not answer: ${daemon.reason}`,
      'an answer',
      `look into ${paths.logs}; end it and start ninjad up again`,
    );
  if (daemon.state === 'absent') {
    if (isHeld === true)
      return fail(
        'the home is locked and nobody answers',
        'a daemon that answers',
        `it starts or hangs: see ${paths.logs}`,
      );
    return warn('no daemon runs on this home', 'a running daemon', 'ninjad up');
  }
  const { pid, version, ready, notReadyBecause = [], loop } = daemon.status;
  const found = `ninjad ${version}, pid ${pid}`;
  if (!ready)
    return fail(
      `${found}, not ready${notReadyBecause.length === 0 ? '' : `: ${notReadyBecause.join('; ')}`}`,
      'ready',
      `ninjad status says what it waits for; the log is in ${paths.logs}`,
    );
  if (loop.p99Ms > lateMs)
    return warn(
      `${found}; it is late by ${loop.p99Ms.toFixed(0)} ms (p99)`,
      `under ${lateMs} ms`,
      'the machine is overloaded, or this is a bug',
    );
  return ok(`${found}, ready`);
}

/** Whether every part of the tree is up. */
export function checkTree({ daemon }: Asked): CheckResult {
  if (daemon.state !== 'running') return ok('nothing runs');
  const all = flatten(daemon.status.children);
  const down = all.filter(({ state, restart }) => restart === 'permanent' && state !== 'running');
  if (down.length > 0) {
    const found = down.map(
      ({ id, state, lastError }) => `${id} is ${state}${lastError === undefined ? '' : ` (${lastError})`}`,
    );
    return fail(
      found.join('; '),
      'every permanent part running',
      'the log says why; it is tried again by itself',
    );
  }
  const restarted = all.filter(({ restarts }) => restarts > 0);
  if (restarted.length === 0) return ok(`${all.length} parts, none was restarted`);
  const found = restarted.map(({ id, restarts }) => `${id} ×${restarts}`).join(', ');
  return warn(`restarted: ${found}`, 'no restarts', 'the log says why');
}

function flatten(children: readonly ChildStatus[]): ChildStatus[] {
  return children.flatMap((child) => [child, ...flatten(child.children ?? [])]);
}
