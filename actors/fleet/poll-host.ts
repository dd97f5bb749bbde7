import { fromPromise } from 'xstate';
import type { Bus } from '../../src/lib/bus.ts';
import type { ListFacts } from '../../src/lib/operations/facts.ts';
import type { DueHost } from '../../src/fleet/rows/due.ts';
import type { FleetService } from '../../src/fleet/service.ts';

export interface PollHostDeps {
  service: Pick<FleetService, 'poll'>;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  /** Milliseconds. */
  now?: () => number;
}

/** Open pages ask for the list anew at most this often. */
const announceMs = 2_000;

/** Polls a host and writes it down; its signal ends the process that asks. */
export function createPollHost({ service, bus, now = () => performance.now() }: PollHostDeps) {
  let announcedAt = -Infinity;
  return fromPromise<unknown, DueHost>(async ({ input: { name }, signal }) => {
    await service.poll(name, signal);
    if (now() - announcedAt < announceMs) return;
    announcedAt = now();
    bus.emit('list.changed', { list: 'fleet.list' });
  });
}
