import { isInDoubt, listInDoubt } from '../../tasks/rows/doubt.ts';
import { findTask, type TaskListRow } from '../../tasks/rows/list-tasks.ts';
import type { DecisionKind, Subject } from './subject.ts';

const shownChars = 300;

/** Tasks that were cut off in the middle of a deed: to go on, knowing that, or to be left. */
export const doubtDecisions: DecisionKind = {
  name: 'doubt',
  label: 'In doubt',
  lists: ['tasks.list'],
  acts: `action IN ('task.goOn', 'task.leave') AND task_id = $1::bigint`,
  choices: [
    {
      name: 'go-on',
      label: 'Go on',
      tone: 'good',
      request: (id) => ({ operation: 'task.goOn', input: { id } }),
    },
    {
      name: 'leave',
      label: 'Leave it',
      tone: 'plain',
      request: (id) => ({ operation: 'task.leave', input: { id } }),
    },
  ],
  open: async (store, limit) => (await listInDoubt(store, limit)).map((task) => subjectOf(task, true)),
  async find(store, id) {
    const task = await findTask(store, id);
    return task === undefined ? undefined : subjectOf(task, await isInDoubt(store, id));
  },
};

function subjectOf(
  { id, text, progress, state, source, attempts, finishedAt }: TaskListRow,
  isOpen: boolean,
): Subject {
  return {
    id,
    title: `task ${id} from ${source}`,
    text: `${text.slice(0, shownChars)}\n\n${isOpen ? (progress ?? '') : ''}`.trim(),
    decided: isOpen ? null : state === 'cancelled' ? 'left as it is' : 'told to go on',
    decidedAt: finishedAt,
    version: [isOpen ? 'open' : 'decided', isOpen ? attempts : ''].join('\n'),
  };
}
