import { argumentOf } from '../lib/reflexes/command.ts';
import type { ReflexDeclaration } from '../lib/reflexes/declaration.ts';
import type { Reflex } from '../lib/reflexes/reflex.ts';

/** A task that runs now, as `/stop` sees it. */
export interface RunningTask {
  taskId: number;
  conversation: string | null;
  /** The beginning of its prompt. */
  text: string;
}

/** Needs of the reflexes of tasks. */
export interface TaskReflexDeps {
  runningTasks: () => RunningTask[];
  cancelTask: (taskId: number) => void;
}

/** Reflexes of tasks. */
export const taskReflexes: readonly ReflexDeclaration<TaskReflexDeps>[] = [
  {
    name: 'stop',
    command: {
      usage: '/stop',
      does: 'stops the running task of this conversation; /stop 12 stops task 12, /stop all every task',
    },
    create: createStopReflex,
  },
];

function createStopReflex({ runningTasks, cancelTask }: TaskReflexDeps): Reflex {
  return ({ event }) => {
    const running = runningTasks();
    const wanted = argumentOf(event.text);
    const chosen = chooseTasks(running, wanted, event.conversation);
    if (chosen.length === 0) return { reply: nothingToStop(running, wanted) };
    for (const { taskId } of chosen) cancelTask(taskId);
    return { reply: `Stopping ${chosen.map(({ taskId, text }) => `task ${taskId} (${text})`).join(', ')}.` };
  };
}

function chooseTasks(
  running: readonly RunningTask[],
  wanted: string,
  conversation: string | undefined,
): RunningTask[] {
  if (wanted === 'all') return [...running];
  if (wanted !== '') return running.filter(({ taskId }) => String(taskId) === wanted);
  if (conversation !== undefined) return running.filter((task) => task.conversation === conversation);
  return running.length === 1 ? [...running] : [];
}

function nothingToStop(running: readonly RunningTask[], wanted: string): string {
  if (running.length === 0) return 'Nothing is running.';
  const list = running.map(({ taskId, text }) => `${taskId} (${text})`).join(', ');
  const why = wanted === '' ? 'Which one?' : `No running task is ${JSON.stringify(wanted)}.`;
  return `${why} Running: ${list}. Write /stop and a number, or /stop all.`;
}
