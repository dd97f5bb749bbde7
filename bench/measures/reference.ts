import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Measurement } from '../context.ts';
import type { Figure } from '../figure.ts';
import { own } from '../processes.ts';
import { median } from '../statistics.ts';
import { prepareWriters } from '../writers.ts';
import { makeFifo } from './bare-pipe.ts';

const script = fileURLToPath(new URL('../reference/asyncio_router.py', import.meta.url));

/**
 * What we are held against: an asyncio reader with a priority queue, which stores nothing. Written as such programs are
 * (a line at a time), and beside it the fastest that we could make it, so that the ratio hides nothing.
 */
export const reference: Measurement = {
  name: 'reference',
  title: 'the asyncio reference',
  async run({ sizes, scratch, newCategory }) {
    if (!(await hasPython())) return { figures: [], wrong: [], skipped: 'there is no python3' };
    const fifo = await makeFifo(scratch, 'reference.fifo');
    const lines = sizes.bareLines;
    const figures: Figure[] = [];
    const wrong: string[] = [];
    for (const form of ['lines', 'chunks'] as const) {
      const rates: number[] = [];
      for (let round = 0; round < sizes.repeats; round += 1) {
        const category = newCategory();
        const writers = await prepareWriters({ fifo, category, writers: 8, lines });
        const router = await startRouter(fifo, lines, form);
        const { startedAt } = await writers.write();
        const { endedAt, routed } = await router.result;
        if (routed[category] !== lines)
          wrong.push(`reference: ${lines} lines were written, ${routed[category] ?? 0} routed`);
        rates.push((lines / (endedAt - startedAt)) * 1000);
      }
      figures.push({
        id: `reference.${form}`,
        what: `asyncio + priority queue, ${form === 'lines' ? 'readline' : '256 KiB reads'}, 8 writers`,
        value: median(rates),
        unit: 'lines/s',
        note: 'routes only: stores nothing',
      });
    }
    return { figures, wrong };
  },
};

interface Routed {
  /** Milliseconds of the monotonic clock. */
  endedAt: number;
  /** Lines by category. */
  routed: Readonly<Record<string, number>>;
}

async function hasPython(): Promise<boolean> {
  const child = own(spawn('python3', ['-c', 'import asyncio, fcntl'], { stdio: 'ignore' }));
  const [code] = (await once(child, 'exit').catch(() => [-1])) as [number | null];
  return code === 0;
}

async function startRouter(
  fifo: string,
  lines: number,
  form: 'lines' | 'chunks',
): Promise<{ result: Promise<Routed> }> {
  const child = own(
    spawn('python3', [script, fifo, String(lines), form], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const output: AsyncIterator<string, undefined> = createInterface({ input: child.stdout })[
    Symbol.asyncIterator
  ]();
  const nextLine = async (): Promise<string> => {
    const { value } = await output.next();
    if (value === undefined) throw new Error('the reference ended without a result');
    return value;
  };
  if ((await nextLine()) !== 'ready') throw new Error('the reference did not say that it is ready');
  return { result: nextLine().then((line) => JSON.parse(line) as Routed) };
}
