import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { clockMs } from '../clock.ts';
import type { Measurement } from '../context.ts';
import { percentile } from '../statistics.ts';

/** Between two lines the daemon comes to rest: the one before is recorded. */
const restMs = 10;

/**
 * From just before write(2) to the instant at which the event has met its rule, seen by the probe inside the daemon on
 * the same monotonic clock. The line is then in the journal; that it is recorded comes later and is not part of this.
 */
export const idle: Measurement = {
  name: 'idle',
  title: 'from the pipe to the route while idle',
  async run({ sizes, daemon }) {
    const { fifo, routedAt, client } = await daemon();
    const latencies: number[] = [];
    const before = (await client.ask('status.get', {})).counts.routed;
    const fd = openSync(fifo, 'w');
    try {
      for (let index = 0; index < sizes.idleLines; index += 1) {
        const payload = `idle ${index}`;
        const routed = routedAt(payload);
        const writtenAt = clockMs();
        writeSync(fd, `LOW|bench||probe|${payload}\n`);
        latencies.push((await routed) - writtenAt);
        await delay(restMs);
      }
    } finally {
      closeSync(fd);
    }
    const routedLines = (await client.ask('status.get', {})).counts.routed - before;
    return {
      figures: [
        {
          id: 'idle.p50',
          what: 'pipe → routed, idle, p50',
          value: percentile(latencies, 0.5),
          unit: 'ms',
          target: { sense: '<=', value: 0.5 },
        },
        {
          id: 'idle.p99',
          what: 'pipe → routed, idle, p99',
          value: percentile(latencies, 0.99),
          unit: 'ms',
          target: { sense: '<=', value: 3 },
        },
      ],
      wrong:
        routedLines === sizes.idleLines
          ? []
          : [`idle: ${sizes.idleLines} lines were written, ${routedLines} routed`],
    };
  },
};
