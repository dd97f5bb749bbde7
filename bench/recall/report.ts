import Table from 'cli-table3';
import type { Machine } from '../machine.ts';
import type { Goal } from './goals.ts';
import type { Latency } from './latency.ts';
import type { Difference } from './bootstrap.ts';
import type { QualityReport } from './quality.ts';
import { systemNames } from './systems.ts';
import type { Tuning } from './tune.ts';

/** All that one run brought. */
export interface RecallBenchReport {
  machine: Machine;
  /** Why something was not measured. */
  remarks: string[];
  quality: (QualityReport & { name: string; embedder: string; reranker: string | null })[];
  /** By encoder, where it was asked for. */
  tunings: (Tuning & { embedder: string })[];
  latency: Latency[];
  goals: Goal[];
}

/** The report for people. */
export function reportText(report: RecallBenchReport): string {
  const { machine } = report;
  return [
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGib} GiB, Node ${machine.node}, load ${machine.load} at the start`,
    ...report.remarks,
    ...report.quality.flatMap(qualityText),
    ...(report.quality.length === 0 ? [] : ['\nnDCG@10 of all sets', summaryTable(report.quality)]),
    ...report.tunings.flatMap(tuningText),
    ...(report.latency.length === 0
      ? []
      : ['\nLatency of a recall without model time, ms', latencyTable(report.latency)]),
    ...(report.goals.length === 0 ? [] : ['\nGoals', ...report.goals.map(goalLine)]),
  ].join('\n');
}

/** One line a set and encoder: each way to find, and by how much the whole recall is better, with 95 % certainty. */
function summaryTable(qualities: RecallBenchReport['quality']): string {
  const over = qualities[0]?.gains.map((gain) => gain.over).filter((name) => name !== 'reranked alone') ?? [];
  const rows = table(['encoder', 'set', ...systemNames.slice(1), ...over.map((name) => `over ${name}`)]);
  for (const { name, embedder, overall, gains } of qualities)
    rows.push([
      short(embedder),
      name,
      ...systemNames.slice(1).map((system) => share(overall[system].ndcgAt10)),
      ...over.map((other) => interval(gains.find((gain) => gain.over === other)?.gain)),
    ]);
  return rows.toString();
}

function tuningText({
  embedder,
  weight,
  ofFolds,
  unrelatedBelow,
  sets,
}: RecallBenchReport['tunings'][number]): string[] {
  const weights = sets[0]?.byWeight.map((entry) => entry.weight) ?? [];
  const rows = table(['nDCG@10 by weight', ...weights.map(String), 'held out', 'over no vectors']);
  for (const { name, byWeight, heldOut, gain } of sets)
    rows.push([name, ...byWeight.map(({ ndcgAt10 }) => share(ndcgAt10)), share(heldOut), interval(gain)]);
  return [
    `\n${embedder}: weight ${weight} (without each fifth of the queries: ${ofFolds.join(', ')}), ` +
      `unrelated below ${unrelatedBelow.toFixed(2)}`,
    rows.toString(),
  ];
}

function interval(found: Difference | undefined): string {
  if (found === undefined) return '–';
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
  return `${signed(found.mean)} [${signed(found.low)}, ${signed(found.high)}]`;
}

function short(model: string): string {
  return model.replace(/@.*$/, '');
}

function qualityText(quality: RecallBenchReport['quality'][number]): string[] {
  const { name, embedder, reranker, memories, queries, overall, bySplit, byGroup } = quality;
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
  const head = `${name}: ${memories} memories, ${queries} queries; embedder ${embedder}, reranker ${reranker ?? 'none'}`;
  return [`\n${head}`, all.toString(), parts.toString()];
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
  return `${met ? '✓' : '✗'} ${what}: ${figure(measured)} (${sense === '>=' ? '≥' : '≤'} ${figure(wanted)})`;
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

function figure(value: number): string {
  return value < 1 ? value.toFixed(3) : value.toFixed(1);
}
