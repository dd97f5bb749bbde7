import type { EventFacts } from '../../../events/facts.ts';
import type { TaskFacts } from '../../../tasks/facts.ts';
import type { OutboxFacts } from '../../../outbox/facts.ts';
import type { Bus } from '../../../lib/bus.ts';
import type { ManagedSettings } from '../../../lib/config/live-settings.ts';
import type { Store } from '../../../lib/store/store.ts';
import type { ListFacts } from '../../../lib/operations/facts.ts';
import type { LiveReplies } from '../../../tasks/live-replies.ts';
import type { TreeWatch } from '../../../inspection/tree-view.ts';
import type { FeedOutput, Feeds } from './feeds.ts';
import type { Pulse } from './pulse.ts';
import { createFailureFeed } from './failures.ts';
import { createRelay } from './relay.ts';

export interface FeedDeps {
  bus: Pick<Bus<EventFacts & TaskFacts & OutboxFacts & ListFacts>, 'on'>;
  store: Pick<Store, 'query'>;
  settings: Pick<ManagedSettings, 'onChange'>;
  live: LiveReplies;
  pulse: Pulse;
  tree: TreeWatch;
  conversationOf: (taskId: number) => string | null;
  report: (thrown: unknown, what: string) => void;
}

/** All feeds together. A failing one is reported and leaves the others working. */
export function openFeeds(deps: FeedDeps, output: FeedOutput): Feeds {
  const { bus, settings, pulse, tree, report } = deps;
  const relay = createRelay({ ...deps, output });
  const failures = createFailureFeed({ ...deps, output });
  const lists = new Set<string>();
  const gatherList = (list: string): void => {
    lists.add(list);
    output.pending();
  };
  const stops = [
    bus.on('owner.told', (told) => output.push('everybody', 'owner.told', { ...told, at: new Date() })),
    settings.onChange((keys) => {
      output.push('everybody', 'settings', { keys: [...keys] });
      gatherList('config.list');
    }),
    bus.on('list.changed', ({ list }) => gatherList(list)),
  ];
  const guarded = async (what: string, work: () => Promise<void> | void): Promise<void> => {
    try {
      await work();
    } catch (thrown) {
      report(thrown, what);
    }
  };
  return {
    async flush() {
      await guarded('the feed of events', () => relay.flush());
      await guarded('the feed of failures', () => failures.flush());
      await guarded('the feed of the tree', () => {
        const change = tree.take();
        if (change !== undefined) output.push('tree', 'tree', change);
      });
      if (lists.size > 0) output.push('lists', 'lists', { lists: [...lists] });
      lists.clear();
    },
    async pulse() {
      relay.beat();
      await guarded('the pulse', async () => {
        if (output.isWatched('now')) output.push('now', 'now', await pulse.now());
      });
    },
    watched(topic) {
      if (topic === 'tree') tree.start(output.pending);
    },
    unwatched(topic) {
      if (topic === 'tree') tree.stop();
    },
    close() {
      tree.stop();
      relay.close();
      failures.close();
      for (const stop of stops) stop();
    },
  };
}
