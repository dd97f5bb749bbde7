import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeLine } from '../../src/lib/wire/write-line.ts';
import type { Measurement } from '../context.ts';
import type { BenchDaemon } from '../daemon.ts';
import { type Encoder, encoders, startWithEncoder, untilHolds, withoutMiniLm } from '../encoders.ts';
import type { Figure, Target } from '../figure.ts';
import { crowd } from '../recall/crowd.ts';
import { residentMib } from '../processes.ts';

/** What is said of each encoder, and what its process may take. */
const wanted: Readonly<Record<Encoder['id'], { by: string; target?: Target }>> = {
  none: { by: 'without an encoder' },
  builtIn: { by: 'with the built-in encoder', target: { sense: '<=', value: 200 } },
  miniLm: { by: 'with all-MiniLM-L6-v2' },
};

const seed = 13;
const modelsScript = 'inference/child';

/** Resident memory of the daemon and of its models' process, when all is loaded and when notes have been embedded. */
export const resident: Measurement = {
  name: 'resident',
  title: 'memory of the daemon and of the models’ process',
  async run({ sizes, scratch }) {
    const figures: Figure[] = [];
    for (const encoder of encoders) {
      const daemon = await startWithEncoder(join(scratch, `resident-${encoder.id}`), encoder);
      try {
        const { pid } = await daemon.client.ask('status.get', {});
        const before = residentOf(pid);
        await remember(daemon, sizes.memories);
        figures.push(...figuresOf(encoder.id, sizes.memories, before, residentOf(pid)));
      } finally {
        await daemon.stop();
      }
    }
    return { figures, wrong: [], ...withoutMiniLm };
  },
};

/** Hands over so many notes, and waits until they can be recalled and have their vectors. */
async function remember(daemon: BenchDaemon, notes: number): Promise<void> {
  let written = 0;
  for (const { content } of crowd(seed)) {
    if (written === notes) break;
    await writeLine(daemon.fifo, `LOW|bench||note|${JSON.stringify({ text: content })}\n`);
    written += 1;
  }
  await untilHolds('all is embedded', async () => {
    const { memory } = await daemon.client.ask('status.get', {});
    const done = await daemon.count(
      'SELECT coalesce(sum(seen_count), 0) FROM memory_embeddings WHERE prepared',
    );
    return done >= notes && memory.encoders.every(({ missing }) => missing === 0);
  });
}

interface Resident {
  daemon: number;
  /** Undefined where there is no such process. */
  models: number | undefined;
}

function figuresOf(id: Encoder['id'], notes: number, before: Resident, after: Resident): Figure[] {
  const { by, target } = wanted[id];
  const figure = (part: keyof Resident, what: string, limit?: Target): Figure[] => {
    const [first, last] = [before[part], after[part]];
    if (first === undefined || last === undefined) return [];
    return [
      {
        id: `resident.${part}.${id}`,
        what: `${what}, ${by}`,
        value: last,
        unit: 'MiB',
        ...(limit !== undefined && { target: limit }),
        note: `${first.toFixed(0)} before ${notes} notes`,
      },
    ];
  };
  return [
    ...figure('daemon', 'memory of the daemon'),
    ...figure('models', 'memory of the models’ process', target),
  ];
}

function residentOf(pid: number): Resident {
  const models = childrenOf(pid).find((child) => commandOf(child).includes(modelsScript));
  return { daemon: residentMib(pid), models: models === undefined ? undefined : residentMib(models) };
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
}
