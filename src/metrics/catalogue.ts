import { ownValue } from '../lib/own-value.ts';
import { recallMetrics } from './recall-metrics.ts';
import type { BetterWay, MetricGroup, MetricTerms } from './metric.ts';
import { selfMetrics } from './self-metrics.ts';
import { spendMetrics } from './spend-metrics.ts';
import { retryMetrics, taskMetrics } from './task-metrics.ts';
import { deliveryMetrics, eventMetrics, goalMetrics } from './work-metrics.ts';

/** Every metric there is, by the statement that measures it: one line a group. */
export const metricGroups: readonly MetricGroup[] = [
  taskMetrics,
  retryMetrics,
  spendMetrics,
  recallMetrics,
  goalMetrics,
  eventMetrics,
  deliveryMetrics,
  selfMetrics,
];

/** A metric by its name, perhaps narrowed to a subject. */
export interface NamedMetric extends MetricTerms {
  /** Without the subject: `task.failureRate`. */
  base: string;
  /** The category, source, goal or channel; null: the whole. */
  subject: string | null;
  group: MetricGroup;
}

/** Reads a name such as `task.failureRate` or `task.failureRate:mail`; undefined where there is no such metric. */
export function metricNamed(name: string): NamedMetric | undefined {
  const colon = name.indexOf(':');
  const base = colon === -1 ? name : name.slice(0, colon);
  const subject = colon === -1 ? null : name.slice(colon + 1);
  const group = metricGroups.find(({ metrics }) => Object.hasOwn(metrics, base));
  const terms = group === undefined ? undefined : ownValue(group.metrics, base);
  if (group === undefined || terms === undefined) return undefined;
  if (subject !== null && (group.by === null || subject === '')) return undefined;
  return { ...terms, base, subject, group };
}

/** All names without subjects, in the order of the catalogue. */
export function metricNames(): string[] {
  return metricGroups.flatMap(({ metrics }) => Object.keys(metrics));
}

/** Whether a value has come to a goal, in the direction that is better; without a direction, whether it is just that. */
export function reaches({ better }: { better: BetterWay }, value: number, goal: number): boolean {
  if (better === 'lower') return value <= goal;
  if (better === 'higher') return value >= goal;
  return value === goal;
}
