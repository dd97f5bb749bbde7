import { randomUUID } from 'node:crypto';
import { writeLine } from '../../src/lib/wire/write-line.ts';
import { clockMs } from '../clock.ts';
import type { Measurement } from '../context.ts';
import type { BenchDaemon } from '../daemon.ts';
import { median } from '../statistics.ts';

/** From the start of the process until it says that it takes events, and from then until the first one has its route. */
export const startUp: Measurement = {
  name: 'start',
  title: 'how long the daemon takes to be ready',
  async run({ sizes, daemon, restartDaemon }) {
    const cold = (await daemon()).readyMs;
    const warm: number[] = [];
    const first: number[] = [];
    for (let round = 0; round < sizes.repeats; round += 1) {
      const started = await restartDaemon();
      warm.push(started.readyMs);
      first.push(await routeOne(started));
    }
    return {
      figures: [
        {
          id: 'ready.cold',
          what: 'ready on a new home',
          value: cold,
          unit: 'ms',
          note: 'makes the database',
        },
        {
          id: 'ready.warm',
          what: 'ready on a home it knows',
          value: median(warm),
          unit: 'ms',
          target: { sense: '<=', value: 3000 },
        },
        {
          id: 'ready.first',
          what: 'pipe → routed, the first event after that',
          value: median(first),
          unit: 'ms',
        },
      ],
      wrong: [],
    };
  },
};

async function routeOne({ fifo, routedAt }: BenchDaemon): Promise<number> {
  const payload = randomUUID();
  const routed = routedAt(payload);
  const writtenAt = clockMs();
  await writeLine(fifo, `LOW|bench||probe|${payload}\n`);
  return (await routed) - writtenAt;
}
