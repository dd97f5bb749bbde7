import type { Tx } from '../../lib/store/store.ts';
import { saysTheSame } from '../../memory/keep/alike.ts';
import { detector, seen } from '../detector.ts';
import { count, inBrief } from '../words.ts';

interface Memory {
  id: number;
  content: string;
}

/** Groups looked at, and pairs of similar ones: a night has others to look too. */
const groupsAtMost = 50;
const newestCompared = 300;

/** Memories that say the same. */
export const duplicateMemories = detector({
  kind: 'duplicate_memories',
  says: 'memories that say the same as others',
  over: 'state',
  thresholds: { surplus: { value: 5, says: 'memories that say what another one says' } },
  async detect({ store }, at) {
    const { groups, surplus } = await readGroups(store);
    const alike = await readAlike(store, new Set(groups.flat().map(({ id }) => id)));
    const all = surplus + alike.length;
    if (all < at.surplus) return [];
    const shown = [...groups.map((group) => group.slice(0, 2)), ...alike].slice(0, 5);
    return [
      {
        subject: 'memory',
        severity: all >= 10 * at.surplus ? 'warning' : 'info',
        summary: `${count(all, 'memory says', 'memories say')} what another one says already`,
        evidence: shown.flatMap(([one, other]) =>
          one === undefined || other === undefined
            ? []
            : [
                seen('memory', one.id, inBrief(one.content, 160)),
                seen('memory', other.id, `the same as ${one.id}: ${inBrief(other.content, 140)}`),
              ],
        ),
        figures: [
          { name: 'surplus', value: all, unit: 'count' },
          { name: 'word for word', value: surplus, unit: 'count' },
        ],
        remedy:
          'Forget all but one of each: two of a kind take the place of another memory in every recall. Where agents write them, say in their prompts what is known already.',
        weight: all,
      },
    ];
  },
});

/** Memories with the same words, but for case, signs and spaces. A document repeats itself on purpose. */
async function readGroups(store: Tx): Promise<{ groups: Memory[][]; surplus: number }> {
  const { rows } = await store.query<{ memories: Memory[]; surplus: number }>({
    name: 'findings-duplicates',
    text: `SELECT to_jsonb((array_agg(jsonb_build_object('id', id, 'content', left(content, 300)) ORDER BY id))[1:5]) AS memories,
                  (sum(count(*) - 1) OVER ())::int AS surplus
             FROM memory_embeddings WHERE kind <> 'document'
            GROUP BY md5(btrim(regexp_replace(lower(left(content, 20000)), '[^[:alnum:]]+', ' ', 'g'))), conversation
           HAVING count(*) > 1 ORDER BY count(*) DESC LIMIT ${groupsAtMost}`,
  });
  return { groups: rows.map(({ memories }) => memories), surplus: rows[0]?.surplus ?? 0 };
}

/** Pairs among the newest whose vectors are next to each other and whose sentences say the same. */
async function readAlike(store: Tx, known: ReadonlySet<number>): Promise<[Memory, Memory][]> {
  const { rows } = await store.query<{ one: Memory; other: Memory }>({
    name: 'findings-alike',
    text: `WITH newest AS (
             SELECT memory.id, memory.content, vector.model_id, vector.embedding
               FROM memory_embeddings AS memory JOIN memory_vectors AS vector ON vector.memory_id = memory.id
              WHERE memory.kind <> 'document'
                AND vector.model_id = (SELECT id FROM embedding_models ORDER BY last_used_at DESC NULLS LAST, id DESC LIMIT 1)
              ORDER BY memory.id DESC LIMIT ${newestCompared})
           SELECT jsonb_build_object('id', one.id, 'content', left(one.content, 2000)) AS one,
                  jsonb_build_object('id', other.id, 'content', left(other.content, 2000)) AS other
             FROM newest AS one JOIN newest AS other ON one.id < other.id
            WHERE (one.embedding <=> other.embedding) < 0.05 ORDER BY one.id LIMIT 500`,
  });
  const taken = new Set(known);
  return rows.flatMap(({ one, other }): [Memory, Memory][] => {
    if (taken.has(other.id) || !saysTheSame(one.content, other.content)) return [];
    taken.add(other.id);
    return [[one, other]];
  });
}
