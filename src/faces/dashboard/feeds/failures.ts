import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '../../../lib/bus.ts';
import { StoreAwayError } from '../../../lib/errors.ts';
import type { Store } from '../../../lib/store/store.ts';
import type { TaskFacts } from '../../../tasks/facts.ts';
import { findTasks } from '../../../tasks/rows/search-tasks.ts';
import type { FeedOutput } from './feeds.ts';

/** Tells pages of tasks that failed or were given up. */
export interface FailureFeed {
  flush(): Promise<void>;
  close(): void;
}

const shownFailures = 3;
const rowsDeadlineMs = 250;

/** Gathers what failed between two flushes; rows are read at the flush. What nobody looks at is not gathered. */
export function createFailureFeed({
  bus,
  store,
  output,
}: {
  bus: Pick<Bus<TaskFacts>, 'on'>;
  store: Pick<Store, 'query'>;
  output: FeedOutput;
}): FailureFeed {
  let ids: number[] = [];
  let omitted = 0;
  const stop = bus.on('task.ended', ({ taskId, state }) => {
    if ((state !== 'failed' && state !== 'dead') || !output.isWatched('now')) return;
    ids.push(taskId);
    omitted += ids.splice(0, ids.length - shownFailures).length;
    output.pending();
  });
  return {
    async flush() {
      // A store that does not answer must not hold up what needs no store.
      if (ids.length > 0) await Promise.race([tell(), delay(rowsDeadlineMs, undefined, { ref: false })]);
    },
    close: stop,
  };

  async function tell(): Promise<void> {
    const gathered = { ids, omitted };
    ids = [];
    omitted = 0;
    try {
      const rows = await findTasks(store, { ids: gathered.ids, eventIds: [] });
      const items = rows.map(({ id, conversation, text, reason }) => ({
        taskId: id,
        conversation,
        text,
        reason,
      }));
      if (items.length > 0) output.push('now', 'task.failed', { items, omitted: gathered.omitted });
    } catch (thrown) {
      // What failed while the store is away stands in the list of tasks.
      if (!(thrown instanceof StoreAwayError)) throw thrown;
    }
  }
}
