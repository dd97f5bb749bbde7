import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { builtInModel, builtInModelsDir } from '../../src/lib/inference/built-in/built-in-model.ts';
import type { Inference } from '../../src/lib/inference/inference.ts';
import { createEmbedders } from '../../src/memory/embed/embedders.ts';
import { UsageError } from '../../src/lib/errors.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { createRecall } from '../../src/memory/recall/create-recall.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { describeMachine } from '../machine.ts';
import { loadBeir } from './beir.ts';
import { type BenchDatabase, embeddedDatabase, serverDatabase } from './database.ts';
import { fill } from './fill.ts';
import { latencyGoals, qualityGoals } from './goals.ts';
import { crowdMemories, type Latency, measureLatency } from './latency.ts';
import { type BenchModels, embeddersIn, isBuiltInThere, modelsIn, noModels } from './models.ts';
import { type Measured, measureQuality } from './quality.ts';
import { type RecallBenchReport, reportText } from './report.ts';
import { tune } from './tune.ts';

const usage = `npm run bench:recall -- [options]

  --data DIR           a labelled set, in BEIR layout (corpus.jsonl, queries.jsonl, qrels/*.tsv); may be repeated;
                       default: those in bench/recall, owner and languages
  --sets DIR           every labelled set in a folder, beside those (default NINJAD_SETS_DIR)
  --sizes N,N          numbers of generated memories to measure latencies among (default 1000,10000,100000; "none" for none);
                       the embedded database takes about a quarter of an hour to fill 100000, once
  --models DIR         real models, in a folder of the layout of the Hugging Face hub (default NINJAD_MODELS_DIR)
  --embedder NAME      an embedder in that folder, "built-in" or "lexical"; may be repeated (default: lexical, the built-in
                       one where it is built, and every embedder in the folder of --models)
  --reranker NAME      the reranker in that folder (default none)
  --tune               find the weight of each embedder by cross-validation over the queries of all sets
  --database-url URL   a server to measure too (default DATABASE_URL); a database of its own is made there and dropped
  --queries N          questions that each latency is measured with (default 200)
  --check              exit 1 where a goal is missed
  --json               the report in JSON`;

const options = {
  data: { type: 'string', multiple: true },
  sizes: { type: 'string', default: '1000,10000,100000' },
  sets: { type: 'string' },
  models: { type: 'string' },
  embedder: { type: 'string', multiple: true },
  reranker: { type: 'string', default: 'none' },
  tune: { type: 'boolean', default: false },
  'database-url': { type: 'string' },
  queries: { type: 'string', default: '200' },
  check: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const ownSets = ['owner', 'languages'];
/** The day on which the owner of the set in bench/recall/owner asks. */
const ownersToday = new Date('2026-11-20T12:00:00Z');
const rerankDeadlineMs = 60_000;
/** Fewer memories are quicker filled anew than explained. */
const worthKeeping = 5_000;

const args = readArguments();
if (args.help) console.log(usage);
else process.exitCode = await bench().catch(failed);

async function bench(): Promise<number> {
  const report: RecallBenchReport = {
    machine: describeMachine(),
    remarks: [],
    quality: [],
    tunings: [],
    latency: [],
    goals: [],
  };
  for (const name of await encoders(report.remarks)) {
    const models = await modelsOf(name);
    try {
      await addEncoder(report, models.inference);
    } finally {
      await models.stop();
    }
  }
  for (const size of args.sizes) {
    await addLatency(report, size, 'embedded', () =>
      embeddedDatabase(size < worthKeeping ? undefined : `${size}`),
    );
    const url = args.databaseUrl;
    if (url !== undefined) await addLatency(report, size, 'server', () => serverDatabase(url));
  }
  console.log(args.json ? JSON.stringify(report, null, 2) : reportText(report));
  return args.check && report.goals.some(({ met }) => !met) ? 1 : 0;
}

/** What is wrong with what was given is said in a line; anything else is a fault of ours. */
function failed(thrown: unknown): number {
  console.error(thrown instanceof UsageError ? thrown.message : thrown);
  return thrown instanceof UsageError ? 2 : 1;
}

/** The encoders that were named, or those that are there. */
async function encoders(remarks: string[]): Promise<string[]> {
  if (args.embedder !== undefined) return args.embedder;
  const isBuilt = await isBuiltInThere();
  if (!isBuilt) remarks.push('The built-in encoder is not built (npm run build).');
  if (args.models === undefined)
    remarks.push('No --models: neither a downloaded model nor a reranker was measured.');
  return [
    'lexical',
    ...(isBuilt ? ['built-in'] : []),
    ...(args.models === undefined ? [] : await embeddersIn(args.models, isBuilt ? builtInModel : undefined)),
  ];
}

function modelsOf(name: string): Promise<BenchModels> {
  const reranker = args.reranker === 'none' ? null : args.reranker;
  if (name === 'lexical' && reranker === null) return Promise.resolve(noModels());
  if (name === 'built-in') return modelsIn(builtInModelsDir(), { embedder: builtInModel, reranker: null });
  if (args.models === undefined) throw new UsageError(`--models DIR is needed for ${name}`);
  return modelsIn(args.models, { embedder: name === 'lexical' ? null : name, reranker });
}

async function addEncoder(report: RecallBenchReport, inference: Inference): Promise<void> {
  const sets: { name: string; queries: Measured['tuning'] }[] = [];
  const embedders = createEmbedders(inference);
  const embedder = embedders.current();
  const rerankerState = inference.reranker();
  for (const dir of args.data) {
    const name = dir.split('/').filter(Boolean).at(-1) ?? dir;
    const set = await loadBeir(dir);
    const database = await embeddedDatabase();
    try {
      const { store } = database;
      const { quality, tuning } = await measureQuality(
        set,
        { store, recaller: recallerOn(store, inference), embedder, embedders },
        (done) => say(`${embedder.model}, ${name}: ${done}`),
      );
      const reranker = rerankerState.state === 'ready' ? rerankerState.model : null;
      report.quality.push({ name, embedder: embedder.model, reranker, ...quality });
      const isLexical = embedder.degraded !== undefined;
      report.goals.push(...qualityGoals({ name, embedder: embedder.model, reranker, isLexical }, quality));
      report.remarks.push(...set.remarks);
      sets.push({ name, queries: tuning });
    } finally {
      await database.stop();
    }
  }
  if (args.tune) report.tunings.push({ embedder: embedder.model, ...tune(sets) });
}

async function addLatency(
  report: RecallBenchReport,
  memories: number,
  kind: Latency['database'],
  open: () => Promise<BenchDatabase>,
): Promise<void> {
  const database = await open();
  try {
    // Latency is that of the retrieval: the lexical embedder takes no model time.
    const withoutModels = noModels().inference;
    if (!database.isFilled) {
      await fill(database.store, crowdMemories(memories, ownersToday), {
        embedder: createEmbedders(withoutModels).lexical,
        onProgress: (stored) => {
          if (stored % 5_000 === 0) say(`${kind}: ${stored} of ${memories} memories stored`);
        },
        onStep: (step) => say(`${kind}: ${step}`),
      });
      database.keep();
    }
    say(`${kind}: ${args.queries} recalls among ${memories} memories`);
    const recaller = recallerOn(database.store, withoutModels);
    const latency = await measureLatency(recaller, { database: kind, memories, queries: args.queries });
    report.latency.push(latency);
    report.goals.push(...latencyGoals(latency));
  } finally {
    await database.stop();
  }
}

function recallerOn(store: Store, inference: Inference) {
  return createRecall({
    store,
    embedders: createEmbedders(inference),
    reranker: inference,
    rerankDeadlineMs: () => rerankDeadlineMs,
    now: () => ownersToday,
  });
}

function say(progress: string): void {
  console.error(progress);
}

function readArguments() {
  try {
    const { values } = parseArgs({ options });
    const { data = ownSets.map((name) => packagePath('bench', 'recall', name)), sizes, queries } = values;
    const sets = values.sets ?? process.env['NINJAD_SETS_DIR'];
    return {
      ...values,
      data: [...data, ...(sets === undefined ? [] : setsIn(sets))],
      models: values.models ?? process.env['NINJAD_MODELS_DIR'],
      sizes: sizes === 'none' ? [] : sizes.split(',').map((size) => wholeNumber('--sizes', size)),
      queries: wholeNumber('--queries', queries),
      databaseUrl: values['database-url'] ?? process.env['DATABASE_URL'],
    };
  } catch (thrown) {
    console.error(`${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${usage}`);
    process.exit(2);
  }
}

function setsIn(folder: string): string[] {
  const found = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'corpus.jsonl')))
    .map(({ name }) => join(folder, name));
  if (found.length === 0) throw new Error(`--sets: there is no labelled set in ${folder}`);
  return found.sort();
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 1_000_000)
    throw new Error(`${name}: expected a whole number from 1 to 1,000,000, got ${JSON.stringify(text)}`);
  return number;
}
