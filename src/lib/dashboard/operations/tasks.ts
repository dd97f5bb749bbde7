import type { ControlApi } from '../../control/api.ts';
import { taskSummary } from '../../control/create-api.ts';
import type { Store } from '../../store/store.ts';
import { searchTasks } from '../../store/tasks/search-tasks.ts';
import { findGiven, listTaskCosts } from '../../store/tasks/task-page.ts';
import { findTranscripts } from '../../store/tasks/transcripts.ts';
import type { Handlers } from '../dispatch.ts';
import type { LiveReplies } from '../feeds/live-replies.ts';
import type { GivenMemory, TaskPage } from '../protocol/answers.ts';
import { pageOf } from '../views/summaries.ts';
import { priorityOf } from './events.ts';

export interface TaskOperationDeps {
  store: Store;
  control: Pick<ControlApi, 'task' | 'cancelTask' | 'retryTask' | 'steerTask'>;
  live: Pick<LiveReplies, 'of'>;
  /** The processes of a task that runs here. */
  processesOf: (taskId: number) => Promise<TaskPage['processes']>;
}

/** Tasks: the list, one from inside, and what the owner can do about it. */
export function taskOperations({ store, control, live, processesOf }: TaskOperationDeps) {
  return {
    'tasks.list': async ({ priority, limit, ...search }) =>
      pageOf(
        await searchTasks(store, { ...search, priority: priorityOf(priority), limit: limit + 1 }),
        limit,
        taskSummary,
      ),
    'task.get': async ({ id }) => {
      const { memories, ...task } = await control.task(id);
      const [transcripts, costs] = [await findTranscripts(store, id), await listTaskCosts(store, id)];
      const reply = task.state === 'running' ? live.of(id) : undefined;
      return {
        task,
        memories: await givenMemories(store, memories),
        attempts: transcripts.map(({ attempt, recordedAt, omitted, entries }) => ({
          attempt,
          recordedAt: recordedAt.toISOString(),
          omitted,
          entries,
        })),
        costs: costs.map(({ at, model, cost_usd, input_tokens, output_tokens }) => ({
          at: at.toISOString(),
          model,
          costUsd: cost_usd,
          inputTokens: input_tokens,
          outputTokens: output_tokens,
        })),
        processes: task.state === 'running' ? await processesOf(id) : [],
        live: reply === undefined ? null : { stream: reply.stream, text: reply.text },
      };
    },
    'task.cancel': ({ id }) => control.cancelTask(id),
    'task.retry': ({ id }) => control.retryTask(id),
    'task.steer': ({ id, text }) => control.steerTask(id, text),
  } satisfies Partial<Handlers>;
}

/** What the row says was given, with the texts as far as they are still there. */
async function givenMemories(store: Store, recorded: unknown): Promise<GivenMemory[]> {
  const given = Array.isArray(recorded) ? (recorded as unknown[]).flatMap(readGiven) : [];
  if (given.length === 0) return [];
  const found = new Map(
    (
      await findGiven(
        store,
        given.map(({ id }) => id),
      )
    ).map((row) => [row.id, row]),
  );
  return given.map(({ id, kind, score }) => {
    const row = found.get(id);
    return {
      id,
      kind: row?.kind ?? kind,
      source: row?.source ?? null,
      trust: row?.trust ?? null,
      content: row?.content ?? null,
      score,
    };
  });
}

function readGiven(recorded: unknown): Array<{ id: string; kind: string; score: number | null }> {
  if (typeof recorded !== 'object' || recorded === null) return [];
  const { id, kind, score } = recorded as Record<'id' | 'kind' | 'score', unknown>;
  if (typeof id !== 'string') return [];
  return [
    { id, kind: typeof kind === 'string' ? kind : 'memory', score: typeof score === 'number' ? score : null },
  ];
}
