import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LiveSettings } from '../lib/config/live-settings.ts';
import { messageOf, NinjadError } from '../lib/errors.ts';
import type { ProgramRunner } from '../lib/process/run-program.ts';
import { HOUR } from '../lib/time.ts';
import type { NewEvent } from '../lib/wire/put-event.ts';
import { plainPrograms, sensorEnvironment } from './environment.ts';
import { eventOfTrouble, type Trouble } from './events.ts';
import type { ProgramEnd } from './look.ts';
import type { RunRecord, SensorRecord, SensorRecords } from './records.ts';
import type { Sensor } from './sensor.ts';
import type { SensorValues } from './settings.ts';
import type { OwnEnd, SensorWork, WorkDone } from './work.ts';

/** Where looks are made; see `actors/sensors/bench.ts`. */
export interface LookBench {
  run(
    work: SensorWork,
    look: {
      timeoutMs: number;
      signal: AbortSignal;
      run: (
        wish: { program: string; args: readonly string[]; timeoutMs: number },
        signal: AbortSignal,
      ) => Promise<ProgramEnd>;
      runOwn: (signal: AbortSignal) => Promise<OwnEnd>;
    },
  ): Promise<WorkDone>;
}

/** How a run ended. */
export interface SensorRun extends RunRecord {
  /** The wire lines that it wrote, or would write. */
  lines: string[];
  /** What the look showed; undefined where it failed, and of programs of the owner. */
  standings?: SensorRecord['standings'];
  trouble: Trouble | null;
}

/** Runs sensors. */
export interface SensorRunner {
  /** Runs one and keeps what came of it. Never rejects: a failure is a part of the answer. */
  run(sensor: Sensor, signal: AbortSignal): Promise<SensorRun>;
  /** Runs one, writes nothing into the pipe and keeps nothing. */
  try(sensor: Sensor, signal: AbortSignal): Promise<SensorRun>;
  /** Keeps and tells trouble that shows without a run, such as a lost x bit; once until it is another. */
  note(name: string, trouble: Trouble): Promise<void>;
}

export interface SensorRunnerDeps {
  bench: LookBench;
  programs: ProgramRunner;
  records: SensorRecords;
  settings: Pick<LiveSettings<SensorValues>, 'get'>;
  /** Writes an event into the pipe. */
  put: (event: NewEvent) => Promise<void>;
  /** The environment of the daemon, of which a few variables reach programs. */
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  /** Where what a run has in its hands lies. */
  folder: string;
  now?: () => Date;
}

const keptRuns = 40;
const keptEvents = 10;
/** Runs in a row without a word that are told, and with one that make a sensor talkative again. */
const silentRuns = 3;

/** See `SensorRunner`. */
export function createSensorRunner(deps: SensorRunnerDeps): SensorRunner {
  const { records, now = () => new Date() } = deps;

  async function tellTrouble(
    name: string,
    record: SensorRecord,
    trouble: Trouble | null,
  ): Promise<SensorRecord> {
    if (keyOf(record.trouble) === keyOf(trouble)) return record;
    // What could not be told stays untold, and is told at the next run.
    try {
      await deps.put(eventOfTrouble(name, trouble, now(), `${record.id}:${record.told}`));
    } catch {
      return record;
    }
    return {
      ...record,
      trouble: trouble === null ? null : { ...trouble, since: now().getTime() },
      told: record.told + 1,
    };
  }

  async function tellSilence(sensor: Sensor, record: SensorRecord): Promise<SensorRecord> {
    if (sensor.own === null || sensor.own.quiet || record.silenceTold || record.quietRuns < silentRuns)
      return record;
    const text = `it has had nothing to say in ${silentRuns} periods; the word "quiet" in its header says that this is meant`;
    const event = eventOfTrouble(sensor.name, { kind: 'silent', text }, now(), `${record.id}:${record.told}`);
    const isTold = await deps.put(event).then(
      () => true,
      () => false,
    );
    return isTold ? { ...record, silenceTold: true, told: record.told + 1 } : record;
  }

  return {
    async run(sensor, signal) {
      const before = records.read(sensor.name);
      const run = await look(deps, sensor, { record: before, writes: true, signal });
      let after = remember(before, run, now().getTime());
      // A daemon that stops, or that reads no pipe at the moment, is no fault of the sensor.
      if (run.isFault) after = await tellTrouble(sensor.name, after, run.trouble);
      if (run.state === 'done') after = await tellSilence(sensor, after);
      records.write(sensor.name, after);
      return run;
    },
    try: (sensor, signal) => look(deps, sensor, { record: records.read(sensor.name), writes: false, signal }),
    async note(name, trouble) {
      const before = records.read(name);
      const after = await tellTrouble(name, before, trouble);
      if (after !== before) records.write(name, after);
    },
  };
}

function keyOf(trouble: Trouble | null): string {
  return trouble === null ? '' : `${trouble.kind} ${trouble.detail ?? ''}`;
}

interface Request {
  record: SensorRecord;
  writes: boolean;
  signal: AbortSignal;
}

type Looked = SensorRun & Pick<WorkDone, 'memory'> & { isFault: boolean; newMemory: boolean };

async function look(deps: SensorRunnerDeps, sensor: Sensor, request: Request): Promise<Looked> {
  const { record, signal } = request;
  const at = (deps.now?.() ?? new Date()).getTime();
  const startedAt = performance.now();
  const tookMs = (): number => Math.round(performance.now() - startedAt);
  mkdirSync(deps.folder, { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(deps.folder, 'look-'));
  const state = join(folder, 'state');
  try {
    const done = await deps.bench.run(workOf(deps, sensor, request), {
      timeoutMs: sensor.timeoutMs,
      signal,
      run: (wish, ends) => runProgram(deps, wish, ends),
      runOwn: (ends) => runOwn(deps, sensor, { state, signal: ends }),
    });
    const trouble =
      done.trouble ?? stateTrouble(deps, sensor, { state, keeps: request.writes && done.failure === null });
    const failure = done.failure;
    return {
      at,
      tookMs: tookMs(),
      state: failure === null ? 'done' : 'failed',
      ...(failure !== null && { reason: failure }),
      events: done.lines.length,
      lines: done.lines,
      ...(done.standings !== undefined && { standings: done.standings }),
      memory: done.memory,
      newMemory: done.standings !== undefined,
      trouble,
      isFault: !signal.aborted,
    };
  } catch (thrown) {
    const reason = messageOf(thrown);
    const isLate = reason.startsWith('it took longer');
    return {
      at,
      tookMs: tookMs(),
      state: 'failed',
      reason,
      events: 0,
      lines: [],
      trouble: { kind: isLate ? 'hanging' : 'failing', text: reason },
      memory: record.memory,
      newMemory: false,
      isFault: !signal.aborted && !isPipeTrouble(thrown),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Codes of the pipe's own troubles, as they come back from a worker in words. */
function isPipeTrouble(thrown: unknown): boolean {
  const text = messageOf(thrown);
  return (
    thrown instanceof NinjadError ||
    text.includes('no daemon answers at') ||
    text.includes('stayed full: the daemon')
  );
}

function workOf(deps: SensorRunnerDeps, sensor: Sensor, { record, writes }: Request): SensorWork {
  const common = { name: sensor.name, writes, key: { record: record.id, told: record.told } };
  if (sensor.own === null) {
    const settings = { ...sensor.settings };
    return {
      ...common,
      what: 'built-in',
      kind: sensor.kind,
      settings,
      standings: record.standings,
      memory: record.memory,
    };
  }
  const used = isSameHour(record, deps.now?.() ?? new Date()) ? record.hour.events : 0;
  const left = Math.max(0, deps.settings.get('sensor.maxLinesHour') - used);
  const maxLines = Math.min(deps.settings.get('sensor.maxLines'), left);
  return { ...common, what: 'own', sensor: sensor.own, maxLines };
}

async function runProgram(
  { programs, env }: SensorRunnerDeps,
  { program, args, timeoutMs }: { program: string; args: readonly string[]; timeoutMs: number },
  signal: AbortSignal,
): Promise<ProgramEnd> {
  const environment = sensorEnvironment(env, plainPrograms);
  const end = await programs.run({ command: program, args, cwd: '/', env: environment, timeoutMs }, signal);
  const { code, problem, stdout, stderr } = end;
  return { code, problem, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
}

async function runOwn(
  { programs, env, home, records }: SensorRunnerDeps,
  { name, own, timeoutMs }: Sensor,
  { state, signal }: { state: string; signal: AbortSignal },
): Promise<OwnEnd> {
  if (own === null) throw new Error(`${name} is no program`);
  // A copy goes to the run: one that fails half-way does not spoil what the last good one left.
  const last = records.stateFile(name);
  if (existsSync(last)) copyFileSync(last, state);
  else writeFileSync(state, '', { mode: 0o600 });
  const environment = sensorEnvironment(env, { NINJAD_SENSOR: name, NINJAD_STATE: state, NINJAD_HOME: home });
  return programs.run({ command: own.path, args: own.args, cwd: home, env: environment, timeoutMs }, signal);
}

/** Takes over what a program has left in its state file, where its run was good. */
function stateTrouble(
  { records }: SensorRunnerDeps,
  { name, own }: Sensor,
  { state, keeps }: { state: string; keeps: boolean },
): Trouble | null {
  if (own === null || !keeps || records.keepState(name, state)) return null;
  return { kind: 'flooding', text: 'its state file is larger than 64 KiB and was not kept' };
}

function remember(before: SensorRecord, run: Looked, now: number): SensorRecord {
  const { at, tookMs, state, reason, events, lines } = run;
  const isSame = isSameHour(before, new Date(now));
  const entry = { at, tookMs, state, ...(reason !== undefined && { reason }), events };
  const speaks = events > 0;
  const quietRuns = state === 'failed' ? before.quietRuns : speaks ? 0 : before.quietRuns + 1;
  const spokenRuns = state === 'failed' ? before.spokenRuns : speaks ? before.spokenRuns + 1 : 0;
  return {
    ...before,
    ...(run.newMemory && { standings: run.standings ?? {}, memory: run.memory }),
    runs: [...before.runs, entry].slice(-keptRuns),
    lastEvents: [...before.lastEvents, ...lines.map((line) => ({ at, line: line.slice(0, 2000) }))].slice(
      -keptEvents,
    ),
    told: before.told + lines.length,
    quietRuns,
    spokenRuns,
    silenceTold: before.silenceTold && spokenRuns < silentRuns,
    hour: {
      since: isSame ? before.hour.since : now,
      events: (isSame ? before.hour.events : 0) + lines.length,
    },
  };
}

function isSameHour({ hour }: SensorRecord, now: Date): boolean {
  const age = now.getTime() - hour.since;
  return age >= 0 && age < HOUR;
}
