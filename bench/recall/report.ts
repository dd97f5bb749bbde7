import Table from 'cli-table3';
import type { Machine } from '../machine.ts';
import type { Goal } from './goals.ts';
import type { Latency } from './latency.ts';
import type { QualityReport } from './quality.ts';
import { systemNames } from './systems.ts';

/** All that one run brought. */
export interface RecallBenchReport {
  machine: Machine;
  embedder: string;
  reranker: string | null;
  /** Why there are no reranked figures, or what served in place of a model. */
  remarks: string[];
  quality: (QualityReport & { name: string })[];
  latency: Latency[];
  goals: Goal[];
}

/** The report for people. */
export function reportText(report: RecallBenchReport): string {
  const { machine, embedder, reranker } = report;
  return [
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGib} GiB, Node ${machine.node}, load ${machine.load} at the start`,
    `embedder ${embedder}, reranker ${reranker ?? 'none'}`,
    ...report.remarks,
    ...report.quality.flatMap(qualityText),
    ...(report.latency.length === 0
      ? []
      : ['\nLatency of a recall without model time, ms', latencyTable(report.latency)]),
    ...(report.goals.length === 0 ? [] : ['\nGoals', ...report.goals.map(goalLine)]),
  ].join('\n');
}

function qualityText(quality: RecallBenchReport['quality'][number]): string[] {
  const { name, memories, queries, overall, bySplit, byGroup } = quality;
  const all = table(['', 'recall@5', 'recall@10', 'nDCG@10', 'MRR@10']);
  for (const system of systemNames) {
    const { recallAt5, recallAt10, ndcgAt10, mrrAt10 } = overall[system];
    all.push([system, ...[recallAt5, recallAt10, ndcgAt10, mrrAt10].map(share)]);
  }
  const parts = table(['nDCG@10', 'queries', ...systemNames]);
  for (const { split, queries: count, ndcgAt10 } of bySplit)
    parts.push([split, String(count), ...systemNames.map((system) => share(ndcgAt10[system]))]);
  for (const { group, queries: count, ndcgAt10 } of byGroup)
    parts.push([`· ${group}`, String(count), ...systemNames.map((system) => share(ndcgAt10[system]))]);
  return [`\n${name}: ${memories} memories, ${queries} queries`, all.toString(), parts.toString()];
}

function latencyTable(latencies: readonly Latency[]): string {
  const stages = latencies[0]?.stages.map(({ stage }) => `${stage} p95`) ?? [];
  const rows = table(['database', 'memories', 'vectors', 'p50', 'p95', ...stages, 'loop p99']);
  for (const { database, memories, vectors, p50Ms, p95Ms, stages: each, loopDelayP99Ms } of latencies)
    rows.push([
      database,
      memories.toLocaleString('en'),
      vectors,
      ...[p50Ms, p95Ms, ...each.map((stage) => stage.p95Ms), loopDelayP99Ms].map((ms) => ms.toFixed(1)),
    ]);
  return rows.toString();
}

function goalLine({ met, what, measured, sense, wanted }: Goal): string {
  return `${met ? '✓' : '✗'} ${what}: ${short(measured)} (${sense === '>' ? '>' : '≤'} ${short(wanted)})`;
}

function table(head: string[]) {
  return new Table({
    head,
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_, index) => (index === 0 ? 'left' : 'right')),
  });
}

function share(value: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(3);
}

function short(value: number): string {
  return value < 1 ? value.toFixed(3) : value.toFixed(1);
}
