import { standingOf } from '../../lib/wire/standing.ts';
import type { Trust } from '../../lib/wire/trust.ts';
import { type EndedTask, nextEndedTasks, settleEndedTask } from '../rows/ended-tasks.ts';
import { insertMemory } from '../rows/insert-memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { saysNothingNew } from './alike.ts';

const batch = 20;
/** A reply of fewer words of its own, such as "Done.", is not worth remembering. */
const minWords = 4;

/**
 * Makes a memory of each task that was done since: what was asked, and the reply as far as it does not repeat the memories
 * that the task was given. The prompt's recalled block is never part of it. A reply is the agent's own word, so it is never
 * trusted as the owner's, and no more than the least trusted of what it was told. Each task once, in one transaction with
 * the note that its memories were recalled. Resolves to how many tasks were looked at.
 */
export async function rememberTasks(
  store: Store,
  { goOn, now, signal }: { goOn: () => boolean; now: () => Date; signal: AbortSignal },
): Promise<number> {
  let seen = 0;
  for (;;) {
    signal.throwIfAborted();
    const tasks = await nextEndedTasks(store, batch);
    for (const task of tasks) {
      await store.transaction(async (tx) => {
        if (!(await settleEndedTask(tx, task))) return;
        const content = resultOf(task);
        if (content === undefined) return;
        await insertMemory(tx, {
          content,
          kind: 'task_result',
          source: task.source,
          trust: trustOfResult(task),
          origin: 'task',
          conversation: task.conversation ?? undefined,
          eventId: task.event_id,
          taskId: task.id,
          now: now(),
        });
      });
      seen += 1;
    }
    if (tasks.length < batch || !goOn()) return seen;
  }
}

/** The text by which a task is remembered, or undefined where it left nothing new. */
export function resultOf(task: Omit<EndedTask, 'id' | 'event_id'>): string | undefined {
  // The offline agent only quotes memories; a message steered into a task is told with that task.
  if (task.state !== 'done' || task.outcome === 'steered' || task.agent === 'offline') return undefined;
  const reply = ownWords(task.reply ?? '', task.given);
  if ((reply.match(/[\p{L}\p{N}]+/gu)?.length ?? 0) < minWords) return undefined;
  return `${[task.prompt, ...task.follow_ups].join('\n')}\n→ ${reply}`;
}

/** The reply without the lines and sentences that say nothing but what a given memory says. */
function ownWords(reply: string, given: EndedTask['given']): string {
  if (given.length === 0) return reply.trim();
  return reply
    .split(/(?<=[.!?]\s)|(?<=\n)/)
    .filter((sentence) => !given.some(({ content }) => saysNothingNew(sentence, content)))
    .join('')
    .trim();
}

function trustOfResult(task: EndedTask): Trust {
  const { trust } = standingOf(task);
  return trust === 'untrusted' || task.given.some((memory) => memory.trust === 'untrusted')
    ? 'untrusted'
    : 'local';
}
