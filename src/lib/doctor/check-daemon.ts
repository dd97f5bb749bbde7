import type { ChildStatus } from '../control/status.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { isLockHeld } from './held-lock.ts';
import type { Subject } from './subject.ts';

type Asked = Pick<Subject, 'paths' | 'daemon' | 'client'>;

const lateMs = 20;

/** Whether a daemon runs on this home and takes events. */
export function checkDaemon({ daemon, paths }: Asked): Finding {
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
  const { pid, version, ready, loop } = daemon.status;
  const found = `ninjad ${version}, pid ${pid}`;
  if (!ready)
    return fail(
      `${found}, not ready`,
      'ready',
      `ninjad status says what it waits for; the log is in ${paths.logs}`,
    );
  if (loop.p99Ms > lateMs)
    return warn(
      `${found}; its event loop is late by ${loop.p99Ms.toFixed(0)} ms (p99)`,
      `under ${lateMs} ms`,
      'the machine is overloaded, or this is a bug',
    );
  return ok(`${found}, ready`);
}

/** Whether every part of the tree is up. */
export function checkTree({ daemon }: Asked): Finding {
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

/** Tasks that were given up and wait for the owner. */
export async function checkDeadLetters({ daemon, client }: Asked): Promise<Finding> {
  if (daemon.state !== 'running') return ok('not known while no daemon runs');
  const dead = await client.tasks({ state: 'dead', limit: 1000 });
  if (dead.length === 0) return ok('none');
  const latest = dead[0];
  return warn(
    `${dead.length} tasks were given up; the latest is ${latest?.id ?? 0}: ${latest?.reason ?? latest?.outcome ?? ''}`,
    'none',
    `ninjad tasks --state dead, then ninjad task ${latest?.id ?? 'ID'} --retry`,
  );
}

/** The caps on what tasks may cost. */
export async function checkSpend(subject: Subject): Promise<Finding> {
  const { daily, monthly } = await capsOf(subject);
  if (subject.daemon.state === 'running' && subject.daemon.status.spend.reached !== null)
    return warn(
      'a cap is used up: only HUMAN tasks run',
      'room under the cap',
      'ninjad cost; ninjad config set spend.dailyUsd …',
    );
  if (daily === null && monthly === null)
    return warn(
      'no cap: a loop could spend without limit',
      'a cap a day or a month',
      'ninjad config set spend.dailyUsd 5',
    );
  return ok(`${text(daily)} a day, ${text(monthly)} a month`);
}

async function capsOf({ daemon, client, settings }: Subject): Promise<{ daily: unknown; monthly: unknown }> {
  if (daemon.state === 'running') {
    const [daily, monthly] = await Promise.all([
      client.setting('spend.dailyUsd'),
      client.setting('spend.monthlyUsd'),
    ]);
    return { daily: daily.value, monthly: monthly.value };
  }
  if ('problem' in settings) return { daily: null, monthly: null };
  return { daily: settings.get('spend.dailyUsd'), monthly: settings.get('spend.monthlyUsd') };
}

function text(cap: unknown): string {
  return typeof cap === 'number' ? `$${cap.toFixed(2)}` : 'no cap';
}

function flatten(children: readonly ChildStatus[]): ChildStatus[] {
  return children.flatMap((child) => [child, ...flatten(child.children ?? [])]);
}
