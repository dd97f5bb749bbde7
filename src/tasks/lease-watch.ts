import type { FarLease } from './rows/find-abandoned.ts';

/**
 * Watches leases that end later than this clock could have given: the clock has gone back since, or the worker's is ahead.
 * Returns, each time it is shown them, the tasks whose lease has not been renewed for its whole length by a clock that
 * cannot jump. `monotonicMs` is for tests.
 */
export function createLeaseWatch(leaseMs: number, monotonicMs: () => number = () => performance.now()) {
  let since = new Map<string, number>();
  return (leases: readonly FarLease[]): number[] => {
    const now = monotonicMs();
    since = new Map(leases.map((lease) => [keyOf(lease), since.get(keyOf(lease)) ?? now]));
    return leases.filter((lease) => now - (since.get(keyOf(lease)) ?? now) > leaseMs).map(({ id }) => id);
  };
}

function keyOf({ id, leaseUntil }: FarLease): string {
  return `${id} ${leaseUntil.getTime()}`;
}
