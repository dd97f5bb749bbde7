import type { AgentName } from '../../lib/wire/agent-names.ts';
import { MINUTE } from '../../lib/time.ts';
import type { FailureKind, Outcome } from '../run/outcome.ts';

/** How an agent has failed last. */
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
  note(name: AgentName, outcome: Outcome): void;
  /** Why it is not to be asked now, in words; undefined where it may be. */
  whyNot(name: AgentName): string | undefined;
  /** Its last failure since it last succeeded. */
  lastFailure(name: AgentName): AgentFailure | undefined;
}

/** Failures that another agent would not have, and how long they last where nobody says. */
const lasting: Readonly<Partial<Record<FailureKind, number>>> = {
  'not-logged-in': 5 * MINUTE,
  'out-of-credit': 30 * MINUTE,
  'rate-limited': 15 * MINUTE,
};

/** True for a failure that another agent would not have. */
export function isAgentsOwn(kind: FailureKind | 'succeeded'): boolean {
  return kind === 'unfit' || kind === 'not-found' || kind === 'not-executable' || kind in lasting;
}

/** See `AgentBench`; it is empty after a start. */
export function createAgentBench(now: () => number = Date.now): AgentBench {
  const failures = new Map<AgentName, AgentFailure>();
  return {
    note(name, outcome) {
      if (outcome.kind === 'succeeded') {
        failures.delete(name);
        return;
      }
      const { kind, reason, resetsAt } = outcome;
      const until = Math.max(resetsAt ?? 0, now() + (lasting[kind] ?? 0));
      failures.set(name, { kind, reason, at: now(), until });
    },
    whyNot(name) {
      const failure = failures.get(name);
      return failure !== undefined && failure.kind in lasting && failure.until > now()
        ? failure.reason
        : undefined;
    },
    lastFailure: (name) => failures.get(name),
  };
}
