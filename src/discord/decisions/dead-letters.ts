import { findTask, type TaskRow } from '../../tasks/rows/list-tasks.ts';
import { searchTasks } from '../../tasks/rows/search-tasks.ts';
import type { DecisionKind, Subject } from './subject.ts';

const shownChars = 300;

/** Tasks that failed for good: to be tried once more. */
export const deadLetterDecisions: DecisionKind = {
  name: 'dead',
  label: 'Given up',
  lists: ['tasks.list'],
  acts: `action = 'task.retry' AND task_id = $1::bigint`,
  choices: [
    {
      name: 'retry',
      label: 'Try it again',
      tone: 'good',
      request: (id) => ({ operation: 'task.retry', input: { id } }),
    },
  ],
  open: async (store, limit) => (await searchTasks(store, { state: 'dead', limit })).map(subjectOf).reverse(),
  async find(store, id) {
    const task = await findTask(store, id);
    return task === undefined ? undefined : subjectOf(task);
  },
};

function subjectOf({
  id,
  state,
  text,
  reason,
  source,
  finishedAt,
}: Pick<TaskRow, 'id' | 'state' | 'text' | 'reason' | 'source' | 'finishedAt'>): Subject {
  return {
    id,
    title: `task ${id} from ${source}`,
    text: `${text.slice(0, shownChars)}\n\n${reason ?? 'nobody knows why'}`,
    decided: state === 'dead' ? null : state === 'queued' || state === 'running' ? 'tried again' : state,
    decidedAt: state === 'dead' ? null : finishedAt,
    version: [state === 'dead' ? 'dead' : 'open', finishedAt?.getTime() ?? ''].join('\n'),
  };
}
