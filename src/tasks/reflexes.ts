import { ConflictError } from '../lib/errors.ts';
import { type Caller, faces } from '../lib/operations/operation.ts';
import { argumentOf } from '../lib/reflexes/command.ts';
import type { ReflexDeclaration } from '../lib/reflexes/declaration.ts';
import type { Reflex } from '../lib/reflexes/reflex.ts';
import type { TaskCommandResult } from './commands.ts';

/** A task that runs now, or waits for a word, as commands see it. */
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
  /** Tasks that wait for the owner's word, since a deed of theirs may have been done. */
  tasksInDoubt: () => Promise<RunningTask[]>;
  /** Carries out what the owner has decided about a task; rejects with `ConflictError` where it does not fit. */
  decideTask: (decision: TaskDecision, taskId: number, caller: Caller) => Promise<TaskCommandResult>;
}

/** What the owner may decide about a task in doubt, or about one from which no word comes. */
export type TaskDecision = 'go-on' | 'leave' | 'again';

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
  {
    name: 'again',
    command: {
      usage: '/again',
      does: 'ends the running task of this conversation, from which no word comes, and asks again; /again 12 task 12',
    },
    create: (deps) => createDecisionReflex('again', deps, () => Promise.resolve(deps.runningTasks())),
  },
  {
    name: 'go-on',
    command: {
      usage: '/go-on',
      does: 'has the task in doubt of this conversation go on, knowing what was begun; /go-on 12 task 12',
    },
    create: (deps) => createDecisionReflex('go-on', deps, deps.tasksInDoubt),
  },
  {
    name: 'leave',
    command: {
      usage: '/leave',
      does: 'leaves the task in doubt of this conversation as it is; /leave 12 task 12',
    },
    create: (deps) => createDecisionReflex('leave', deps, deps.tasksInDoubt),
  },
];

/** To decide twice does no harm: the second time it does not fit, and the reply says so. */
function createDecisionReflex(
  decision: TaskDecision,
  { decideTask }: TaskReflexDeps,
  candidates: () => Promise<RunningTask[]>,
): Reflex {
  return async ({ event }) => {
    const tasks = await candidates();
    const wanted = argumentOf(event.text);
    const chosen = wanted === 'all' ? [] : chooseTasks(tasks, wanted, event.conversation);
    const [task] = chosen.length === 1 ? chosen : chosen.slice(0, 0);
    if (task === undefined) return { reply: whichOne(decision, tasks, wanted) };
    try {
      const by = faces.find((face) => face === event.source) ?? 'cli';
      return { reply: sentenceOf((await decideTask(decision, task.taskId, { by })).message) };
    } catch (thrown) {
      if (thrown instanceof ConflictError) return { reply: sentenceOf(thrown.message) };
      throw thrown;
    }
  };
}

function whichOne(decision: TaskDecision, tasks: readonly RunningTask[], wanted: string): string {
  const [are, one] = decision === 'again' ? ['is running', 'running task'] : ['is in doubt', 'task in doubt'];
  if (tasks.length === 0) return `Nothing ${are}.`;
  const list = tasks.map(({ taskId, text }) => `${taskId} (${text})`).join(', ');
  const why = wanted === '' ? 'Which one?' : `No ${one} is ${JSON.stringify(wanted)}.`;
  return `${why} There are: ${list}. Write /${decision} and a number.`;
}

function sentenceOf(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}

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
