import { standingOf } from '../../lib/wire/standing.ts';
import type { Trust } from '../../lib/wire/trust.ts';
import { type EndedTask, nextEndedTasks, settleEndedTask } from '../rows/ended-tasks.ts';
import { insertMemory } from '../rows/insert-memory.ts';
import type { Store } from '../../lib/store/store.ts';
import { saysNothingNew } from './alike.ts';
import { turnOf } from './turn.ts';

const batch = 20;

/**
 * Makes one memory of each task that was done since: what was asked and answered, as far as it does not repeat the memories
 * that the task was given (see turn.ts), at the time of its event. The prompt's recalled block is never part of it. A reply is the agent's own word, so it is never
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
          now: earlier(task.happened_at, now()),
        });
      });
      seen += 1;
    }
    if (tasks.length < batch || !goOn()) return seen;
  }
}

/** The text by which a task is remembered, or undefined where it left nothing new. */
export function resultOf(task: Omit<EndedTask, 'id' | 'event_id' | 'happened_at'>): string | undefined {
  return turnOf({
    state: task.state,
    outcome: task.outcome,
    agent: task.agent,
    asked: [task.prompt, ...task.follow_ups],
    reply: ownWords(task.reply ?? '', task.given),
  });
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

/** A clock that runs ahead must not date a memory into the future. */
function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}

function trustOfResult(task: EndedTask): Trust {
  const { trust } = standingOf(task);
  return trust === 'untrusted' || task.given.some((memory) => memory.trust === 'untrusted')
    ? 'untrusted'
    : 'local';
}
