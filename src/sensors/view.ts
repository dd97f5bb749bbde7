import { spanText } from '../lib/duration-text.ts';
import { nextInstants } from '../schedule/instants.ts';
import type { RunRecord, SensorRecord } from './records.ts';
import type { SensorRun } from './run.ts';
import { jobSchedule } from './schedule.ts';
import { isScheduled, type Sensor } from './sensor.ts';

/** One thing that a sensor watches, as it stands. */
export interface FindingView {
  subject: string;
  level: string;
  since: Date;
  text: string;
  value: number | null;
  /** Why it could not be measured the last time; null where it could. */
  unknown: string | null;
}

/** A sensor as people and programs see it. */
export interface SensorView {
  name: string;
  kind: string;
  says: string;
  /** `built-in`: it could be switched on. `config`: in config.json, and changed there. `database`: by a face. `file`: yours. */
  origin: Sensor['origin'];
  enabled: boolean;
  /** `off`, `waiting` for its first run, `ok`, `warning`, `critical`, `unknown`, `trouble`. */
  state: string;
  /** In words: the reason behind an unknown, trouble, or what is worst. */
  reason: string | null;
  every: string | null;
  cron: string | null;
  zone: string | null;
  timeoutMs: number;
  settings: Readonly<Record<string, unknown>>;
  nextRuns: Date[];
  lastRun: { at: Date; tookMs: number; state: string; reason: string | null; events: number } | null;
  /** When a run last ended well. */
  lastSuccess: Date | null;
  /** Milliseconds of the last runs, oldest first. */
  durations: number[];
  findings: FindingView[];
  trouble: { kind: string; text: string; since: Date } | null;
  lastEvents: { at: Date; line: string }[];
  path: string | null;
}

/** A trial run for people. */
export interface TrialView {
  name: string;
  /** The wire lines that it would write. */
  lines: string[];
  state: string;
  reason: string | null;
  tookMs: number;
  findings: FindingView[];
}

/** See `SensorView`. */
export function viewOf(sensor: Sensor, record: SensorRecord, now: Date): SensorView {
  const { schedule, own } = sensor;
  const last = record.runs.at(-1);
  const success = record.runs.findLast(({ state }) => state === 'done');
  const findings = findingsOf(record.standings);
  const { state, reason } = stateOf(sensor, record, findings);
  return {
    name: sensor.name,
    kind: sensor.kind,
    says: sensor.says,
    origin: sensor.origin,
    enabled: sensor.enabled,
    state,
    reason,
    every: schedule?.everyMs == null ? null : spanText(schedule.everyMs),
    cron: schedule?.cron ?? null,
    zone: schedule?.zone ?? null,
    timeoutMs: sensor.timeoutMs,
    settings: sensor.settings,
    nextRuns: isScheduled(sensor) ? nextInstants(jobSchedule(sensor.name, sensor.schedule), now, 3) : [],
    lastRun: last === undefined ? null : runView(last),
    lastSuccess: success === undefined ? null : new Date(success.at),
    durations: record.runs.map(({ tookMs }) => tookMs),
    findings,
    trouble:
      record.trouble === null
        ? null
        : { kind: record.trouble.kind, text: record.trouble.text, since: new Date(record.trouble.since) },
    lastEvents: record.lastEvents.map(({ at, line }) => ({ at: new Date(at), line })),
    path: own?.path ?? null,
  };
}

/** See `TrialView`. */
export function trialView(name: string, run: SensorRun): TrialView {
  return {
    name,
    lines: run.lines,
    state: run.state,
    reason: run.reason ?? run.trouble?.text ?? null,
    tookMs: run.tookMs,
    findings: findingsOf(run.standings ?? {}),
  };
}

function runView({ at, tookMs, state, reason, events }: RunRecord) {
  return { at: new Date(at), tookMs, state, reason: reason ?? null, events };
}

function findingsOf(standings: SensorRecord['standings']): FindingView[] {
  return Object.entries(standings).map(([subject, { level, since, text, value, unknown }]) => ({
    subject,
    level: unknown === undefined ? level : 'unknown',
    since: new Date(since),
    text: text === '' ? (unknown?.reason ?? '') : text,
    value: value ?? null,
    unknown: unknown?.reason ?? null,
  }));
}

const worstFirst = ['critical', 'warning', 'unknown'];

function stateOf(
  sensor: Sensor,
  { trouble, runs }: SensorRecord,
  findings: readonly FindingView[],
): { state: string; reason: string | null } {
  if (sensor.problem !== null) return { state: 'trouble', reason: sensor.problem };
  if (!sensor.enabled) return { state: 'off', reason: null };
  if (trouble !== null) return { state: 'trouble', reason: trouble.text };
  if (runs.length === 0) return { state: 'waiting', reason: null };
  for (const level of worstFirst) {
    const finding = findings.find((each) => each.level === level);
    if (finding !== undefined) return { state: level, reason: finding.unknown ?? finding.text };
  }
  return { state: 'ok', reason: findings[0]?.text ?? null };
}
