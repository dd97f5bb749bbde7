import { toast } from '../../components/toasts.js';
import { listen } from '../../link/connection.js';
import { go } from '../../shell/location.js';

/** Shows each notice as it comes, whatever panel is open; call it once. */
export function followNotices() {
  listen('owner.told', ({ text, taskId }) =>
    toast(text, {
      tone: 'orange',
      ...(taskId !== null && {
        action: { label: `Task ${taskId}`, run: () => go('tasks', [String(taskId)]) },
      }),
    }),
  );
}
