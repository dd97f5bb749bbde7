import { z } from 'zod';
import { byId, conversationName, id, page, search, text, word } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import { type Page, pageOf } from '../lib/operations/page.ts';
import type { Store } from '../lib/store/store.ts';
import { PRIORITIES } from '../lib/wire/priority.ts';
import {
  askAgain,
  cancelTask,
  existingTask,
  goOnWithTask,
  leaveTask,
  retryTask,
  steerTask,
  type TaskCommandNeeds,
} from './commands.ts';
import { agentOf } from './agents/known-kind.ts';
import { givenMemories } from './given-memories.ts';
import type { LiveReplies } from './live-replies.ts';
import { listAttempts } from './rows/list-attempts.ts';
import { taskStates } from './rows/list-tasks.ts';
import { searchTasks } from './rows/search-tasks.ts';
import { listTaskCosts } from './rows/task-page.ts';
import { findTranscripts } from './rows/transcripts.ts';
import { taskDetail, type TaskPage, type TaskProcess, type TaskSummary, taskSummary } from './task-view.ts';
import { taskTranscript } from './transcript-stream.ts';

/** Services that the operations of tasks use. */
export interface TaskNeeds extends TaskCommandNeeds {
  store: Store;
  liveReplies: Pick<LiveReplies, 'of'>;
  /** The processes of a task that runs here. */
  processesOf: (taskId: number) => Promise<TaskProcess[]>;
}

const tasksInput = z.strictObject({
  state: z.enum(taskStates).optional(),
  priority: z.enum(PRIORITIES).optional(),
  source: word.optional(),
  category: word.optional(),
  conversation: conversationName.optional(),
  text: search.optional(),
  ...page,
});
const steerInput = z.strictObject({ id, text });

/** Operations of tasks: the list, one from inside, and the owner's commands to it. */
export const taskOperations = {
  'tasks.list': operation(
    'GET /tasks',
    tasksInput,
    async ({ store }: TaskNeeds, { priority, limit, ...query }): Promise<Page<TaskSummary>> => {
      const number = priority === undefined ? undefined : PRIORITIES.indexOf(priority);
      const rows = await searchTasks(store, { ...query, priority: number, limit: limit + 1 });
      return pageOf(rows.map(taskSummary), limit);
    },
  ),
  'task.get': operation('GET /tasks/:id', byId, (needs: TaskNeeds, task) => pageOfTask(needs, task.id)),
  'task.transcript': operation('GET /tasks/:id/transcript', byId, ({ store, tasks }: TaskNeeds, task) =>
    taskTranscript({ store, live: (taskId) => tasks.transcript(taskId) }, task.id),
  ),
  'task.cancel': operation('POST /tasks/:id/cancel', byId, (needs: TaskNeeds, task, caller) =>
    cancelTask(needs, caller, task.id),
  ),
  'task.retry': operation('POST /tasks/:id/retry', byId, (needs: TaskNeeds, task, caller) =>
    retryTask(needs, caller, task.id),
  ),
  'task.again': operation('POST /tasks/:id/again', byId, (needs: TaskNeeds, task, caller) =>
    askAgain(needs, caller, task.id),
  ),
  'task.goOn': operation('POST /tasks/:id/go-on', byId, (needs: TaskNeeds, task, caller) =>
    goOnWithTask(needs, caller, task.id),
  ),
  'task.leave': operation('POST /tasks/:id/leave', byId, (needs: TaskNeeds, task, caller) =>
    leaveTask(needs, caller, task.id),
  ),
  'task.steer': operation('POST /tasks/:id/steer', steerInput, (needs: TaskNeeds, words, caller) =>
    steerTask(needs, caller, words),
  ),
};

async function pageOfTask({ store, liveReplies, processesOf }: TaskNeeds, id: number): Promise<TaskPage> {
  const row = await existingTask(store, id);
  const task = taskDetail(row, await listAttempts(store, id));
  const isRunning = task.state === 'running';
  const reply = isRunning ? liveReplies.of(id) : undefined;
  return {
    task,
    memories: await givenMemories(store, row.memories),
    attempts: await findTranscripts(store, id),
    costs: await listTaskCosts(store, id),
    processes: isRunning ? await processesOf(id) : [],
    hears: isRunning ? (agentOf(row)?.rules.hears ?? null) : null,
    live: reply === undefined ? null : { stream: reply.stream, text: reply.text },
  };
}
