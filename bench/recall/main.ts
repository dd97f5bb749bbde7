import { parseArgs } from 'node:util';
import type { Inference } from '../../src/lib/inference/inference.ts';
import { createEmbedders } from '../../src/memory/embed/embedders.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { createRecall } from '../../src/memory/recall/create-recall.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { describeMachine } from '../machine.ts';
import { loadBeir } from './beir.ts';
import { type BenchDatabase, embeddedDatabase, serverDatabase } from './database.ts';
import { fill } from './fill.ts';
import { latencyGoals, qualityGoals } from './goals.ts';
import { crowdMemories, type Latency, measureLatency } from './latency.ts';
import { defaultModels, modelsIn, noModels } from './models.ts';
import { measureQuality } from './quality.ts';
import { type RecallBenchReport, reportText } from './report.ts';

const usage = `npm run bench:recall -- [options]

  --data DIR           another labelled set, in BEIR layout (corpus.jsonl, queries.jsonl, qrels/*.tsv);
                       may be repeated; default: the set in bench/recall/owner
  --sizes N,N          numbers of generated memories to measure latencies among (default 1000,10000,100000; "none" for none);
                       the embedded database takes about a quarter of an hour to fill 100000, once
  --models DIR         real models, in a folder of the layout of the Hugging Face hub; without it the lexical
                       embedder serves and nothing is reranked
  --embedder NAME      the embedder in that folder (default ${defaultModels.embedder})
  --reranker NAME      the reranker in that folder (default ${defaultModels.reranker})
  --database-url URL   a server to measure too (default DATABASE_URL); a database of its own is made there and dropped
  --queries N          questions that each latency is measured with (default 200)
  --check              exit 1 where a goal is missed
  --json               the report in JSON`;

const options = {
  data: { type: 'string', multiple: true },
  sizes: { type: 'string', default: '1000,10000,100000' },
  models: { type: 'string' },
  embedder: { type: 'string', default: defaultModels.embedder },
  reranker: { type: 'string', default: defaultModels.reranker },
  'database-url': { type: 'string' },
  queries: { type: 'string', default: '200' },
  check: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** The day on which the owner of the set in bench/recall/owner asks. */
const ownersToday = new Date('2026-11-20T12:00:00Z');
const rerankDeadlineMs = 60_000;
/** Fewer memories are quicker filled anew than explained. */
const worthKeeping = 5_000;

const args = readArguments();
if (args.help) console.log(usage);
else process.exitCode = await bench();

async function bench(): Promise<number> {
  const models = args.models === undefined ? noModels() : await modelsIn(args.models, args);
  try {
    const { inference } = models;
    const embedder = createEmbedders(inference).current();
    const rerankerState = inference.reranker();
    const report: RecallBenchReport = {
      machine: describeMachine(),
      embedder: embedder.model,
      reranker: rerankerState.state === 'ready' ? rerankerState.model : null,
      remarks: models.remarks,
      quality: [],
      latency: [],
      goals: [],
    };
    for (const dir of args.data) await addQuality(report, dir, inference);
    for (const size of args.sizes) {
      await addLatency(report, size, 'embedded', () =>
        embeddedDatabase(size < worthKeeping ? undefined : `${size}`),
      );
      const url = args.databaseUrl;
      if (url !== undefined) await addLatency(report, size, 'server', () => serverDatabase(url));
    }
    console.log(args.json ? JSON.stringify(report, null, 2) : reportText(report));
    return args.check && report.goals.some(({ met }) => !met) ? 1 : 0;
  } finally {
    await models.stop();
  }
}

async function addQuality(report: RecallBenchReport, dir: string, inference: Inference): Promise<void> {
  const name = dir.split('/').filter(Boolean).at(-1) ?? dir;
  const set = await loadBeir(dir);
  const database = await embeddedDatabase();
  try {
    const quality = await measureQuality(
      set,
      {
        store: database.store,
        recaller: recallerOn(database.store, inference),
        embedder: createEmbedders(inference).current(),
      },
      (done) => say(`${name}: ${done}`),
    );
    report.quality.push({ name, ...quality });
    report.goals.push(...qualityGoals(name, quality));
  } finally {
    await database.stop();
  }
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
    const { data = [packagePath('bench', 'recall', 'owner')], sizes, queries } = values;
    return {
      ...values,
      data,
      sizes: sizes === 'none' ? [] : sizes.split(',').map((size) => wholeNumber('--sizes', size)),
      queries: wholeNumber('--queries', queries),
      databaseUrl: values['database-url'] ?? process.env['DATABASE_URL'],
    };
  } catch (thrown) {
    console.error(`${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${usage}`);
    process.exit(2);
  }
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 1_000_000)
    throw new Error(`${name}: expected a whole number from 1 to 1,000,000, got ${JSON.stringify(text)}`);
  return number;
}
