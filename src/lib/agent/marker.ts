import type { EnvironmentMarker } from '../process/marker.ts';

/** The environment variable by which every process of a task is found, wherever it went. */
export const taskMarkerName = 'NINJAD_TASK';

/** One attempt of one task of one daemon; `worker` is the UUID of its journal. */
export interface TaskMark {
  worker: string;
  taskId: number;
  attempt: number;
}

/** `NINJAD_TASK=<worker>:<task>:<attempt>`. */
export function taskMarker({ worker, taskId, attempt }: TaskMark): EnvironmentMarker {
  return { name: taskMarkerName, value: `${workerPrefix(worker)}${taskId}:${attempt}` };
}

/** What the marker of every task of that worker begins with. */
export function workerPrefix(worker: string): string {
  return `${worker}:`;
}
