import type { Mailbox } from '../../lib/mailbox/mailbox.ts';
import type { Journal } from '../../lib/journal/journal.ts';
import type { LoopMonitor } from '../../lib/loop-delay.ts';
import type { SeenStatement } from '../../lib/store/pool.ts';
import type { Figures } from './figures.ts';
import type { QueueFigures } from './queue-figures.ts';
import { createSlowStatements, type SlowStatements } from './slow-statements.ts';
import { createSpans } from './spans.ts';

/** What the daemon knows of its own health. */
export interface SelfWatch {
  /** For the pool: each statement with its times. */
  noteStatement: (seen: SeenStatement) => void;
  /** The same recall, timed. */
  timed<Query, Answer>(recall: (query: Query) => Promise<Answer>): (query: Query) => Promise<Answer>;
  slow: SlowStatements;
  /** Takes a sample: figures since the last one, with what the store knew of the queues. */
  sample(queues: QueueFigures | undefined): Figures;
  /** The last sample; undefined before the first. */
  last(): { at: number; figures: Figures } | undefined;
  /** Since the start, for counters. */
  totals(): {
    statements: number;
    statementMs: number;
    poolWaitMs: number;
    slowStatements: number;
    recalls: number;
    recallMs: number;
  };
}

export interface SelfWatchDeps {
  loop: Pick<LoopMonitor, 'read'>;
  mailbox: Pick<Mailbox, 'depth' | 'oldestWaitMs'>;
  journal: Pick<Journal, 'pendingLines'>;
  /** Statements from this many milliseconds on are slow. */
  slowMs: () => number;
  /** Restarts of parts of the tree since the start. */
  restarts: () => number;
  now?: () => number;
}

/** See `SelfWatch`. */
export function createSelfWatch({
  loop,
  mailbox,
  journal,
  slowMs,
  restarts,
  now = Date.now,
}: SelfWatchDeps): SelfWatch {
  const statements = createSpans();
  const waits = createSpans();
  const recalls = createSpans();
  const slow = createSlowStatements(slowMs);
  let slowSeen = { since: 0, all: 0 };
  let last: { at: number; figures: Figures } | undefined;
  return {
    slow,
    noteStatement(seen) {
      statements.note(seen.tookMs);
      waits.note(seen.waitedMs);
      slow.note(seen);
      if (seen.tookMs >= slowMs()) slowSeen = { since: slowSeen.since + 1, all: slowSeen.all + 1 };
    },
    timed: (recall) => async (query) => {
      const startedAt = performance.now();
      try {
        return await recall(query);
      } finally {
        recalls.note(performance.now() - startedAt);
      }
    },
    sample(queues) {
      const at = now();
      const { p50Ms, p99Ms, maxMs } = loop.read();
      const { rss, heapUsed } = process.memoryUsage();
      const statement = statements.read();
      const recall = recalls.read();
      const figures: Figures = {
        loopP50Ms: p50Ms,
        loopP99Ms: p99Ms,
        loopMaxMs: maxMs,
        heapBytes: heapUsed,
        rssBytes: rss,
        mailboxDepth: mailbox.depth(),
        mailboxOldestMs: Math.round(mailbox.oldestWaitMs(at)),
        journalPendingLines: journal.pendingLines(),
        tasksQueued: queues?.tasksQueued ?? null,
        tasksOldestMs: queues?.tasksOldestMs ?? null,
        deliveriesOldestMs: queues?.deliveriesOldestMs ?? null,
        poolWaitMaxMs: waits.read().maxMs,
        statements: statement.count,
        statementMaxMs: statement.maxMs,
        slowStatements: slowSeen.since,
        recalls: recall.count,
        recallMeanMs: recall.meanMs,
        recallMaxMs: recall.maxMs,
        tasksEnded: queues?.tasksEnded ?? null,
        taskWaitMeanMs: queues?.taskWaitMeanMs ?? null,
        taskRunMeanMs: queues?.taskRunMeanMs ?? null,
        restarts: restarts(),
        uptimeMs: Math.round(process.uptime() * 1000),
      };
      slowSeen = { since: 0, all: slowSeen.all };
      last = { at, figures };
      return figures;
    },
    last: () => last,
    totals() {
      const all = statements.totals();
      const recalled = recalls.totals();
      return {
        statements: all.count,
        statementMs: all.sumMs,
        poolWaitMs: waits.totals().sumMs,
        slowStatements: slowSeen.all,
        recalls: recalled.count,
        recallMs: recalled.sumMs,
      };
    },
  };
}
