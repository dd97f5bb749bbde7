import type { RunResult } from '../../src/schedule/fire-end.ts';
import type { FireEnd, StopCause } from '../../src/schedule/job.ts';

/** A claimed fire that is to be started. */
export interface FireInput {
  id: number;
  jobId: string;
  kind: string;
  nominalAt: Date;
  byHand: boolean;
  timeoutMs: number;
  /** When it started, where it goes on after the end of a daemon. */
  startedAt?: Date;
  /** A later life of the daemon can take it up again, so that it stays open when the daemon stops. */
  canResume: boolean;
}

/** Orders to a fire. */
export interface FireCommand {
  type: 'fire.stop';
  cause: StopCause;
}

/** Orders to the actor that runs it: the signal of the run aborts. */
export interface RunCommand {
  type: 'run.stop';
  cause: StopCause;
}

/** How the run went, from the actor that runs it. */
export interface RunFact {
  type: 'run.ended';
  result: Pick<RunResult, 'end' | 'error'>;
}

/** The row is to say that it runs. */
export interface BeginRequest {
  fire: FireInput;
}

/** Resolves to when it started; undefined where it is not ours to start any more. */
export type BeginAnswer = Date | undefined;

/** What runs. */
export interface RunRequest {
  fire: FireInput;
  startedAt: Date;
}

/** What is to be written down about it; resolves to the end. */
export interface RecordFireRequest {
  fire: FireInput;
  result: RunResult;
}

/** How it ended; undefined where it never began here, or goes on in a later life of the daemon. */
export type FireOutput = FireEnd | undefined;
