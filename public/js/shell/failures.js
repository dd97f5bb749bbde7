import { toast } from '../components/toasts.js';
import { plural } from '../format/quantity.js';
import { reasonText } from '../format/reason.js';
import { listen } from '../link/connection.js';
import { go, place } from './location.js';

const titleChars = 60;
const reasonChars = 140;

/** Says that a task has failed while somebody looks at something else; call it once. */
export function followFailures() {
  listen('task.failed', ({ items, omitted }) => {
    const unseen = items.filter((task) => !isShown(task));
    if (unseen.length + omitted > 1)
      toast(`${plural(unseen.length + omitted, 'task')} failed.`, {
        tone: 'pink',
        action: { label: 'Look', run: () => go('tasks') },
      });
    else
      for (const { taskId, text, reason } of unseen)
        toast(
          `“${cut(text, titleChars)}” failed${reason === null ? '.' : `: ${cut(reasonText(reason), reasonChars)}`}`,
          {
            tone: 'pink',
            action: { label: 'Look', run: () => go('tasks', [taskId]) },
          },
        );
  });
}

/** Whether the page shows the task itself, or the conversation that it is of. @param {{ taskId: number, conversation: string | null }} task */
function isShown({ taskId, conversation }) {
  const { panel, rest } = place.get();
  return (
    (panel === 'tasks' && rest[0] === String(taskId)) ||
    (panel === 'chat' && conversation !== null && rest[0] === conversation)
  );
}

/** @param {string} text @param {number} chars */
function cut(text, chars) {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > chars ? `${line.slice(0, chars - 1)}…` : line;
}
