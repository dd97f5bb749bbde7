import type { ActorRefFrom, AnyActorRef, SnapshotFrom } from 'xstate';
import type { dashboardMachine } from '../../machines/dashboard/machine.ts';
import type { databaseMachine } from '../../machines/database/machine.ts';
import type { DatabaseInput } from '../../machines/database/protocol.ts';
import type { fifoReaderMachine } from '../../machines/fifo-reader/machine.ts';
import { type Registry, tell } from '../../machines/neighbours.ts';
import type { rootMachine } from '../../machines/root/machine.ts';
import { describe } from '../../machines/supervisor/describe.ts';
import type { supervisorMachine } from '../../machines/supervisor/machine.ts';
import type { SupervisorFact } from '../../machines/supervisor/protocol.ts';
import { watchSupervisor } from '../../machines/supervisor/watch.ts';
import type { tasksMachine } from '../../machines/tasks/machine.ts';
import type { TaskCommands } from '../tasks/commands.ts';
import type { Readiness } from '../faces/dashboard/http/health.ts';
import type { ChildStatus, Status } from '../faces/status/status.ts';
import type { Logger } from '../lib/log.ts';
import type { RunningTask } from '../tasks/reflexes.ts';

type Root = ActorRefFrom<typeof rootMachine>;

/** Snapshots of the actors whose insides are shown to people, by their id. */
interface Watched {
  database: SnapshotFrom<typeof databaseMachine>;
  tasks: SnapshotFrom<typeof tasksMachine>;
  dashboard: SnapshotFrom<typeof dashboardMachine>;
  'fifo-reader': SnapshotFrom<typeof fifoReaderMachine>;
}

/** A handle on the tree for the rest of the daemon: a look at its actors and a word to its tasks, while they come and go. */
export interface TreeHandle {
  root: () => Root;
  children: () => readonly ChildStatus[];
  database: () => Status['database'];
  /** Whether the daemon does all of its work, and in words why not. */
  readiness: () => Readiness;
  dashboard: () => Status['dashboard'];
  runningTasks: () => RunningTask[];
  /** How many tasks may run at once, what they take, and what is short. */
  room: () => Omit<Status['room'], 'maxMemoryBytes'>;
  tasks: TaskCommands;
  /** Says that tasks may go on that were to wait. */
  wakeTasks: () => void;
  /** Changes how many tasks may run at once. */
  setLanes: (lanes: { lanes: number; reservedForHuman: number }) => void;
  /** Writes what happens to the children into the log. */
  logFacts: (log: Logger) => void;
}

/** See `TreeHandle`. `root` may be asked before the tree is there. */
export function createTreeHandle(
  root: () => Root,
  database: Pick<DatabaseInput, 'kind' | 'url'>,
): TreeHandle {
  const system = (): Registry => root().system;
  const snapshotOf = <Id extends keyof Watched>(id: Id) =>
    (system().get(id) as AnyActorRef | undefined)?.getSnapshot() as Watched[Id] | undefined;

  const runningTasks = (): RunningTask[] =>
    // One whose outcome stands only keeps its lane until its processes are gone.
    Object.values(snapshotOf('tasks')?.context.running ?? {})
      .filter(({ ref }) => ref.getSnapshot().context.recorded === undefined)
      .map(({ task }) => ({
        taskId: task.id,
        conversation: task.conversation,
        text: task.prompt.slice(0, 60),
      }));

  const databaseHealth = () => {
    const snapshot = snapshotOf('database');
    return snapshot === undefined ? { state: 'stopped', lastError: null } : healthOf(snapshot);
  };

  return {
    root,
    children() {
      const tree = root().getSnapshot().children.tree as ActorRefFrom<typeof supervisorMachine> | undefined;
      return tree === undefined ? [] : describe(tree.getSnapshot());
    },
    database: () => ({ ...database, ...databaseHealth() }),
    readiness() {
      const { state } = databaseHealth();
      const reader = snapshotOf('fifo-reader');
      const reasons = [
        ...(root().getSnapshot().matches('running') ? [] : ['the tree is not up']),
        ...(state === 'ready' ? [] : [`the database is ${state}`]),
        ...(reader?.matches('stuck') === true
          ? ['the pipe is not read: the journal cannot keep more, or the pipe cannot be opened']
          : []),
      ];
      return { ready: reasons.length === 0, reasons };
    },
    dashboard() {
      const context = snapshotOf('dashboard')?.context;
      return { url: context?.url ?? null, reason: context?.trouble ?? null };
    },
    runningTasks,
    room() {
      const snapshot = snapshotOf('tasks');
      const { lanes = 0, memory = new Map<number, number>() } = snapshot?.context ?? {};
      const isShort = (of: 'shortOfMemory' | 'shortOfCpu') =>
        snapshot?.matches({ serving: { claims: of } }) === true;
      return {
        lanes,
        waitsFor: isShort('shortOfMemory') ? 'memory' : isShort('shortOfCpu') ? 'cpu' : null,
        memoryBytes: [...memory.values()].reduce((sum, bytes) => sum + bytes, 0),
      };
    },
    tasks: {
      isRunning: (taskId) => runningTasks().some((task) => task.taskId === taskId),
      cancel: (taskId) => tell(system(), 'tasks', { type: 'task.cancel', taskId }),
      retry: (taskId) => tell(system(), 'tasks', { type: 'task.retry', taskId }),
      wake: () => tell(system(), 'tasks', { type: 'tasks.wake' }),
      again: (taskId) => tell(system(), 'tasks', { type: 'task.again', taskId }),
      steer: (taskId, text) => tell(system(), 'tasks', { type: 'task.steer', taskId, text }),
      transcript(taskId) {
        const running = snapshotOf('tasks')?.context.running[taskId];
        if (running === undefined) return undefined;
        const { children, context } = running.ref.getSnapshot();
        const { transcript } = children.run?.getSnapshot().context ?? context.run;
        return { attempt: running.task.attempt, transcript };
      },
    },
    wakeTasks: () => tell(system(), 'tasks', { type: 'tasks.wake' }),
    setLanes: (lanes) => tell(system(), 'tasks', { type: 'tasks.lanes', ...lanes }),
    logFacts(log) {
      const tree = root().getSnapshot().children.tree as ActorRefFrom<typeof supervisorMachine>;
      watchSupervisor(
        tree,
        (fact) => log[isTrouble(fact) ? 'warn' : 'debug'](fact, fact.type),
        (thrown) => log.error({ err: thrown }, 'the log of the tree failed'),
      );
    },
  };
}

/** A child that ended by itself or was killed; an ordered stop is none of these. */
function isTrouble(fact: SupervisorFact): boolean {
  return (
    fact.type === 'supervisor.escalated' ||
    (fact.type === 'child.exited' && (fact.how === 'failed' || fact.how === 'killed'))
  );
}

/**
 * The outermost state: what happens inside of `ready` is housekeeping. The reason of an outage goes with it, and one that is
 * not told yet shows: a probe without an answer.
 */
function healthOf(snapshot: Watched['database']): { state: string; lastError: string | null } {
  const { value, context } = snapshot;
  if (context.unanswered)
    return {
      state: 'silent',
      lastError: 'it has not answered for some seconds: a long statement, or it hangs',
    };
  const outermost = typeof value === 'string' ? value : (Object.keys(value)[0] ?? 'unknown');
  const state = snapshot.hasTag('away') ? 'away' : outermost;
  return { state, lastError: state === 'ready' ? null : (context.lastError ?? null) };
}
