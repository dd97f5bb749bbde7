import { fromPromise } from 'xstate';
import type { RecordInput } from '../../machines/router/protocol.ts';
import type { Counters } from '../../src/lib/counters.ts';
import type { RightOfWay } from '../../src/lib/store/right-of-way.ts';
import type { Journal } from '../../src/lib/journal/journal.ts';
import type { Mailbox, MailItem } from '../../src/lib/mailbox/mailbox.ts';
import type { RecordQueue } from '../../src/events/router/record-queue.ts';
import { type RecordDeps, type RecordedBatch, recordRouted } from '../../src/events/router/record-routed.ts';
import { HUMAN } from '../../src/lib/wire/priority.ts';
import { routeMail } from '../../src/events/router/routed-event.ts';

export interface RouterDeps extends RecordDeps {
  mailbox: Mailbox;
  recordQueue: RecordQueue;
  journal: Journal;
  counters: Counters;
  rightOfWay: Pick<RightOfWay, 'first' | 'unasked'>;
  /** Events recorded with one statement. */
  batchSize: number;
}

/** HUMAN events that may wait for the store before further ones stay in the mailbox. */
const maxHumanQueued = 1_000;
/** Bytes of lines and spooled files that wait for the store; past it further ones stay in the journal. */
const maxQueuedBytes = 8 * 1024 * 1024;

/** From so many events on a statement lets the answer to a question pass, for so long at most. */
const largeBatch = 100;
const maxLetMs = 50;

/** How the router machine routes and records. */
export function createRouter(deps: RouterDeps) {
  const { mailbox, recordQueue, journal, counters, rightOfWay } = deps;
  const now = deps.now ?? Date.now;

  const pull = (): void => {
    const waiting = recordQueue.waitingBytes();
    const items = mailbox.takeHuman(
      maxHumanQueued - recordQueue.humanWaiting(),
      maxQueuedBytes - waiting.human,
    );
    // As much as one statement takes waits beside the one under way, so that the store never waits for us.
    const room = Math.max(0, deps.batchSize - recordQueue.waiting() - items.length);
    items.push(...mailbox.take(room, now(), maxQueuedBytes - waiting.others - sizeOf(items)));
    if (items.length === 0) return;
    recordQueue.put(routeMail(journal, items, deps.rules(), deps.replayEnd, deps.throttles));
    counters.routed += items.length;
  };

  const record = fromPromise<RecordedBatch, RecordInput>(async ({ input: { events } }) => {
    try {
      // A flood has time: a question would wait for each of its statements.
      if (events.length >= largeBatch && !events.some(({ event }) => event.priority === HUMAN))
        await rightOfWay.unasked(maxLetMs);
      return await rightOfWay.first(() => recordRouted(events, deps));
    } catch (thrown) {
      recordQueue.shrink();
      throw thrown;
    }
  });

  const count = (recorded: RecordedBatch): void => {
    counters.done += recorded.done;
    counters.dropped += recorded.dropped;
    counters.failed += recorded.failed;
    counters.deadLettered += recorded.dead;
  };

  return { pull, record, count };
}

function sizeOf(items: readonly MailItem[]): number {
  return items.reduce((sum, { length }) => sum + length, 0);
}
