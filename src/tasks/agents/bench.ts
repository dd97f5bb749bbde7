import type { AgentName } from '../../lib/wire/agent-names.ts';
import { MINUTE } from '../../lib/time.ts';
import type { FailureKind, Outcome } from '../run/outcome.ts';

/** How an agent has failed. */
export interface AgentFailure {
  kind: FailureKind;
  reason: string;
  /** Epoch milliseconds. */
  at: number;
  /** Epoch milliseconds until which it is not asked while another can be. */
  until: number;
}

/** Agents that cannot answer for now, and why. */
export interface AgentBench {
  /** Takes note of how a run of it ended; a success brings it back. */
  note(name: AgentName, outcome: Outcome, taskId?: number): void;
  /** Why it is not to be asked now, in words; undefined where it may be. */
  whyNot(name: AgentName): string | undefined;
  /** Epoch milliseconds until which that holds; undefined where it may be asked. */
  until(name: AgentName): number | undefined;
}

/** Who keeps what the bench is told; neither call may throw, and nobody waits for them. */
export interface BenchRecord {
  failed(name: AgentName, failure: AgentFailure, taskId: number | undefined): void;
  /** It has succeeded, after a failure or for the first time since the start. */
  recovered(name: AgentName, at: number): void;
}

/** Failures that another agent would not have, and how long they last where nobody says. */
const lasting: Readonly<Partial<Record<FailureKind, number>>> = {
  'not-logged-in': 5 * MINUTE,
  'out-of-credit': 30 * MINUTE,
  'rate-limited': 15 * MINUTE,
};

/** Ends that say nothing of the agent. */
const notItsOwn: ReadonlySet<FailureKind> = new Set([
  'cancelled',
  'asked-again',
  'shutdown',
  'stale-session',
]);

/** True for a failure that another agent would not have. */
export function isAgentsOwn(kind: FailureKind | 'succeeded'): boolean {
  return kind === 'unfit' || kind === 'not-found' || kind === 'not-executable' || kind in lasting;
}

/** See `AgentBench`; it is empty after a start. */
export function createAgentBench({
  now = Date.now,
  record,
}: { now?: () => number; record?: BenchRecord } = {}): AgentBench {
  const failures = new Map<AgentName, AgentFailure>();
  const sound = new Set<AgentName>();
  const benched = (name: AgentName): AgentFailure | undefined => {
    const failure = failures.get(name);
    return failure !== undefined && failure.kind in lasting && failure.until > now() ? failure : undefined;
  };
  return {
    note(name, outcome, taskId) {
      if (outcome.kind === 'succeeded') {
        failures.delete(name);
        if (!sound.has(name)) record?.recovered(name, now());
        sound.add(name);
        return;
      }
      const { kind, reason, resetsAt } = outcome;
      if (notItsOwn.has(kind)) return;
      const until = Math.max(resetsAt ?? 0, now() + (lasting[kind] ?? 0));
      const failure = { kind, reason, at: now(), until };
      failures.set(name, failure);
      sound.delete(name);
      record?.failed(name, failure, taskId);
    },
    whyNot: (name) => benched(name)?.reason,
    until: (name) => benched(name)?.until,
  };
}
