import type { z } from 'zod';

/** How bad something is; the order is from good to bad. */
export const levels = ['ok', 'warning', 'critical'] as const;
export type Level = (typeof levels)[number];

/** One thing that a sensor has looked at, such as a file system or a certificate. */
export interface Finding {
  /** Its name among the things of this sensor; empty where there is but one. */
  subject: string;
  /** `unknown` where its source is missing or does not answer: that is never taken for zero or for well. */
  level: Level | 'unknown';
  /** One sentence for people; of `unknown` the reason. */
  text: string;
  /** The figure behind it, where there is one. */
  value?: number;
}

/** Something that happened, and is told once: a file that changed, a new commit. */
export interface News {
  subject: string;
  text: string;
  /** Further facts for rules and programs. */
  facts?: Readonly<Record<string, unknown>>;
  /** Default: the kind's own name. */
  category?: string;
  /** Default NORMAL. */
  priority?: 'NORMAL' | 'LOW' | 'IDLE';
}

/** Result of one look. */
export interface Looked<Memory = unknown> {
  findings: readonly Finding[];
  news?: readonly News[];
  /** What the next look is given; JSON of at most 256 KB. Left out, nothing is remembered. */
  memory?: Memory;
}

/** Previous looks as a sensor sees them. */
export interface Before<Memory> {
  /** What the last look gave; undefined at the first one, and where that cannot be read any more. */
  memory: Memory | undefined;
  /** The level that was told last of a subject; `ok` where none was. */
  levelOf: (subject: string) => Level;
}

/** A program that was run for a look. */
export interface ProgramEnd {
  /** Null where it was ended by a signal or could not be started. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** Why there is no result: it could not be started, took too long, printed too much. */
  problem: string | null;
}

/** Surroundings of a look. */
export interface LookContext {
  now: () => Date;
  /** Aborts at the timeout of the sensor. */
  signal: AbortSignal;
  /** Runs a program on the fixed PATH, in a session of its own and without input; it never rejects. */
  run: (program: string, args: readonly string[], options?: { timeoutMs?: number }) => Promise<ProgramEnd>;
  /** Where the kernel tells of itself; others in tests. Default `/proc` and `/sys`. */
  proc: string;
  sys: string;
}

/** How many looks in a row have to agree before a level is told: to a worse one, and to a better one. */
export interface Patience {
  worse: number;
  better: number;
}

/** A kind of sensor that ships. */
export interface SensorKind<Settings = never, Memory = never> {
  kind: string;
  /** What it watches, in one sentence. */
  says: string;
  /** Default period, in milliseconds. */
  everyMs: number;
  /** Default longest look, in milliseconds. */
  timeoutMs: number;
  /** A strict object with a default or a description for each key. */
  settings: z.ZodType<Settings>;
  patience?: (settings: Settings) => Patience;
  /** Measures once. A throw is a failure of the sensor, not a finding. */
  look: (settings: Settings, context: LookContext, before: Before<Memory>) => Promise<Looked<Memory>>;
}

/** A kind whose settings and memory are not known to the caller. */
export type AnySensorKind = SensorKind<unknown, unknown>;

/** Declares a kind; the settings reach `look` checked. */
export function sensorKind<Settings, Memory = never>(declared: SensorKind<Settings, Memory>): AnySensorKind {
  return declared as unknown as AnySensorKind;
}
