import { setTimeout as delay } from 'node:timers/promises';
import { writeLine } from '../../src/lib/wire/write-line.ts';
import { clockMs } from '../clock.ts';
import type { Measurement } from '../context.ts';
import type { BenchDaemon } from '../daemon.ts';
import { crowd } from '../recall/crowd.ts';
import { percentile } from '../statistics.ts';

const seed = 7;
const recallEvery = 5;
const pollMs = 50;
const preparedWithinMs = 300_000;
const loopDelayGoalMs = 20;

/**
 * The owner's memories handed over one after the other, and every fifth of them asked for while the keeper prepares them:
 * redacts, cuts, embeds, compares. Models are not there, so the time of the models is not in it; that no work of theirs is on
 * the daemon's loop is what their process of their own is for.
 */
export const memory: Measurement = {
  name: 'memory',
  title: 'remembering and recalling at once',
  async run({ sizes, daemon }) {
    const target = await daemon();
    const { client } = target;
    const recalls: number[] = [];
    target.resetLoop();
    const startedAt = clockMs();
    let given = 0;
    for (const { content } of crowd(seed)) {
      if (given === sizes.memories) break;
      await writeLine(target.fifo, `HUMAN|cli||remember|${JSON.stringify({ text: content })}\n`);
      given += 1;
      if (given % recallEvery !== 0) continue;
      const askedAt = clockMs();
      await client.ask('recall.explain', { text: content.slice(0, 200) });
      recalls.push(clockMs() - askedAt);
    }
    await allPrepared(target, given);
    const seconds = (clockMs() - startedAt) / 1000;
    const loop = await target.loop();
    const stored = await target.count('SELECT count(*) FROM memory_embeddings WHERE prepared');
    return {
      figures: [
        {
          id: 'memory.remembered',
          what: 'memories taken, prepared and recallable, one client',
          value: given / seconds,
          unit: 'memories/s',
          note: `${given} given, ${recalls.length} recalls between`,
        },
        {
          id: 'memory.recall.p95',
          what: 'recall over the socket meanwhile, p95',
          value: percentile(recalls, 0.95),
          unit: 'ms',
        },
        {
          id: 'memory.loop.p99',
          what: 'delay of the daemon’s event loop meanwhile, p99',
          value: loop.p99Ms,
          unit: 'ms',
          target: { sense: '<=', value: loopDelayGoalMs },
          note: `longest ${loop.maxMs.toFixed(0)} ms`,
        },
      ],
      wrong: stored > 0 ? [] : ['none of the memories was prepared'],
    };
  },
};

async function allPrepared(target: BenchDaemon, given: number): Promise<void> {
  const giveUpAt = clockMs() + preparedWithinMs;
  // Near-duplicates are merged, so there are as many memories as given or fewer, and each of their events has ended.
  const ended = `SELECT count(*) FROM events WHERE category = 'remember' AND status = 'done'`;
  const waiting = `SELECT (SELECT count(*) FROM memory_inbox) + (SELECT count(*) FROM memory_bundles)
            + (SELECT count(*) FROM memory_embeddings WHERE NOT prepared)`;
  while ((await target.count(ended)) < given || (await target.count(waiting)) > 0) {
    if (clockMs() > giveUpAt) throw new Error(`memories were not prepared within ${preparedWithinMs} ms`);
    await delay(pollMs);
  }
}
