import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecallBenchReport } from '../../bench/recall/report.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { makeModels } from '../fixtures/models/make-models.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ninjad-bench-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const run = promisify(execFile);
const lines = (items: object[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('');

/** Twelve memories and four questions in the layout of BEIR. */
function tinySet(): string {
  const texts = [
    'disk',
    'roof',
    'car',
    'garden',
    'dentist',
    'router',
    'ferry',
    'soup',
    'lease',
    'fence',
    'tyres',
    'fan',
  ];
  mkdirSync(join(dir, 'set', 'qrels'), { recursive: true });
  writeFileSync(
    join(dir, 'set', 'corpus.jsonl'),
    lines(texts.map((text) => ({ _id: text, title: '', text: `the ${text} was looked after on Tuesday` }))),
  );
  const asked = ['disk', 'roof', 'car', 'soup'];
  writeFileSync(
    join(dir, 'set', 'queries.jsonl'),
    lines(asked.map((text) => ({ _id: `q-${text}`, text: `what about the ${text}?` }))),
  );
  writeFileSync(
    join(dir, 'set', 'qrels', 'test.tsv'),
    ['query-id\tcorpus-id\tscore', ...asked.map((text) => `q-${text}\t${text}\t1`), ''].join('\n'),
  );
  return join(dir, 'set');
}

async function bench(...args: string[]): Promise<RecallBenchReport> {
  const main = packagePath('bench', 'recall', 'main.ts');
  const { stdout } = await run(process.execPath, ['--import', 'tsx', main, '--json', ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: dir, TMPDIR: dir },
  });
  return JSON.parse(stdout) as RecallBenchReport;
}

describe('npm run bench:recall', () => {
  it('judges each stage on a set in BEIR layout, with models where there are some, and times recalls', async () => {
    makeModels(join(dir, 'models'));
    const report = await bench(
      ...['--data', tinySet(), '--models', join(dir, 'models'), '--embedder', 'Xenova/bge-small-en-v1.5'],
      ...['--reranker', 'Xenova/bge-reranker-base', '--tune', '--sizes', '60', '--queries', '5'],
    );
    const [quality] = report.quality;
    expect(quality).toMatchObject({
      name: 'set',
      memories: 12,
      queries: 4,
      reranker: 'Xenova/bge-reranker-base',
    });
    expect(quality?.embedder).toMatch(/^Xenova\/bge-small-en-v1\.5@[0-9a-f]{12}$/);
    // Words find the one memory that has them; the vectors of the tiny model stand in a row of near misses.
    const judged = Object.entries(quality?.overall ?? {});
    for (const [system, { recallAt5, ndcgAt10 }] of judged) {
      expect(recallAt5, system).toBe(1);
      expect(ndcgAt10, system).toBeGreaterThan(0.5);
      if (system.startsWith('full text')) expect(ndcgAt10, system).toBe(1);
    }
    expect(judged.map(([system]) => system)).toContain('reranked alone');
    expect(quality?.gains.map(({ over }) => over)).toEqual([
      'full text, BM25',
      'vectors',
      'fused by rank',
      'fused',
      'reranked alone',
    ]);
    expect(report.tunings).toMatchObject([{ embedder: quality?.embedder, sets: [{ name: 'set' }] }]);
    expect(report.latency).toMatchObject([
      { database: 'embedded', memories: 60, queries: 5, vectors: 'exact' },
    ]);
    expect(report.latency[0]?.p95Ms).toBeGreaterThan(0);
    expect(report.goals.map(({ what }) => what)).toContain(
      `${quality?.embedder ?? ''}, set: nDCG@10 of the whole recall, 0.01 above its best part`,
    );
  });

  it('fails where the models cannot be loaded, and says which', async () => {
    await expect(
      bench(
        ...['--data', tinySet(), '--models', join(dir, 'none'), '--sizes', 'none'],
        ...['--embedder', 'Xenova/bge-small-en-v1.5'],
      ),
    ).rejects.toMatchObject({
      stderr: expect.stringContaining('Xenova/bge-small-en-v1.5 is not on this machine') as string,
    });
  });
});
