import type { ActorRefFrom, SnapshotFrom } from 'xstate';
import type { DatabaseContext } from '../../machines/database-context.ts';
import type { dashboardMachine } from '../../machines/dashboard.ts';
import type { databaseMachine } from '../../machines/database.ts';
import type { rootMachine } from '../../machines/root.ts';
import { describe } from '../../machines/supervisor-describe.ts';
import type { SupervisorFact } from '../../machines/supervisor-family.ts';
import type { supervisorMachine } from '../../machines/supervisor.ts';
import { watchSupervisor } from '../../machines/supervisor-watch.ts';
import type { tasksMachine } from '../../machines/tasks.ts';
import type { TasksEvent } from '../../machines/tasks-board.ts';
import type { TaskCommands } from '../lib/control/create-api.ts';
import type { ChildStatus, Status } from '../lib/control/status.ts';
import type { Logger } from '../lib/log.ts';
import type { RunningTask } from '../lib/reflexes/reflexes.ts';
import type { Neighbours } from './tell.ts';

type Root = ActorRefFrom<typeof rootMachine>;

/** What the rest of the daemon can see of the tree, and say to its tasks, while actors come and go. */
export interface TreeView {
  root: () => Root;
  isRunning: () => boolean;
  children: () => readonly ChildStatus[];
  database: () => Status['database'];
  dashboard: () => Status['dashboard'];
  runningTasks: () => RunningTask[];
  tasks: TaskCommands;
  /** Changes how many tasks may run at once. */
  setLanes: (lanes: { lanes: number; reservedForHuman: number }) => void;
  /** Writes what happens to the children into the log. */
  logFacts: (log: Logger) => void;
}

/** See `TreeView`. `root` may be asked before the tree is there. */
export function createTreeView(root: () => Root, database: Pick<DatabaseContext, 'kind' | 'url'>): TreeView {
  const actor = (id: string): unknown => (root().system as Neighbours).get(id);
  const tasksActor = () => actor('tasks') as ActorRefFrom<typeof tasksMachine> | undefined;
  const dashboardActor = () => actor('dashboard') as ActorRefFrom<typeof dashboardMachine> | undefined;
  const databaseActor = () => actor('database') as ActorRefFrom<typeof databaseMachine> | undefined;
  const sendToTasks = (event: TasksEvent): void => tasksActor()?.send(event);

  const runningTasks = (): RunningTask[] =>
    Object.values(tasksActor()?.getSnapshot().context.running ?? {}).map(({ task }) => ({
      taskId: task.id,
      conversation: task.conversation,
      text: task.prompt.slice(0, 60),
    }));

  return {
    root,
    isRunning: () => root().getSnapshot().matches('running'),
    children() {
      const tree = root().getSnapshot().children.tree as ActorRefFrom<typeof supervisorMachine> | undefined;
      return tree === undefined ? [] : describe(tree.getSnapshot());
    },
    database() {
      const snapshot = databaseActor()?.getSnapshot();
      return {
        ...database,
        state: snapshot === undefined ? 'stopped' : stateOf(snapshot),
        lastError: snapshot?.context.lastError ?? null,
      };
    },
    dashboard() {
      const context = dashboardActor()?.getSnapshot().context;
      return { url: context?.url ?? null, reason: context?.trouble ?? null };
    },
    runningTasks,
    tasks: {
      isRunning: (taskId) => runningTasks().some((task) => task.taskId === taskId),
      cancel: (taskId) => sendToTasks({ type: 'task.cancel', taskId }),
      retry: (taskId) => sendToTasks({ type: 'task.retry', taskId }),
      steer: (taskId, text) => sendToTasks({ type: 'task.steer', taskId, text }),
      transcript(taskId) {
        const running = tasksActor()?.getSnapshot().context.running[taskId];
        if (running === undefined) return undefined;
        const { children, context } = running.ref.getSnapshot();
        const { transcript } = children.run?.getSnapshot().context ?? context.run;
        return { attempt: running.task.attempt, transcript };
      },
    },
    setLanes: (lanes) => sendToTasks({ type: 'tasks.lanes', ...lanes }),
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

/** The outermost state: what happens inside of `ready` is housekeeping. */
function stateOf({ value }: SnapshotFrom<typeof databaseMachine>): string {
  return typeof value === 'string' ? value : (Object.keys(value)[0] ?? 'unknown');
}
