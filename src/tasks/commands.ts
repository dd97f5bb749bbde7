import { recordAct } from '../activity/record-act.ts';
import { ConflictError, NotFoundError } from '../lib/errors.ts';
import type { Caller } from '../lib/operations/operation.ts';
import type { Store } from '../lib/store/store.ts';
import { agentOf } from './agents/known-kind.ts';
import { findTask, type TaskRow } from './rows/list-tasks.ts';
import { endDoubt, isInDoubt } from './rows/doubt.ts';
import type { Transcript } from './run/transcript.ts';

/** Requests that the task supervisor takes. */
export interface TaskCommands {
  isRunning(taskId: number): boolean;
  cancel(taskId: number): void;
  retry(taskId: number): void;
  /** Ends the run of a task and has it tried anew at once. */
  again(taskId: number): void;
  steer(taskId: number, text: string): void;
  /** Rows may have become due. */
  wake(): void;
  /** The doings so far of a task that runs here. */
  transcript(taskId: number): { attempt: number; transcript: Transcript } | undefined;
}

/** Services that the owner's commands to tasks use. */
export interface TaskCommandNeeds {
  store: Pick<Store, 'query'>;
  tasks: TaskCommands;
  now: () => Date;
}

/** What became of a command to a task. */
export interface TaskCommandResult {
  taskId: number;
  /** One sentence: what happens now. */
  message: string;
}

/** One task's row. Rejects with `NotFoundError` where there is none. */
export async function existingTask(store: Pick<Store, 'query'>, id: number): Promise<TaskRow> {
  const row = await findTask(store, id);
  if (row === undefined) throw new NotFoundError(`there is no task ${id}`);
  return row;
}

/** Asks for the end of a task. Rejects with `ConflictError` where it has ended. */
export async function cancelTask(
  needs: TaskCommandNeeds,
  caller: Caller,
  id: number,
): Promise<TaskCommandResult> {
  const { store, tasks } = needs;
  const task = await existingTask(store, id);
  const { state } = task;
  if (!isOpen(state) && !tasks.isRunning(id)) throw new ConflictError(`task ${id} has ended: it is ${state}`);
  await record(needs, caller, task, { action: 'task.cancel', summary: `task ${id} was asked to stop` });
  tasks.cancel(id);
  return {
    taskId: id,
    message: state === 'queued' ? `task ${id} leaves the queue` : `task ${id} is being stopped`,
  };
}

/** Queues an ended task again. Rejects with `ConflictError` where it has not ended, or is done. */
export async function retryTask(
  needs: TaskCommandNeeds,
  caller: Caller,
  id: number,
): Promise<TaskCommandResult> {
  const { store, tasks } = needs;
  const task = await existingTask(store, id);
  const { state } = task;
  if (isOpen(state)) throw new ConflictError(`task ${id} is ${state}; only an ended one can be tried again`);
  if (state === 'done')
    throw new ConflictError(`task ${id} is done; send its text again to have it done anew`);
  await record(needs, caller, task, { action: 'task.retry', summary: `task ${id} was asked for once more` });
  tasks.retry(id);
  return { taskId: id, message: `task ${id} waits in the queue again` };
}

/** Has a running task tried anew, which spends no attempt. Rejects with `ConflictError` where it does not run. */
export async function askAgain(
  needs: TaskCommandNeeds,
  caller: Caller,
  id: number,
): Promise<TaskCommandResult> {
  const { store, tasks } = needs;
  const task = await existingTask(store, id);
  if (!tasks.isRunning(id)) throw new ConflictError(`task ${id} is not running: it is ${task.state}`);
  await record(needs, caller, task, { action: 'task.again', summary: `task ${id} was asked again` });
  tasks.again(id);
  return { taskId: id, message: `task ${id} is ended and tried anew` };
}

/** Has a task in doubt go on, knowing what was begun. Rejects with `ConflictError` where it does not wait for that. */
export async function goOnWithTask(
  needs: TaskCommandNeeds,
  caller: Caller,
  id: number,
): Promise<TaskCommandResult> {
  const { store, tasks, now } = needs;
  const task = await existingTask(store, id);
  if (!(await endDoubt(store, id, now())))
    throw new ConflictError(`task ${id} is not in doubt: it is ${task.state}`);
  await record(needs, caller, task, { action: 'task.goOn', summary: `task ${id} was told to go on` });
  tasks.wake();
  return { taskId: id, message: `task ${id} goes on, knowing what was begun` };
}

/** Ends a task in doubt where it is. Rejects with `ConflictError` where it does not wait for that. */
export async function leaveTask(
  needs: TaskCommandNeeds,
  caller: Caller,
  id: number,
): Promise<TaskCommandResult> {
  const { store, tasks } = needs;
  const task = await existingTask(store, id);
  if (!(await isInDoubt(store, id)))
    throw new ConflictError(`task ${id} is not in doubt: it is ${task.state}`);
  await record(needs, caller, task, { action: 'task.leave', summary: `task ${id} was left as it is` });
  tasks.cancel(id);
  return { taskId: id, message: `task ${id} is left as it is` };
}

const decisions = { 'go-on': goOnWithTask, leave: leaveTask, again: askAgain };

/** Carries out what the owner has decided about a task in doubt, or about one from which no word comes. */
export function decideTask(
  needs: TaskCommandNeeds,
  caller: Caller,
  { decision, taskId }: { decision: keyof typeof decisions; taskId: number },
): Promise<TaskCommandResult> {
  return decisions[decision](needs, caller, taskId);
}

/**
 * Says something to a running task. Rejects with `ConflictError` where it does not run, or where its agent hears nothing while it
 * works; of one that is not there yet nobody knows, and the transcript tells whether it was heard.
 */
export async function steerTask(
  needs: TaskCommandNeeds,
  caller: Caller,
  { id, text }: { id: number; text: string },
): Promise<TaskCommandResult> {
  const { store, tasks } = needs;
  const task = await existingTask(store, id);
  if (!tasks.isRunning(id)) throw new ConflictError(`task ${id} is not running: it is ${task.state}`);
  const agent = agentOf(task);
  if (agent?.rules.hears === false)
    throw new ConflictError(
      `task ${id} cannot be told: ${agent.title} hears nothing while it works${afterwards(task)}`,
    );
  await record(needs, caller, task, { action: 'task.steer', summary: `task ${id} was told something` });
  tasks.steer(id, text);
  return {
    taskId: id,
    message: agent === undefined ? `task ${id} is told once its agent is there` : `task ${id} was told`,
  };
}

function afterwards({ conversation }: TaskRow): string {
  return conversation === null ? '' : '; what you say in its conversation comes after it';
}

function record(
  { store, now }: TaskCommandNeeds,
  caller: Caller,
  { id, eventId }: TaskRow,
  act: { action: string; summary: string },
): Promise<void> {
  return recordAct(store, caller, { ...act, at: now(), taskId: id, eventId });
}

function isOpen(state: string): boolean {
  return state === 'queued' || state === 'running';
}
