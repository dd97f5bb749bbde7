import { insertMemory } from '../rows/insert-memory.ts';
import { dropResults, oldestResultGroup, type ResultGroup } from '../rows/old-results.ts';
import type { Store } from '../../lib/store/store.ts';
import { DAY } from '../../lib/time.ts';

const maxGroups = 200;
const questionChars = 160;
const answerChars = 240;

/**
 * Gathers the results of tasks that are old into one summary for each month and conversation, or source where there is none:
 * a line for each, with the question and the beginning of the answer. No language model is asked. A summary is of the trust
 * of its results, which go in the same transaction. At most 200 summaries at once; resolves to how many were made.
 */
export async function compactResults(
  store: Store,
  { afterDays, now, signal }: { afterDays: number; now: Date; signal: AbortSignal },
): Promise<number> {
  const before = new Date(now.getTime() - afterDays * DAY);
  for (let made = 0; made < maxGroups; made += 1) {
    signal.throwIfAborted();
    const group = await oldestResultGroup(store, before);
    if (group === undefined || !(await compact(store, group))) return made;
  }
  return maxGroups;
}

async function compact(store: Store, group: ResultGroup): Promise<boolean> {
  return store
    .transaction(async (tx) => {
      await insertMemory(tx, {
        content: summaryOf(group),
        kind: 'summary',
        source: group.source,
        trust: group.trust,
        origin: 'compaction',
        title: titleOf(group),
        conversation: group.conversation ?? undefined,
        now: group.at,
      });
      if (!(await dropResults(tx, group.ids))) throw new Overtaken();
      return true;
    })
    .catch((thrown: unknown) => {
      if (thrown instanceof Overtaken) return false;
      throw thrown;
    });
}

/** A result was changed or forgotten while its summary was made: the summary is undone. */
class Overtaken extends Error {}

function titleOf({ month, conversation, source }: ResultGroup): string {
  return `What tasks did in ${month} (${conversation ?? source})`;
}

function summaryOf({ contents }: ResultGroup): string {
  return contents
    .map((content) => {
      const [question = '', answer = ''] = content.split('\n→ ', 2);
      return `- ${brief(question, questionChars)} → ${brief(answer, answerChars)}`;
    })
    .join('\n');
}

function brief(text: string, chars: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= chars ? line : `${line.slice(0, chars - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
