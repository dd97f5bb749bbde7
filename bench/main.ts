import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Context, Measurement } from './context.ts';
import { type BenchDaemon, startDaemon } from './daemon.ts';
import { type Figure, isMet } from './figure.ts';
import { describeMachine } from './machine.ts';
import { backup } from './measures/backup.ts';
import { barePipe } from './measures/bare-pipe.ts';
import { bulk } from './measures/bulk.ts';
import { clockAgent, exec } from './measures/exec.ts';
import { human } from './measures/human.ts';
import { idle } from './measures/idle.ts';
import { memory } from './measures/memory.ts';
import { page } from './measures/page.ts';
import { reference } from './measures/reference.ts';
import { replies } from './measures/replies.ts';
import { resident } from './measures/resident.ts';
import { startUp } from './measures/start-up.ts';
import { tick } from './measures/tick.ts';
import { throughput } from './measures/throughput.ts';
import { watching } from './measures/watching.ts';
import { endOwned } from './processes.ts';
import { ratiosOf } from './ratios.ts';
import { reportJson, reportText } from './report.ts';
import { fullSizes, shortSizes } from './sizes.ts';

/** In this order: what needs no daemon, what needs a quiet one, then the floods. */
const measurements: readonly Measurement[] = [
  barePipe,
  reference,
  tick,
  startUp,
  idle,
  exec,
  replies,
  page,
  memory,
  resident,
  bulk,
  backup,
  throughput,
  watching,
  human,
];
const names = measurements.map(({ name }) => name).join(', ');

const usage = `npm run bench -- [--short] [--json] [--check] [--only NAME]...

  --short      fewer of everything, below a minute
  --json       the report in JSON
  --check      a missed target fails the run too
  --only NAME  this measurement only; may be repeated: ${names}

NINJAD_BENCH_CLAUDE names a claude for the measurement "replies", which is skipped without.

Without --check a missed target does not fail a run; a lost or doubled event does (exit 1).`;

const { values } = readArguments();
if (values.help === true) {
  console.log(usage);
} else {
  process.exitCode = await bench(
    values.short === true ? 'short' : 'full',
    values.json === true,
    values.only ?? [],
    values.check === true,
  );
}

async function bench(
  form: 'short' | 'full',
  json: boolean,
  only: readonly string[],
  check: boolean,
): Promise<number> {
  const startedAt = performance.now();
  const machine = describeMachine();
  const scratch = mkdtempSync(join(tmpdir(), 'ninjad-bench-'));
  const forget = cleanUpOnSignals(scratch);
  try {
    const figures: Figure[] = [];
    const skipped: string[] = [];
    const wrong: string[] = [];
    const { context, stop } = createContext(scratch, form);
    for (const { name, title, run } of measurements) {
      if (only.length > 0 && !only.includes(name)) continue;
      if (!json) console.error(`measuring ${title} …`);
      const measured = await run(context);
      figures.push(...measured.figures);
      wrong.push(...measured.wrong);
      if (measured.skipped !== undefined) skipped.push(`Skipped ${title}: ${measured.skipped}.`);
    }
    await stop();
    figures.push(...ratiosOf(figures));
    const tookMs = performance.now() - startedAt;
    const report = { machine, short: form === 'short', tookMs, figures, skipped, wrong };
    console.log(json ? reportJson(report) : reportText(report));
    const isMissed = check && figures.some((figure) => isMet(figure) === false);
    return wrong.length === 0 && !isMissed ? 0 : 1;
  } finally {
    forget();
    await cleanUp(scratch);
  }
}

function createContext(
  scratch: string,
  form: 'short' | 'full',
): { context: Context; stop: () => Promise<void> } {
  let current: BenchDaemon | undefined;
  let categories = 0;
  const start = async (): Promise<BenchDaemon> =>
    (current = await startDaemon(join(scratch, 'home'), { NINJAD_AGENT: clockAgent }));
  const stop = async (): Promise<void> => {
    await current?.stop();
    current = undefined;
  };
  return {
    stop,
    context: {
      sizes: form === 'short' ? shortSizes : fullSizes,
      scratch,
      daemon: async () => current ?? (await start()),
      async restartDaemon() {
        await stop();
        return start();
      },
      newCategory: () => `flood-${(categories += 1)}`,
    },
  };
}

async function cleanUp(scratch: string): Promise<void> {
  await endOwned();
  // The embedded database ends by itself a moment after its daemon.
  rmSync(scratch, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

/** Leaves nothing behind when it is interrupted, then ends by the same signal. */
function cleanUpOnSignals(scratch: string): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    forget();
    void cleanUp(scratch).finally(() => process.kill(process.pid, signal));
  };
  const forget = (): void => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return forget;
}

function readArguments() {
  try {
    const parsed = parseArgs({
      options: {
        short: { type: 'boolean' },
        json: { type: 'boolean' },
        check: { type: 'boolean' },
        only: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const unknown = parsed.values.only?.find(
      (name) => !measurements.some((measurement) => measurement.name === name),
    );
    if (unknown !== undefined)
      throw new Error(`there is no measurement ${JSON.stringify(unknown)}; there are ${names}`);
    return parsed;
  } catch (thrown) {
    console.error(`${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${usage}`);
    process.exit(2);
  }
}
