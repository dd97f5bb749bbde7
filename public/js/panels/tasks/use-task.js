import { useNews, useTopic } from '../../link/use-feed.js';
import { useResource } from '../../link/use-resource.js';
import { useEffect, useRef, useState } from '../../view.js';
import { extended } from '../chat/thread.js';

const settleMs = 300;

/**
 * A task as it is and as it goes on: what it writes is appended where it belongs, anything else asks anew.
 * @param {number} id
 */
export function useTask(id) {
  const resource = useResource('task.get', { id });
  const [progress, setProgress] = useState(/** @type {string | null} */ (null));
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  const reloadSoon = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(resource.reload, settleMs);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  useTopic(/** @type {`task:${number}`} */ (`task:${id}`));
  useNews('task.text', (piece) => {
    if (piece.taskId !== id) return;
    resource.update((page) => {
      const known = page.live?.stream === piece.stream ? page.live.text : '';
      const text = extended(known, piece);
      if (text === null) reloadSoon();
      return text === null ? page : { ...page, live: { stream: piece.stream, text } };
    });
  });
  useNews('task.step', (step) => {
    if (step.taskId !== id) return;
    if (step.kind === 'progress') {
      setProgress(step.text);
      return;
    }
    resource.update((page) => ({ ...page, task: { ...page.task, state: step.state, reason: step.reason } }));
    reloadSoon();
  });
  return { ...resource, progress };
}
