import { readFileSync } from 'node:fs';
import { findMarked, type MarkedProcess } from '../../src/lib/process/find-marked.ts';
import { standbyTaskId, taskMarkerName, workerPrefix } from '../../src/lib/process/marker.ts';
import type { ChildStatus } from '../../src/faces/status/status.ts';
import { homePaths } from '../../src/lib/config/paths.ts';
import { type TestDaemon, until } from './daemon.ts';
import { workerOf } from './survivors.ts';

/** The living processes that were started ahead by the daemon of this home: the agent, its server, and what they started. */
export function standbysOf(home: string): Promise<MarkedProcess[]> {
  return findMarked(taskMarkerName, `${workerPrefix(workerOf(home))}${standbyTaskId}:`);
}

/** Waits until an agent stands ready. */
export function untilStanding(daemon: TestDaemon): Promise<void> {
  return untilStandby(daemon, 'standing');
}

/** Waits until the machine of the agent that is started ahead is in this state. */
export function untilStandby(daemon: TestDaemon, state: string): Promise<void> {
  return until(`the standby is ${state}`, async () => {
    const { children } = await daemon.status();
    const standby = children.find(({ id }: ChildStatus) => id === 'standby');
    return JSON.stringify(standby?.value ?? null).includes(state);
  });
}

/** How many agents that were started ahead have served, and why others have not. */
export async function standbyCounts(
  daemon: TestDaemon,
): Promise<{ used: number; givenUp: Record<string, number> }> {
  const { url } = (await daemon.status()).dashboard;
  const authorization = `Bearer ${readFileSync(homePaths(daemon.home).token, 'utf8').trim()}`;
  const answer = await fetch(`${url ?? ''}/metrics`, { headers: { authorization } });
  const text = await answer.text();
  const used = Number(/^ninjad_standby_used_total (\d+)$/m.exec(text)?.[1]);
  const givenUp = [...text.matchAll(/^ninjad_standby_given_up_total\{reason="(\w+)"\} (\d+)$/gm)];
  const counted = givenUp.map(([, reason = '', count]) => [reason, Number(count)] as const);
  return { used, givenUp: Object.fromEntries(counted) };
}
