import type { FolderInput, FolderRefusal } from './protocol.ts';

const minuteMs = 60_000;
const longestWaitMs = 30 * minuteMs;
/** After a connection that was cut, once. */
const firstWaitMs = 5_000;
const jitter = 0.1;
/** What a server has refused is refused a while longer. */
const patience: Readonly<Record<FolderRefusal['kind'], number>> = {
  away: 1,
  throttled: 5,
  parked: 10,
  unauthorised: 30,
};

/** What a watcher remembers between its states. */
export interface FolderContext extends FolderInput {
  /** What the last connection ended with. */
  refusal: FolderRefusal['kind'];
  /** Why it is not watching, or what is wrong though it is. */
  reason: string | null;
  /** How many connections in a row did not last. */
  failures: number;
  waitMs: number;
  /** There is news that no look has answered yet. */
  hasNews: boolean;
  /** It is down and will be told of when it stays so. */
  isCounting: boolean;
  /** The owner was told of this outage. */
  isTold: boolean;
}

/** A watcher before its first connection. */
export function unwatched(input: FolderInput): FolderContext {
  return {
    ...input,
    refusal: 'away',
    reason: null,
    failures: 0,
    waitMs: 0,
    hasNews: false,
    isCounting: false,
    isTold: false,
  };
}

/**
 * How long to wait before connection `failures + 1`, in milliseconds: 5 s, then `baseMs`, which doubles up to half an hour. Each
 * kind of refusal has its own least wait. `random` is in [0, 1).
 */
export function waitAfter(
  { kind }: Pick<FolderRefusal, 'kind'>,
  failures: number,
  baseMs: number,
  random: () => number = Math.random,
): number {
  const isFirst = failures <= 1 && kind === 'away';
  const doubled = baseMs * patience[kind] * 2 ** Math.max(0, failures - (kind === 'away' ? 2 : 1));
  const wait = isFirst ? Math.min(firstWaitMs, baseMs) : Math.min(longestWaitMs, doubled);
  return Math.round(wait * (1 - jitter + 2 * jitter * random()));
}
