import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Recaller } from '../../src/memory/recall/create-recall.ts';
import type { RecallReport } from '../../src/memory/recall/report.ts';
import { percentile } from '../statistics.ts';
import { crowd } from './crowd.ts';
import type { GivenMemory } from './fill.ts';
import { between, pick, seededRandom } from './random.ts';

/** How long recalls took among so many memories, in milliseconds, models left out. */
export interface Latency {
  database: 'embedded' | 'server';
  memories: number;
  vectors: RecallReport['vectors'];
  queries: number;
  p50Ms: number;
  p95Ms: number;
  /** The 95th percentile of single stages, which overlap on a server. */
  stages: { stage: string; p95Ms: number }[];
  /** The 99th percentile of the delay of this process's event loop meanwhile. */
  loopDelayP99Ms: number;
}

const crowdSeed = 1;
const querySeed = 2;
const warmUps = 20;
const resolutionMs = 5;
const minuteMs = 60_000;
const { signal } = new AbortController();

/** The generated memories of a size, one a minute before the other, the newest first remembered. */
export function* crowdMemories(size: number, now: Date): Generator<GivenMemory> {
  let index = 0;
  for (const memory of crowd(crowdSeed)) {
    if (index === size) return;
    index += 1;
    yield { ...memory, createdAt: new Date(now.getTime() - (size - index) * minuteMs) };
  }
}

/** Times recalls with questions of the words of unseen memories: phrases, single names and codes, and very common words. */
export async function measureLatency(
  recaller: Recaller,
  { database, memories, queries }: Pick<Latency, 'database' | 'memories' | 'queries'>,
): Promise<Latency> {
  const texts = questions(queries + warmUps);
  for (const text of texts.slice(0, warmUps)) await ask(recaller, text);
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const reports: RecallReport[] = [];
  for (const text of texts.slice(warmUps)) reports.push(await ask(recaller, text));
  delay.disable();
  const of = (stage: string): number[] =>
    reports.flatMap(({ timings }) => timings.filter((lap) => lap.stage === stage).map(({ ms }) => ms));
  return {
    database,
    memories,
    vectors: reports[0]?.vectors ?? 'no vectors',
    queries,
    p50Ms: percentile(of('total'), 0.5),
    p95Ms: percentile(of('total'), 0.95),
    stages: ['embed', 'vectors', 'full text', 'load'].map((stage) => ({
      stage,
      p95Ms: percentile(of(stage), 0.95),
    })),
    loopDelayP99Ms: Math.max(0, delay.percentile(99) / 1e6 - resolutionMs),
  };
}

function ask(recaller: Recaller, text: string): Promise<RecallReport> {
  return recaller.explain({ text, limit: 8, budgetTokens: 1_500, signal });
}

const commonQuestions = [
  'what works next',
  'disk and mail',
  'which address has the mail',
  'minutes promised',
  'the load of the disk',
];

function questions(count: number): string[] {
  const random = seededRandom(querySeed);
  const texts: string[] = [];
  for (const { content } of crowd(querySeed)) {
    if (texts.length === count) break;
    const words = content.split(/\s+/);
    const length = pick(random, [1, 2, 4, 8, 12]);
    const start = between(random, 0, Math.max(0, words.length - length));
    texts.push(random() < 0.1 ? pick(random, commonQuestions) : words.slice(start, start + length).join(' '));
  }
  return texts;
}
