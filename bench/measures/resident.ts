import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { homePaths } from '../../src/lib/config/paths.ts';
import { writeLine } from '../../src/lib/wire/write-line.ts';
import { clockMs } from '../clock.ts';
import type { Measurement } from '../context.ts';
import { type BenchDaemon, startDaemon } from '../daemon.ts';
import type { Figure, Target } from '../figure.ts';
import { crowd } from '../recall/crowd.ts';
import { clockAgent } from './exec.ts';

/** The encoder of a daemon, or none. */
interface Fitting {
  id: string;
  by: string;
  embedder: string | null;
  env: Record<string, string>;
  /** Of the models' process. */
  target?: Target;
}

const modelsDir = process.env['NINJAD_MODELS_DIR'];
const fittings: readonly Fitting[] = [
  { id: 'none', by: 'without an encoder', embedder: null, env: { NINJAD_BUILT_IN: 'false' } },
  {
    id: 'builtIn',
    by: 'with the built-in encoder',
    embedder: null,
    env: {},
    target: { sense: '<=', value: 200 },
  },
  ...(modelsDir === undefined
    ? []
    : [
        {
          id: 'miniLm',
          by: 'with all-MiniLM-L6-v2',
          embedder: 'Xenova/all-MiniLM-L6-v2',
          env: { NINJAD_BUILT_IN: 'false', NINJAD_MODELS_DIR: modelsDir },
        },
      ]),
];

const seed = 13;
const pollMs = 100;
const withinMs = 600_000;
const modelsScript = 'inference/child';

/** Resident memory of the daemon and of its models' process, when all is loaded and when notes have been embedded. */
export const resident: Measurement = {
  name: 'resident',
  title: 'memory of the daemon and of the models’ process',
  async run({ sizes, scratch }) {
    const figures: Figure[] = [];
    for (const fitting of fittings) {
      const daemon = await startFitted(join(scratch, `resident-${fitting.id}`), fitting);
      try {
        const { pid } = await daemon.client.ask('status.get', {});
        const before = residentOf(pid);
        await remember(daemon, sizes.memories);
        figures.push(...figuresOf(fitting, sizes.memories, before, residentOf(pid)));
      } finally {
        await daemon.stop();
      }
    }
    return {
      figures,
      wrong: [],
      ...(modelsDir === undefined && { skipped: 'NINJAD_MODELS_DIR names no folder with all-MiniLM-L6-v2' }),
    };
  },
};

async function startFitted(home: string, { embedder, env }: Fitting): Promise<BenchDaemon> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(
    homePaths(home).configFile,
    JSON.stringify({ 'inference.embedder': embedder, 'inference.reranker': null, 'inference.ner': null }),
  );
  const daemon = await startDaemon(home, { NINJAD_AGENT: clockAgent, ...env });
  const role = embedder === null ? 'builtIn' : 'embedder';
  if (role === 'embedder' || env['NINJAD_BUILT_IN'] !== 'false')
    await until(async () => (await daemon.client.ask('status.get', {})).inference[role].state === 'ready');
  return daemon;
}

/** Hands over so many notes, and waits until they can be recalled and have their vectors. */
async function remember(daemon: BenchDaemon, notes: number): Promise<void> {
  let written = 0;
  for (const { content } of crowd(seed)) {
    if (written === notes) break;
    await writeLine(daemon.fifo, `LOW|bench||note|${JSON.stringify({ text: content })}\n`);
    written += 1;
  }
  await until(async () => {
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

function figuresOf({ id, by, target }: Fitting, notes: number, before: Resident, after: Resident): Figure[] {
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

function residentMib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = clockMs() + withinMs;
  while (!(await holds())) {
    if (clockMs() > giveUpAt) throw new Error(`notes were not embedded within ${withinMs} ms`);
    await delay(pollMs);
  }
}
