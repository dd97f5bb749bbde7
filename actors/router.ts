import { fromPromise } from 'xstate';
import type { Counters } from '../src/lib/counters.ts';
import type { Journal } from '../src/lib/journal/journal.ts';
import type { Mailbox } from '../src/lib/mailbox/mailbox.ts';
import type { Desk } from '../src/lib/router/desk.ts';
import { type RecordDeps, type RecordedBatch, recordRouted } from '../src/lib/router/record-routed.ts';
import { type RoutedEvent, routeMail } from '../src/lib/router/routed-event.ts';

export interface RouterDeps extends RecordDeps {
  mailbox: Mailbox;
  desk: Desk;
  journal: Journal;
  counters: Counters;
  /** Events recorded with one statement. */
  batchSize: number;
}

/** HUMAN events that may wait for the store before further ones stay in the mailbox. */
const maxHumanOnDesk = 1_000;

/** How the router machine routes and records. */
export function createRouter(deps: RouterDeps) {
  const { mailbox, desk, journal, counters } = deps;
  const now = deps.now ?? Date.now;

  const pull = (): void => {
    const items = mailbox.takeHuman(maxHumanOnDesk - desk.humanWaiting());
    // As much as one statement takes waits beside the one under way, so that the store never waits for us.
    items.push(...mailbox.take(Math.max(0, deps.batchSize - desk.waiting() - items.length), now()));
    if (items.length === 0) return;
    desk.put(routeMail(journal, items, deps.rules(), deps.replayEnd));
    counters.routed += items.length;
  };

  const record = fromPromise<RecordedBatch, { events: RoutedEvent[] }>(({ input }) =>
    recordRouted(input.events, deps),
  );

  const count = (recorded: RecordedBatch): void => {
    counters.done += recorded.done;
    counters.dropped += recorded.dropped;
    counters.failed += recorded.failed;
    counters.deadLettered += recorded.dead;
  };

  return { pull, record, count };
}
