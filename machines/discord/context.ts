import type { Prepared } from './protocol.ts';

/** What the connection remembers between its states. */
export interface DiscordContext {
  /** Why it is as it is, in a sentence. */
  reason: string | null;
  /** Attempts in a row that brought no lasting connection. */
  failures: number;
  /** Until the next look, in milliseconds. */
  waitMs: number;
  /** The present connection has had an answer to a heartbeat. */
  isAcked: boolean;
  /** Nothing is missed any more. */
  isCaughtUp: boolean;
  /** The time until the owner is told runs. */
  isCounting: boolean;
  /** The owner was told that it is down. */
  isTold: boolean;
}

/** Nothing has been tried yet. */
export const untried: DiscordContext = {
  reason: null,
  failures: 0,
  waitMs: 0,
  isAcked: false,
  isCaughtUp: false,
  isCounting: false,
  isTold: false,
};

const firstWaitMs = 1_000;
const longestWaitMs = 5 * 60_000;
/** Share of the wait by which it may be shorter or longer, so that not everybody comes back at once. */
const jitter = 0.2;

/** Milliseconds until the next attempt after so many failures, from 1. `random` is in [0, 1). */
export function waitAfter(failures: number, random: () => number = Math.random): number {
  const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.max(0, failures - 1));
  return Math.round(wait * (1 - jitter + 2 * jitter * random()));
}

/** Why a connection is not to be had; null where it is, or is not wanted. */
export function reasonOf(prepared: Prepared): string | null {
  return 'reason' in prepared ? prepared.reason : null;
}
