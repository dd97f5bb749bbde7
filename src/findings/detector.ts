import type { Tx } from '../lib/store/store.ts';
import type { MetricUnit, Period } from '../metrics/metric.ts';
import type { Evidence } from '../wishes/evidence.ts';

/** How bad a finding is, the mildest first. */
export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** A number that a finding rests on. */
export interface FindingFigure {
  name: string;
  value: number;
  unit: MetricUnit | 'days';
  /** What is usual, where the number stands out from that. */
  usual?: number;
}

/** What would show that a finding is settled: a metric of the catalogue with its value and the one to come to. */
export interface FindingMetric {
  metric: string;
  today: number;
  goal: number;
}

/** Something that a detector has measured. */
export interface Candidate {
  /** What it is about, such as a category; with the kind it tells two findings apart. Up to 200 characters. */
  subject: string;
  severity: Severity;
  /** One sentence with its numbers. */
  summary: string;
  /** What may be opened, the most telling first. */
  evidence: Evidence[];
  figures: FindingFigure[];
  /** What the owner, or a change of the program, can do. */
  remedy: string;
  /** How much of it there was, in a unit of the detector's own: what "twice as much" is measured by. */
  weight: number;
  metric?: FindingMetric;
}

/** What detectors look at. */
export interface Scene {
  store: Tx;
  now: Date;
  /** What is judged. */
  period: Period;
  /** Set where only what came up since a decision counts; `period` begins with it then. */
  since?: Date;
  /** The four weeks before that, to compare with. */
  before: Period;
  /** The owner's rules that are switched on. */
  rules: readonly string[];
}

/** From which number on something is found. */
export interface Threshold {
  value: number;
  /** Completes "found from …": the unit and what is counted. */
  says: string;
}

/** One way to find something that could be better. */
export interface Detector {
  /** Such as `failing_category`. */
  kind: string;
  /** Half a sentence: what it finds. */
  says: string;
  /** `period`: it judges what happened, so that it can tell what happened since a decision. `state`: it judges what is. */
  over: 'period' | 'state';
  thresholds: Readonly<Record<string, Threshold>>;
  /** Resolves to what is found; nothing where all is well. `at` has the thresholds that hold. */
  detect: (scene: Scene, at: Readonly<Record<string, number>>) => Promise<Candidate[]>;
}

/** A detector whose thresholds are known by name within it. */
export function detector<Name extends string>(declared: {
  kind: string;
  says: string;
  over: Detector['over'];
  thresholds: Readonly<Record<Name, Threshold>>;
  detect: (scene: Scene, at: Readonly<Record<Name, number>>) => Promise<Candidate[]>;
}): Detector {
  return declared;
}

/** A piece of evidence. */
export function seen(kind: Evidence['kind'], ref: string | number, note = ''): Evidence {
  return { kind, ref: String(ref), note: note.length > 300 ? `${note.slice(0, 299)}…` : note };
}
