import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openFifo } from '../../src/lib/wire/fifo.ts';
import { clockMs } from '../clock.ts';
import type { Measurement } from '../context.ts';
import { median } from '../statistics.ts';
import { prepareWriters } from '../writers.ts';

/** The ceiling: the same writers and lines, and a reader that only counts newlines. */
export const barePipe: Measurement = {
  name: 'bare',
  title: 'lines through the bare pipe',
  async run({ sizes, scratch, newCategory }) {
    const fifo = await makeFifo(scratch, 'bare.fifo');
    const lines = sizes.bareLines;
    const rates: number[] = [];
    for (let round = 0; round < sizes.repeats; round += 1) {
      const writers = await prepareWriters({ fifo, category: newCategory(), writers: 8, lines });
      const counted = countLines(fifo, lines);
      const { startedAt } = await writers.write();
      rates.push((lines / ((await counted) - startedAt)) * 1000);
    }
    return {
      figures: [
        {
          id: 'bare',
          what: 'lines read from the bare pipe, 8 writers',
          value: median(rates),
          unit: 'lines/s',
        },
      ],
      wrong: [],
    };
  },
};

/** Makes a named pipe in the scratch folder and returns its path. */
export async function makeFifo(scratch: string, name: string): Promise<string> {
  const path = join(scratch, name);
  await promisify(execFile)('mkfifo', [path]);
  return path;
}

/** Resolves to the instant at which the last of so many lines was counted. */
async function countLines(path: string, lines: number): Promise<number> {
  // As large as the daemon's own pipe, and held open both ways, so that no writer's leaving ends it.
  const { fd } = openFifo(path);
  const socket = new Socket({ fd, readable: true, writable: false });
  let left = lines;
  let endedAt = Number.NaN;
  socket.on('data', (chunk: Buffer) => {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) left -= 1;
    if (left > 0) return;
    endedAt = clockMs();
    socket.destroy();
  });
  await once(socket, 'close');
  return endedAt;
}
