import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { clockMs } from '../clock.ts';
import type { Measurement } from '../context.ts';
import type { BenchDaemon } from '../daemon.ts';
import { type Encoder, encoders, startWithEncoder, untilHolds, withoutMiniLm } from '../encoders.ts';
import type { Figure } from '../figure.ts';
import { crowd } from '../recall/crowd.ts';
import type { Sizes } from '../sizes.ts';
import { percentile } from '../statistics.ts';
import { flood } from './floods.ts';

/** What is wanted of each encoder. */
const wanted: Readonly<Record<Encoder['id'], { by: string; goal: number }>> = {
  none: { by: 'without models', goal: 1_000 },
  builtIn: { by: 'with the built-in encoder', goal: 300 },
  miniLm: { by: 'with all-MiniLM-L6-v2', goal: 200 },
};

const [seed, otherSeed] = [11, 12];
const askEveryMs = 150;
/**
 * Asked before the flood: the first questions of a daemon compile what the database runs for them, the first two with a time load
 * the library for times and compile its patterns.
 */
const warmUps = [
  'who has the spare key of the cellar?',
  'what did Ulla say yesterday afternoon?',
  'what did Ulla say three days ago?',
];
/** Each look costs the database some 15 ms, which those who are measured wait for. */
const lookEveryMs = 500;
const pipeBytes = 4_096;
const recordedGoal = 30_000;
const loopDelayGoalMs = 20;
const recallGoal = (memories: number): number => (memories <= 10_000 ? 50 : 100);

/**
 * Notes that come as fast as the pipe takes them, each another sentence, until the last one is prepared and has its vectors, while
 * somebody asks; each fitting on a home of its own.
 */
export const bulk: Measurement = {
  name: 'bulk',
  title: 'memories in bulk, without models and with each encoder',
  async run({ sizes, scratch }) {
    const figures: Figure[] = [];
    const wrong: string[] = [];
    for (const encoder of encoders) {
      const daemon = await startWithEncoder(join(scratch, `bulk-${encoder.id}`), encoder);
      try {
        const notes = encoder.id === 'none' ? sizes.bulkNotes : Math.ceil(sizes.bulkNotes / 4);
        const measured = await pour(daemon, { ...wanted[encoder.id], id: encoder.id, notes });
        figures.push(...measured.figures);
        wrong.push(...measured.wrong);
        if (encoder.id === 'none') figures.push(await recorded(daemon, sizes.notedLines));
      } finally {
        await daemon.stop();
      }
    }
    const many = await amongMany(join(scratch, 'bulk-many'), sizes);
    return { figures: [...figures, ...many.figures], wrong: [...wrong, ...many.wrong], ...withoutMiniLm };
  },
};

/** The same beside as many as somebody brings along. */
async function amongMany(
  home: string,
  { manyNotes, bulkNotes }: Sizes,
): Promise<{ figures: Figure[]; wrong: string[] }> {
  const daemon = await startWithEncoder(home, encoders[0] as Encoder);
  try {
    pourIn(daemon.fifo, manyNotes, otherSeed);
    await untilHolds('those before are prepared', () => isAllPrepared(daemon, manyNotes), {
      everyMs: lookEveryMs,
    });
    const by = `without models, after ${manyNotes} others`;
    return await pour(daemon, {
      id: 'many',
      by,
      goal: wanted.none.goal,
      notes: bulkNotes,
      before: manyNotes,
    });
  } finally {
    await daemon.stop();
  }
}

interface Pouring {
  id: Encoder['id'] | 'many';
  by: string;
  /** Memories a second. */
  goal: number;
  notes: number;
  /** Notes that were there before. */
  before?: number;
}

async function pour(
  daemon: BenchDaemon,
  { id, by, goal, notes, before = 0 }: Pouring,
): Promise<{ figures: Figure[]; wrong: string[] }> {
  const recalls: number[] = [];
  const asked: number[] = [];
  const over = new AbortController();
  const cold = await ask(daemon, warmUps[0] ?? '');
  for (const text of warmUps.slice(1)) await ask(daemon, text);
  daemon.resetLoop();
  const startedAt = clockMs();
  const texts = pourIn(daemon.fifo, notes, seed);
  const asking = askMeanwhile(daemon, texts, { recalls, asked, signal: over.signal });
  await untilHolds('all is prepared', () => isAllPrepared(daemon, before + notes), { everyMs: lookEveryMs });
  const preparedSeconds = (clockMs() - startedAt) / 1_000;
  if (id === 'builtIn' || id === 'miniLm')
    await untilHolds('all has vectors', () => isAllEmbedded(daemon), { everyMs: lookEveryMs });
  const seconds = (clockMs() - startedAt) / 1_000;
  over.abort();
  await asking;
  const loop = await daemon.loop();
  const counted = await daemon.count('SELECT sum(seen_count) FROM memory_embeddings');
  return {
    figures: [
      {
        id: `bulk.prepared.${id}`,
        what: `memories prepared in bulk, ${by}`,
        value: notes / seconds,
        unit: 'memories/s',
        target: { sense: '>=', value: goal },
        note:
          id === 'none' || id === 'many'
            ? `${notes} notes`
            : `${notes} notes; to be found by words ${Math.round(notes / preparedSeconds)}/s`,
      },
      {
        id: `bulk.recall.p95.${id}`,
        what: `recall meanwhile, ${by}, p95`,
        value: percentile(recalls, 0.95),
        unit: 'ms',
        target: { sense: '<=', value: recallGoal(before + notes) },
        note: `${recalls.length} recalls; with the wait for what was just said p95 ${percentile(asked, 0.95).toFixed(0)} ms; the first one of the daemon, before: ${cold.recallMs.toFixed(0)} ms`,
      },
      {
        id: `bulk.loop.p99.${id}`,
        what: `delay of the daemon’s event loop meanwhile, ${by}, p99`,
        value: loop.p99Ms,
        unit: 'ms',
        target: { sense: '<=', value: loopDelayGoalMs },
        note: `longest ${loop.maxMs.toFixed(0)} ms`,
      },
    ],
    wrong:
      counted === before + notes
        ? []
        : [`${before + notes} notes were written, memories count ${counted} (${by})`],
  };
}

/** Writes the lines in blocks that the pipe takes whole, and returns their texts. */
function pourIn(fifo: string, notes: number, from: number): string[] {
  const texts: string[] = [];
  const fd = openSync(fifo, 'w');
  let block = '';
  const write = (): void => {
    if (block !== '') writeSync(fd, block);
    block = '';
  };
  for (const { content } of crowd(from)) {
    if (texts.length === notes) break;
    texts.push(content);
    const line = `LOW|bench:bulk||note|${content.replaceAll('\n', ' ')}\n`;
    if (Buffer.byteLength(block + line) > pipeBytes) write();
    block += line;
  }
  write();
  closeSync(fd);
  return texts;
}

async function askMeanwhile(
  daemon: BenchDaemon,
  texts: readonly string[],
  { recalls, asked, signal }: { recalls: number[]; asked: number[]; signal: AbortSignal },
): Promise<void> {
  for (let turn = 0; !signal.aborted; turn += 1) {
    const text = (texts[(turn * 37) % texts.length] ?? '').slice(0, 200);
    const { askedMs, recallMs } = await ask(daemon, text);
    asked.push(askedMs);
    recalls.push(recallMs);
    await delay(askEveryMs);
  }
}

/** How long an answer took in all, and the recall alone. */
async function ask({ client }: BenchDaemon, text: string): Promise<{ askedMs: number; recallMs: number }> {
  const askedAt = clockMs();
  const { timings } = await client.ask('recall.explain', { text });
  const recallMs = timings.find(({ stage }) => stage === 'total')?.ms ?? Number.NaN;
  return { askedMs: clockMs() - askedAt, recallMs };
}

/** To count 100,000 events takes the database 15 to 50 ms, which whoever asks would wait for: that is left for the end. */
async function isAllPrepared(daemon: BenchDaemon, notes: number): Promise<boolean> {
  const waiting = `SELECT (EXISTS (SELECT FROM memory_inbox) OR EXISTS (SELECT FROM memory_bundles)
                             OR EXISTS (SELECT FROM memory_embeddings WHERE NOT prepared))::int`;
  if ((await daemon.count(waiting)) > 0) return false;
  const recordedNotes = await daemon.count(
    `SELECT count(*) FROM (SELECT FROM events WHERE category = 'note' LIMIT ${notes}) AS capped`,
  );
  return recordedNotes >= notes && (await daemon.count(waiting)) === 0;
}

/** The counts of the status may be those of before the flood. */
async function isAllEmbedded(daemon: BenchDaemon): Promise<boolean> {
  const [{ encoders }, memories] = await Promise.all([
    daemon.client.ask('status.get', {}).then(({ memory }) => memory),
    daemon.count('SELECT count(*) FROM memory_embeddings WHERE prepared'),
  ]);
  return encoders.length > 0 && encoders.every(({ embedded }) => embedded >= memories);
}

/** How fast notes become rows that wait, while the keeper is at those that wait. */
async function recorded(daemon: BenchDaemon, lines: number): Promise<Figure> {
  const { startedAt, recordedAt } = await flood(daemon, { category: 'note', writers: 8, lines });
  const seconds = ((await recordedAt) - startedAt) / 1_000;
  return {
    id: 'bulk.recorded',
    what: 'notes accepted, routed and recorded, 8 writers',
    value: lines / seconds,
    unit: 'lines/s',
    target: { sense: '>=', value: recordedGoal },
    note: `${lines} different notes of 100 bytes`,
  };
}
