import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { writeLine } from '../../src/lib/wire/write-line.ts';
import { clockMs } from '../clock.ts';
import type { Measurement } from '../context.ts';
import type { BenchDaemon } from '../daemon.ts';
import type { Figure } from '../figure.ts';
import { percentile } from '../statistics.ts';
import { checkFlood, flood } from './floods.ts';

const pollMs = 20;

/** When the owner's command met its rule and when its answer was there, in milliseconds since its line was written. */
interface Answered {
  routedMs: number;
  answeredMs: number;
}

/**
 * The owner's commands behind a large backlog of LOW events, while that is being recorded. `answered` includes the
 * statement that is under way when the command comes, and the command's own; the event loop is watched all the while.
 */
export const human: Measurement = {
  name: 'human',
  title: 'the owner behind a large backlog',
  async run({ sizes, daemon, newCategory }) {
    const target = await daemon();
    const { backlogLines: lines, humanEvents } = sizes;
    const category = newCategory();
    target.resetLoop();
    const { recordedAt } = await flood(target, { category, writers: 8, lines });
    const deepest = (await target.client.ask('status.get', {})).mailbox.depth;
    const answers: Answered[] = [];
    let depth = deepest;
    while (
      answers.length < humanEvents.most &&
      (depth > deepest / 10 || answers.length < humanEvents.least)
    ) {
      answers.push(await askForHelp(target));
      if (answers.length % 5 === 0) depth = (await target.client.ask('status.get', {})).mailbox.depth;
    }
    await recordedAt;
    await isRecorded(target);
    const loop = await target.loop();
    const residentMib = target.residentMib();
    const wrong = await checkFlood(target, category, lines);
    const routed = answers.map(({ routedMs }) => routedMs);
    const answered = answers.map(({ answeredMs }) => answeredMs);
    const behind = `HUMAN behind ${deepest.toLocaleString('en')}`;
    const note = `${answers.length} commands, down to ${depth.toLocaleString('en')}`;
    const figures: Figure[] = [
      {
        id: 'human.routed.p50',
        what: `${behind}: routed, p50`,
        value: percentile(routed, 0.5),
        unit: 'ms',
        note,
      },
      {
        id: 'human.routed.p99',
        what: `${behind}: routed, p99`,
        value: percentile(routed, 0.99),
        unit: 'ms',
        target: { sense: '<=', value: 50 },
      },
      {
        id: 'human.answered.p50',
        what: `${behind}: recorded and answered, p50`,
        value: percentile(answered, 0.5),
        unit: 'ms',
      },
      {
        id: 'human.answered.p99',
        what: `${behind}: recorded and answered, p99`,
        value: percentile(answered, 0.99),
        unit: 'ms',
      },
      {
        id: 'loop.p99',
        what: 'event-loop delay meanwhile, p99',
        value: loop.p99Ms,
        unit: 'ms',
        target: { sense: '<=', value: 20 },
        note: `p50 ${loop.p50Ms.toFixed(1)} ms, largest ${loop.maxMs.toFixed(0)} ms`,
      },
      {
        id: 'resident',
        what: `daemon's memory after ${lines.toLocaleString('en')} events`,
        value: residentMib,
        unit: 'MiB',
        target: { sense: '<=', value: 200 },
        note: 'resident; the database is a process of its own',
      },
    ];
    return { figures, wrong };
  },
};

/** The commands counted among the recorded events, so a few of the flood are left when its number is reached. */
async function isRecorded({ client }: BenchDaemon): Promise<void> {
  while ((await client.ask('status.get', {})).journal.pendingLines > 0) await delay(pollMs);
}

async function askForHelp({ client, fifo, routedAt }: BenchDaemon): Promise<Answered> {
  const dedupKey = randomUUID();
  const payload = JSON.stringify({ text: '/help', dedupKey });
  const routed = routedAt(payload);
  let writtenAt = Number.NaN;
  for await (const message of client.watch(dedupKey, AbortSignal.timeout(30_000))) {
    if (message.type === 'watching') {
      writtenAt = clockMs();
      await writeLine(fifo, `\nHUMAN|cli||probe|${payload}\n`);
    } else if (message.type === 'ended') {
      const answeredMs = clockMs() - writtenAt;
      if (message.state !== 'done' || !message.reply.includes('/help'))
        throw new Error(`/help was answered with ${JSON.stringify(message)}`);
      return { routedMs: (await routed) - writtenAt, answeredMs };
    }
  }
  throw new Error('the daemon went away before it had answered');
}
