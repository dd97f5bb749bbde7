import { createHash } from 'node:crypto';
import { formatLine } from '../lib/wire/format-line.ts';
import type { NewEvent } from '../lib/wire/put-event.ts';
import { ownValue } from '../lib/own-value.ts';
import { kindNamed } from './built-in/kinds.ts';
import { eventOfNews, type Trouble } from './events.ts';
import type { LookContext, ProgramEnd } from './look.ts';
import { readOutput } from './own/lines.ts';
import type { OwnSensor } from './own/own-sensor.ts';
import { settle, type Standings, type Told } from './settle.ts';

/** What a worker is to do: one look of one sensor. Plain data, since it goes to a thread. */
export type SensorWork = {
  name: string;
  /** False where it is only tried: nothing is written. */
  writes: boolean;
  /** Names the record of the sensor and counts what it told: a second writing of the same is known by it. */
  key: { record: string; told: number };
} & (
  | { what: 'built-in'; kind: string; settings: unknown; standings: Standings; memory: unknown }
  | { what: 'own'; sensor: OwnSensor; maxLines: number }
);

/** What became of it. */
export interface WorkDone {
  /** The wire lines that were written, or would be. */
  lines: string[];
  /** Undefined where the record stays as it is. */
  standings?: Standings;
  memory?: unknown;
  /** Trouble of the sensor itself; null where all is well. */
  trouble: Trouble | null;
  /** Why the run has failed; null where it has not. */
  failure: string | null;
}

/** End of the owner's program as the daemon saw it. */
export interface OwnEnd {
  ended: 'exit' | 'timeout' | 'flood' | 'aborted' | 'unstarted';
  code: number | null;
  problem: string | null;
  stdout: Uint8Array;
  stderr: Uint8Array;
  survivors: number;
}

/** Surroundings of the work. */
export interface WorkPlace {
  context: Omit<LookContext, 'run'> & {
    run: (program: string, args: readonly string[], options?: { timeoutMs?: number }) => Promise<ProgramEnd>;
  };
  /** Runs the owner's program. */
  runOwn: (name: string) => Promise<OwnEnd>;
  /** Writes an event into the pipe. */
  put: (event: NewEvent) => Promise<void>;
}

/**
 * Does one look: measures, writes what there is to tell into the pipe, and gives back what is to be remembered. What could not
 * be written rejects, so that the record stays and the next look tells it.
 */
export async function doWork(work: SensorWork, place: WorkPlace): Promise<WorkDone> {
  const { events, ...done } =
    work.what === 'built-in' ? await lookOnce(work, place) : await runOwn(work, place);
  const lines = events.map((event) => formatLine(event).slice(0, -1));
  if (work.writes) for (const event of events) await place.put(event);
  return { ...done, lines };
}

type Undone = Omit<WorkDone, 'lines'> & { events: NewEvent[] };

async function lookOnce(work: SensorWork & { what: 'built-in' }, { context }: WorkPlace): Promise<Undone> {
  const kind = kindNamed(work.kind);
  if (kind === undefined) throw new Error(`there is no kind of sensor ${work.kind}`);
  const now = context.now();
  const looked = await kind.look(work.settings, context, {
    memory: work.memory,
    levelOf: (subject) => ownValue(work.standings, subject)?.level ?? 'ok',
  });
  const { standings, told } = settle(work.standings, looked, now.getTime(), kind.patience?.(work.settings));
  const events = told.map((each) => eventOfNews(work.name, work.kind, each, now, keyOf(work, each)));
  return { events, standings, memory: looked.memory, trouble: null, failure: null };
}

/** The same news has the same key while its telling is not recorded: a worker that dies after it has written does not double it. */
function keyOf({ key }: SensorWork, { subject, level, text }: Told): string {
  const what = level ?? createHash('sha256').update(text).digest('hex').slice(0, 12);
  return `${key.record}:${key.told}:${subject}:${what}`;
}

async function runOwn(work: SensorWork & { what: 'own' }, { runOwn: run }: WorkPlace): Promise<Undone> {
  const end = await run(work.name);
  const read = readOutput(Buffer.from(end.stdout), work.sensor, work.maxLines);
  const trouble = troubleOf(end, read, work.maxLines);
  const isFailure = trouble !== null && !['forking', 'flooding', 'binary'].includes(trouble.kind);
  return {
    events: read.events,
    trouble,
    failure: isFailure || end.ended !== 'exit' ? (trouble?.text ?? null) : null,
  };
}

const shownChars = 300;

function troubleOf(end: OwnEnd, read: ReturnType<typeof readOutput>, maxLines: number): Trouble | null {
  const last = Buffer.from(end.stderr).toString('utf8').trim().split('\n').at(-1)?.slice(0, shownChars) ?? '';
  const says = last === '' ? '' : `; it says: ${last}`;
  const problem = end.problem ?? '';
  if (end.ended === 'aborted') return null;
  if (end.ended === 'timeout') return { kind: 'hanging', text: `${problem} and was ended${says}` };
  if (end.ended === 'flood') return { kind: 'flooding', text: `${problem} and was ended` };
  if (end.ended === 'unstarted') return { kind: 'failing', text: problem };
  if (end.code !== 0) {
    const how = end.code === null ? problem : `it exited with ${end.code}`;
    return { kind: 'failing', text: how + says, detail: how };
  }
  if (read.isBinary)
    return { kind: 'binary', text: 'it printed bytes that are no text: none of it was taken' };
  if (read.dropped > 0)
    return {
      kind: 'flooding',
      text: `it printed ${read.dropped + maxLines} lines where ${maxLines} are taken: the others were dropped`,
    };
  if (end.survivors > 0)
    return { kind: 'forking', text: `it left ${count(end.survivors)} behind, which were ended` };
  return null;
}

function count(processes: number): string {
  return processes === 1 ? 'a process' : `${processes} processes`;
}
