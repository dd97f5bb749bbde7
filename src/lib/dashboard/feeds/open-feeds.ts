import type { Bus } from '../../bus.ts';
import type { LiveSettings } from '../../config/live-settings.ts';
import type { Store } from '../../store/store.ts';
import type { TreeChange } from '../protocol/tree.ts';
import type { FeedOutput, Feeds } from './feeds.ts';
import type { LiveReplies } from './live-replies.ts';
import type { Pulse } from './pulse.ts';
import { createRelay } from './relay.ts';

/** The tree's feed: it costs nothing unless somebody follows it. */
export interface TreeWatch {
  /** Begins to listen; `pending` is called when there is something to take. */
  start(pending: () => void): void;
  stop(): void;
  /** What happened since the last time, or undefined. */
  take(): TreeChange | undefined;
}

export interface FeedDeps {
  bus: Pick<Bus, 'on'>;
  store: Pick<Store, 'query'>;
  settings: Pick<LiveSettings, 'onChange'>;
  live: LiveReplies;
  pulse: Pulse;
  tree: TreeWatch;
  conversationOf: (taskId: number) => string | null;
  onDecision: (listener: (list: 'wishes' | 'findings' | 'goals') => void) => () => void;
  report: (thrown: unknown, what: string) => void;
}

/** All feeds together. A failing one is reported and leaves the others working. */
export function openFeeds(deps: FeedDeps, output: FeedOutput): Feeds {
  const { bus, settings, pulse, tree, report } = deps;
  const relay = createRelay({ ...deps, output });
  const lists = new Set<'wishes' | 'findings' | 'goals' | 'fleet' | 'config'>();
  const noteList = (list: 'wishes' | 'findings' | 'goals' | 'fleet' | 'config'): void => {
    lists.add(list);
    output.pending();
  };
  const stops = [
    bus.on('owner.notice', (notice) =>
      output.push('everybody', 'notice', { ...notice, at: new Date().toISOString() }),
    ),
    settings.onChange((keys) => {
      output.push('everybody', 'settings', { keys: [...keys] });
      noteList('config');
    }),
    deps.onDecision(noteList),
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
      await guarded('the feed of the tree', () => {
        const change = tree.take();
        if (change !== undefined) output.push('tree', 'tree', change);
      });
      if (lists.size > 0) output.push('decide', 'decide', { lists: [...lists] });
      lists.clear();
    },
    async pulse() {
      relay.beat();
      await guarded('the pulse', async () => {
        if (output.isWatched('now')) output.push('now', 'now', await pulse.now());
        await pulse.beat();
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
      for (const stop of stops) stop();
    },
  };
}
