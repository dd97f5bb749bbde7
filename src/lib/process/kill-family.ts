import { setTimeout as sleep } from 'node:timers/promises';
import { commandLineOf } from './command-line.ts';
import { cgroupMembers, isOwnCgroup, isPopulated, killCgroup, removeCgroup } from './cgroup.ts';
import { createHunt, type Hunt, type Member } from './hunt.ts';
import { isAlive, type ProcessIdentity } from './identity.ts';
import type { EnvironmentMarker } from './marker.ts';
import type { ProcessRow } from './process-row.ts';
import { signalExactly, signalGroupOf } from './signal-exactly.ts';
import { inSlices } from './slices.ts';

/** A process as a report names it. */
interface FamilyMember {
  pid: number;
  /** Its arguments, at most 200 characters. */
  command: string;
}

/** A process that could not be made to go. */
interface LeftMember extends FamilyMember {
  /** Reason, in a few words for people. */
  reason: string;
}

export interface TerminationProgress {
  phase: 'waiting' | 'killing' | 'gone' | 'gave-up';
  /** Members of the family that are alive. */
  alive: number;
}

export interface TerminationReport {
  /** Members that had not gone by the end of the grace; at most 200 are listed. */
  survivorsBeforeKill: FamilyMember[];
  /** Members that died by our KILL; at most 200 are listed. */
  killed: FamilyMember[];
  /** Number of those in all. */
  killedCount: number;
  /** Rounds of KILL; 0 when everybody went by themselves. */
  rounds: number;
  tookMs: number;
  /**
   * Members still there at the deadline (an uninterruptible wait in the kernel, or not ours to signal). Nearly always
   * empty.
   */
  left: LeftMember[];
}

export interface TerminateOptions {
  /** The child that we spawned, alive or not. Its group gets TERM as a whole if it leads one that is not ours. */
  root?: ProcessIdentity | undefined;
  marker: EnvironmentMarker;
  /**
   * Directories of cgroups that were made for this family alone: each process in one belongs. They are removed in the
   * end.
   */
  cgroups?: readonly string[];
  /** True for a process that belongs though neither descent nor marker shows it, such as a stray (`strays/`). */
  claims?: ((row: ProcessRow) => boolean) | undefined;
  /** Longest wait after TERM, in milliseconds. 0 still sends it. */
  graceMs: number;
  /** Longest wait after KILL, in milliseconds. Default 10,000. */
  killMs?: number;
  /** Abandons the wait: the promise rejects with the signal's reason, and the survivors live on. */
  signal?: AbortSignal;
  onProgress?: (progress: TerminationProgress) => void;
}

const defaultKillMs = 10_000;
const pollMs = 20;
/** Wait of one round of KILL before it looks again. */
const roundMs = 500;
const maxFreezePasses = 20;
const maxListed = 200;

/**
 * Ends a process and everything that came of it, and returns when nobody is left: TERM, up to `graceMs`, then KILL
 * to each survivor until two looks in a row find none. Before KILL the family is stopped (SIGSTOP) until a look finds nobody
 * new, so that none forks out of our sight. Identities are compared before each signal; our own ancestors, session
 * and group are never touched as such. With nobody there it only looks, twice: a cheap proof that none is left.
 * Out of its sight is only who had cleared its environment, left the session and lost its parents before the first look,
 * and that only where the family has no cgroup and `claims` does not know it: from a cgroup nobody slips away like this,
 * and after the single KILLs it is killed as a whole, seen empty and removed.
 */
export async function terminateFamily(options: TerminateOptions): Promise<TerminationReport> {
  const startedAt = performance.now();
  const { root, marker, cgroups = [], claims } = options;
  const hunt = createHunt({ root, marker, cgroups, claims });
  const family = await hunt.look();
  if (family.length > 0) await ask(root, family);
  const survivors = await waitUntilGone(hunt, family, options.graceMs, options);
  const survivorsBeforeKill = list(survivors);
  const { rounds, killed, left } = await killAll(hunt, survivors, options);
  if (left.length === 0) for (const dir of cgroups) left.push(...(await retire(dir, killed, options)));
  report(options, { phase: left.length === 0 ? 'gone' : 'gave-up', alive: left.length });
  return {
    survivorsBeforeKill,
    killed: [...killed.values()].slice(0, maxListed),
    killedCount: killed.size,
    rounds,
    tookMs: performance.now() - startedAt,
    left,
  };
}

async function ask(root: ProcessIdentity | undefined, family: readonly Member[]): Promise<void> {
  const groupAsked = root !== undefined && signalGroupOf(root, 'SIGTERM') === 'sent';
  await inSlices(family, ({ row, identity }) => {
    if (!groupAsked || row.pgid !== root.pid) signalExactly(identity, 'SIGTERM');
    // A stopped process would sleep through the grace.
    if (row.state === 'T') signalExactly(identity, 'SIGCONT');
  });
}

async function waitUntilGone(
  hunt: Hunt,
  family: Member[],
  graceMs: number,
  options: TerminateOptions,
): Promise<Member[]> {
  const deadline = performance.now() + graceMs;
  let alive = family;
  while (alive.length > 0 && performance.now() < deadline) {
    report(options, { phase: 'waiting', alive: alive.length });
    await waitForDeaths(alive, deadline, options.signal);
    alive = await hunt.look();
  }
  return alive;
}

interface Kills {
  rounds: number;
  killed: Map<number, FamilyMember>;
  left: LeftMember[];
}

async function killAll(hunt: Hunt, survivors: Member[], options: TerminateOptions): Promise<Kills> {
  const deadline = performance.now() + (options.killMs ?? defaultKillMs);
  const killed = new Map<number, FamilyMember>();
  const denied = new Set<number>();
  let rounds = 0;
  let alive = survivors;
  while (alive.length > 0 && (rounds === 0 || performance.now() < deadline)) {
    rounds++;
    report(options, { phase: 'killing', alive: alive.length });
    const frozen = await freeze(hunt, alive);
    await inSlices(frozen, ({ identity }) => {
      const member = { pid: identity.pid, command: commandLineOf(identity.pid) };
      const result = signalExactly(identity, 'SIGKILL');
      if (result === 'sent') killed.set(identity.pid, member);
      if (result === 'not-permitted') denied.add(identity.pid);
    });
    for (const dir of options.cgroups ?? []) killCgroup(dir);
    await waitForDeaths(frozen, Math.min(deadline, performance.now() + roundMs), options.signal);
    alive = await hunt.look();
  }
  for (const { row } of alive) killed.delete(row.pid);
  const left = alive.map(({ row }) => ({
    pid: row.pid,
    command: commandLineOf(row.pid),
    reason: whyLeft(row, denied),
  }));
  return { rounds, killed, left: left.slice(0, maxListed) };
}

/** Waits until the kernel counts nobody in a cgroup any more, and removes it; returns the members that stay. */
async function retire(
  dir: string,
  killed: Map<number, FamilyMember>,
  { killMs = defaultKillMs, signal }: TerminateOptions,
): Promise<LeftMember[]> {
  if (isOwnCgroup(dir)) return [];
  const deadline = performance.now() + killMs;
  while (isPopulated(dir) || !removeCgroup(dir)) {
    if (performance.now() >= deadline) return stayersOf(dir);
    for (const pid of cgroupMembers(dir)) killed.set(pid, { pid, command: commandLineOf(pid) });
    killCgroup(dir);
    await pause(pollMs, signal);
  }
  return [];
}

function stayersOf(dir: string): LeftMember[] {
  const reason = `still in the cgroup ${dir} after cgroup.kill`;
  const pids = cgroupMembers(dir);
  if (pids.length === 0) return [{ pid: 0, command: 'a process that cannot be seen from here', reason }];
  return pids.slice(0, maxListed).map((pid) => ({ pid, command: commandLineOf(pid), reason }));
}

/** Stops everybody, and looks again until a look finds nobody who was not stopped yet. */
async function freeze(hunt: Hunt, family: Member[]): Promise<Member[]> {
  const stopped = new Set<string>();
  let members = family;
  for (let pass = 0; pass < maxFreezePasses; pass++) {
    const moving = members.filter(({ identity }) => !stopped.has(keyOf(identity)));
    if (moving.length === 0) break;
    await inSlices(moving, ({ identity }) => {
      signalExactly(identity, 'SIGSTOP');
      stopped.add(keyOf(identity));
    });
    members = await hunt.look();
  }
  return members;
}

/** Returns when all of them are gone, or at `deadline` (on the clock of `performance.now`). */
async function waitForDeaths(
  family: readonly Member[],
  deadline: number,
  signal?: AbortSignal,
): Promise<void> {
  while (family.some(({ identity }) => isAlive(identity))) {
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return;
    await pause(Math.min(pollMs, leftMs), signal);
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch {
    signal?.throwIfAborted();
  }
}

function whyLeft(row: ProcessRow, denied: ReadonlySet<number>): string {
  if (denied.has(row.pid)) return 'not permitted to signal it';
  if (row.state === 'D') return 'in an uninterruptible wait inside the kernel';
  return `still there after KILL (state ${row.state})`;
}

function list(family: readonly Member[]): FamilyMember[] {
  return family.slice(0, maxListed).map(({ row }) => ({ pid: row.pid, command: commandLineOf(row.pid) }));
}

function keyOf(identity: ProcessIdentity): string {
  return `${identity.pid}@${identity.startTime}`;
}

function report({ onProgress }: TerminateOptions, progress: TerminationProgress): void {
  try {
    onProgress?.(progress);
  } catch {
    // An observer cannot save a process from us.
  }
}
