import { findTask, type TaskListRow } from '../../tasks/rows/list-tasks.ts';
import { listSilent } from '../../tasks/rows/silence.ts';
import { isQuiet } from '../../tasks/run/quiet.ts';
import type { DecisionKind, Subject } from './subject.ts';

const shownChars = 300;

/** Tasks from which no word comes: to be stopped, or asked again. */
export const silenceDecisions: DecisionKind = {
  name: 'silence',
  label: 'Silent',
  lists: ['tasks.list'],
  acts: `action IN ('task.cancel', 'task.again') AND task_id = $1::bigint`,
  choices: [
    {
      name: 'stop',
      label: 'Stop',
      tone: 'bad',
      request: (id) => ({ operation: 'task.cancel', input: { id } }),
    },
    {
      name: 'again',
      label: 'Ask again',
      tone: 'plain',
      request: (id) => ({ operation: 'task.again', input: { id } }),
    },
  ],
  open: async (store, limit) => (await listSilent(store, limit)).map(subjectOf),
  async find(store, id) {
    const task = await findTask(store, id);
    return task === undefined ? undefined : subjectOf(task);
  },
};

function subjectOf({ id, text, progress, state, startedAt, finishedAt }: TaskListRow): Subject {
  const isOpen = state === 'running' && isQuiet(progress);
  return {
    id,
    title: `task ${id}`,
    text: `${text.slice(0, shownChars)}\n\n${isOpen ? (progress ?? '') : ''}`.trim(),
    decided: isOpen
      ? null
      : state === 'running'
        ? 'it speaks again'
        : state === 'queued'
          ? 'asked again'
          : state,
    decidedAt: finishedAt,
    version: [isOpen ? 'open' : 'over', isOpen ? (startedAt?.getTime() ?? '') : ''].join('\n'),
  };
}
