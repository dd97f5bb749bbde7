import { readGivenUses } from '../../metrics/recall-metrics.ts';
import { detector, seen } from '../detector.ts';
import { count, inBrief, percent } from '../words.ts';

/** Memories that tasks are given and that no reply makes use of. */
export const unusedRecalls = detector({
  kind: 'unused_recalls',
  says: 'memories that tasks are given again and again, and of which nothing shows in the replies',
  over: 'period',
  thresholds: {
    unused: {
      value: 20,
      says: 'times that a memory was given and not used, of memories that were never used',
    },
    times: { value: 5, says: 'times that each of these was given' },
    share: {
      value: 0.1,
      says: 'of what was given that was used, at most, where no single memory stands out',
    },
  },
  async detect({ store, period }, at) {
    const uses = await readGivenUses(store, period);
    const byMemory = new Map<number, { given: number; used: number; tasks: number[] }>();
    for (const { memoryId, taskId, used } of uses) {
      const one = byMemory.get(memoryId) ?? { given: 0, used: 0, tasks: [] };
      byMemory.set(memoryId, one);
      one.given += 1;
      one.used += used ? 1 : 0;
      one.tasks.push(taskId);
    }
    const never = [...byMemory]
      .filter(([, { used }]) => used === 0)
      .sort(([, one], [, other]) => other.given - one.given);
    const stubborn = never.filter(([, { given }]) => given >= at.times);
    const unused = uses.filter(({ used }) => !used).length;
    const inVain = stubborn.reduce((sum, [, { given }]) => sum + given, 0);
    const usedShare = uses.length === 0 ? 1 : 1 - unused / uses.length;
    if (inVain < at.unused && (unused < at.unused || usedShare > at.share)) return [];
    const shown = (stubborn.length > 0 ? stubborn : never).slice(0, 5);
    const texts = await readTexts(
      store,
      shown.map(([id]) => id),
    );
    const tasks = new Set(shown.flatMap(([, one]) => one.tasks.slice(0, 1)));
    return [
      {
        subject: 'recall',
        severity: 'info',
        summary: `Of ${count(uses.length, 'memory', 'memories')} that tasks were given, ${percent(usedShare)} show in the replies; ${count(stubborn.length, 'memory was', 'memories were')} given ${at.times} times or more for nothing`,
        evidence: [
          ...shown.map(([id, { given }]) =>
            seen('memory', id, `given ${given} times, never used: ${inBrief(texts.get(id) ?? '', 120)}`),
          ),
          ...[...tasks].map((id) => seen('task', id, 'was given one of them')),
        ],
        figures: [
          { name: 'given', value: uses.length, unit: 'count' },
          { name: 'used', value: usedShare, unit: 'share' },
          { name: 'given in vain', value: Math.max(inVain, unused), unit: 'count' },
        ],
        remedy:
          'Forget or reword what is recalled for everything: a memory that says too much comes up with each question. Fewer memories a task leave room in the prompt.',
        weight: Math.max(inVain, unused),
        metric: { metric: 'recall.usedShare', today: usedShare, goal: Math.max(0.3, at.share * 2) },
      },
    ];
  },
});

async function readTexts(
  store: Parameters<typeof readGivenUses>[0],
  ids: readonly number[],
): Promise<Map<number, string>> {
  const { rows } = await store.query<{ id: number; text: string }>({
    name: 'findings-memory-texts',
    text: 'SELECT id, left(content, 200) AS text FROM memory_embeddings WHERE id = ANY ($1::bigint[])',
    values: [ids],
  });
  return new Map(rows.map(({ id, text }) => [id, text]));
}
