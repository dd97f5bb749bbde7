import type { HomePaths } from '../../src/lib/config/paths.ts';
import type { SensorWork, WorkDone } from '../../src/sensors/work.ts';

/** What a worker is given at its start. */
export interface WorkerInput {
  work: SensorWork;
  paths: HomePaths;
  roots: { proc: string; sys: string };
  timeoutMs: number;
}

/** A program that a look wants to have run. */
export interface ProgramWish {
  program: string;
  args: readonly string[];
  timeoutMs: number;
}

/** What a worker says; the word `done` comes last, by which Bree ends it. */
export type BenchMessage =
  { done: WorkDone } | { failed: string } | { id: number; wish: ProgramWish } | { id: number; own: true };

/** What it is answered. */
export interface BenchAnswer {
  id: number;
  answer: unknown;
}
