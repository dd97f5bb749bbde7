import type { ActorRefFrom } from 'xstate';
import type { LiveTask } from '../../src/tasks/rows/renew-leases.ts';
import type { ClaimedTask } from '../../src/tasks/rows/claim.ts';
import type { AgentsMemory } from '../../src/tasks/room/agents-memory.ts';
import type { Occupant } from '../../src/tasks/room/room.ts';
import type { taskMachine } from '../task/machine.ts';
import type { TaskOutput } from '../task/protocol.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import type { AmendmentResult, TasksCommand, TasksInput } from './protocol.ts';

/** Events of the task supervisor. */
export type TasksEvent =
  | TasksCommand
  /** Stop claiming and let the running ones end; a second one does not wait for them. */
  | ChildCommand
  | { type: `xstate.done.actor.task.${number}`; actorId: string; output: TaskOutput }
  | { type: `xstate.error.actor.task.${number}`; actorId: string; error: unknown }
  | { type: `xstate.done.actor.amend.${number}`; actorId: string; output: AmendmentResult }
  | { type: `xstate.error.actor.amend.${number}`; actorId: string; error: unknown };

/** A task and its actor. */
export interface RunningTask {
  task: ClaimedTask;
  ref: ActorRefFrom<typeof taskMachine>;
}

/** Memory of the supervisor between two looks into the queue. */
export interface TaskBoard extends Required<TasksInput> {
  running: Readonly<Record<number, RunningTask>>;
  /** Tasks whose actor failed: their rows still say `running`. */
  lost: readonly number[];
  /** Tasks that run here and belong to another worker by now. */
  superseded: readonly number[];
  humanOnly: boolean;
  /** A wake came while the queue was being looked at. */
  woken: boolean;
  stopping: boolean;
  announced: boolean;
  waitMs: number;
  amendments: number;
  /** The queue is being looked at: what it gives is perhaps written, and not yet told. */
  claiming: boolean;
  /** Tasks that were not in the queue to be cancelled, while one was being claimed: perhaps these. */
  owedCancels: readonly number[];
  /** What running agents took at the last look. */
  memory: AgentsMemory;
  /** Whether that was more than they may, and who was ended for it. */
  isPassed: boolean;
  outgrown: readonly number[];
}

const HUMAN = 0;

/** A board with nobody on it. */
export function emptyBoard(input: TasksInput): TaskBoard {
  return {
    lanes: 3,
    reservedForHuman: 1,
    upkeepMs: 20_000,
    storeRetryMs: 2_000,
    drainMs: 10_000,
    memoryMs: 2_000,
    ...input,
    running: {},
    lost: [],
    superseded: [],
    humanOnly: false,
    woken: false,
    stopping: false,
    announced: false,
    waitMs: 0,
    amendments: 0,
    claiming: false,
    owedCancels: [],
    memory: new Map(),
    isPassed: false,
    outgrown: [],
  };
}

/** The tasks that run. */
export function runningTasks({ running }: TaskBoard): RunningTask[] {
  return Object.values(running);
}

/** True when one more task may run. */
export function hasLane(board: TaskBoard): boolean {
  return runningTasks(board).length < board.lanes;
}

/** True when one more task may run whose priority is not HUMAN: the reserved lanes stay free. */
export function hasOpenLane(board: TaskBoard): boolean {
  const others = runningTasks(board).filter(({ task }) => task.priority !== HUMAN);
  return hasLane(board) && others.length < board.lanes - board.reservedForHuman;
}

/** Who takes room on the machine. */
export function occupantsOf(board: TaskBoard): Occupant[] {
  return runningTasks(board).map(({ task, ref }) => ({
    taskId: task.id,
    attempt: task.attempt,
    isHuman: task.priority === HUMAN,
    isStarting: isStarting(ref),
  }));
}

function isStarting(ref: RunningTask['ref']): boolean {
  const { children, context } = ref.getSnapshot();
  if (context.recorded !== undefined) return false;
  return (children.run?.getSnapshot().context.evidence.messages ?? context.run.evidence.messages) === 0;
}

/** The conversations whose agent has not gone; one whose task is recorded already could be gone on with too early. */
export function busyConversations(board: TaskBoard): string[] {
  return runningTasks(board).flatMap(({ task: { conversation } }) => conversation ?? []);
}

/** The running tasks for upkeep, with their last progress, without those whose outcome stands in their row. */
export function liveTasks(board: TaskBoard): LiveTask[] {
  const open = runningTasks(board).filter(({ ref }) => ref.getSnapshot().context.recorded === undefined);
  return open.map(({ task: { id, attempt }, ref }) => {
    const { children, value, context } = ref.getSnapshot();
    const run = children.run?.getSnapshot().context.progress;
    return { id, attempt, progress: run ?? (context.run.progress || value) };
  });
}

/** The actor of a task that runs here. */
export function refOf({ running }: TaskBoard, taskId: number): RunningTask['ref'] {
  const found = running[taskId];
  if (found === undefined) throw new Error(`tasks machine: task ${taskId} does not run here`);
  return found.ref;
}

/** The actor id of a task. */
export function actorIdOf(taskId: number): `task.${number}` {
  return `task.${taskId}`;
}

/** The task of an actor id. */
export function taskIdOf(actorId: string): number {
  return Number(actorId.slice('task.'.length));
}

/** The running tasks without that one. */
export function withoutTask({ running }: TaskBoard, taskId: number): TaskBoard['running'] {
  return Object.fromEntries(Object.entries(running).filter(([id]) => Number(id) !== taskId));
}
