/** An environment variable that a child is started with, and that all it starts inherit: `name=value`, compared exactly. */
export interface EnvironmentMarker {
  name: string;
  value: string;
}

/** The environment variable by which every process of a task is found, wherever it went. */
export const taskMarkerName = 'NINJAD_TASK';

/** One attempt of one task of one daemon; `worker` is the UUID of its journal. */
export interface TaskMark {
  worker: string;
  taskId: number;
  attempt: number;
}

/**
 * Stands for the task in the marks of programs that run by the clock, such as a sensor: each run is an attempt of it. No row
 * has this number.
 */
export const clockedTaskId = 0;

/** Stands for the task in the marks of agents that are started before theirs is known. No row gets so far. */
export const standbyTaskId = 999_999_999_999_999;

/** `NINJAD_TASK=<worker>:<task>:<attempt>`. */
export function taskMarker({ worker, taskId, attempt }: TaskMark): EnvironmentMarker {
  return { name: taskMarkerName, value: `${workerPrefix(worker)}${taskId}:${attempt}` };
}

/** Beginning of the marker of every task of that worker. */
export function workerPrefix(worker: string): string {
  return `${worker}:`;
}
