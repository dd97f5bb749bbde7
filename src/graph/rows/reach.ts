import type { Trust } from '../../lib/wire/trust.ts';
import type { Tx } from '../../lib/store/store.ts';

/** A memory that mentions an entity, or a neighbour of one. */
export interface ReachedRow {
  id: number;
  kind: string;
  source: string;
  trust: Trust;
  created_at: Date;
  /** The entity that was asked about. */
  seed: string;
  /** The neighbour that it mentions in its place; null where it mentions the seed itself. */
  via: string | null;
  /** 1 where it mentions the seed; else the share of the relation's weight, below 1. */
  nearness: number;
}

const mentionsOfSeed = 15;
const mentionsOfNeighbour = 5;
const neighboursOfSeed = 8;

/**
 * The latest memories that mention these entities, and those that mention what they are related to, one hop
 * away, over trusted relations only: a stranger's mail must not draw its own text into the owner's questions. Tasks are
 * found by the memories that were made of them.
 */
export async function reachFrom(store: Tx, entityIds: readonly number[]): Promise<ReachedRow[]> {
  const { rows } = await store.query<ReachedRow>({
    name: 'graph-reach',
    text: `
      WITH seeds AS (
        SELECT id, name FROM entities WHERE id = ANY ($1::bigint[])
      ), neighbours AS (
        SELECT seeds.id AS seed_id, near.other, near.weight FROM seeds CROSS JOIN LATERAL (
          SELECT CASE subject_id WHEN seeds.id THEN object_id ELSE subject_id END AS other, max(weight) AS weight
            FROM entity_relations WHERE (subject_id = seeds.id OR object_id = seeds.id) AND trust <> 'untrusted'
           GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${neighboursOfSeed}) AS near
         WHERE near.other <> ALL ($1::bigint[])
      ), reached AS (
        SELECT id AS entity_id, name AS seed, NULL AS via, 1.0::float8 AS nearness, ${mentionsOfSeed} AS wanted FROM seeds
        UNION ALL
        SELECT other, seeds.name, entities.name, 0.5 * n.weight / (1 + n.weight), ${mentionsOfNeighbour}
          FROM neighbours n JOIN seeds ON seeds.id = n.seed_id JOIN entities ON entities.id = n.other
      ), mentioned AS (
        SELECT reached.*, latest.origin, latest.origin_id FROM reached CROSS JOIN LATERAL (
          SELECT m.origin, m.origin_id FROM entity_names n
            CROSS JOIN LATERAL (SELECT origin, origin_id, at FROM entity_mentions WHERE name_id = n.id AND origin <> 'event' ORDER BY at DESC LIMIT reached.wanted) AS m
           WHERE n.entity_id = reached.entity_id ORDER BY m.at DESC LIMIT reached.wanted) AS latest
      )
      SELECT m.id, m.kind, m.source, m.trust, m.created_at, seed, via, nearness
        FROM mentioned JOIN memory_embeddings m ON mentioned.origin = 'memory' AND m.id = origin_id AND m.prepared`,
    values: [entityIds],
  });
  return rows;
}

/** Entities that go by one of these keys, those with the longest name first, then the least mentioned: they say most. */
export async function seedsNamed(store: Tx, keys: readonly string[], limit: number): Promise<number[]> {
  const { rows } = await store.query<{ id: number }>({
    name: 'graph-seeds-named',
    text: `
      SELECT e.id FROM entities e JOIN (
        SELECT entity_id AS id, max(length(key)) AS length FROM entity_names WHERE key = ANY ($1::text[]) GROUP BY entity_id
      ) AS named USING (id)
      ORDER BY named.length DESC, e.mentions, e.id LIMIT $2`,
    values: [keys, limit],
  });
  return rows.map(({ id }) => id);
}

const minSimilarity = 0.45;

/** Entities whose name is spelled nearly like one of these; names that only strangers use are none. */
export async function seedsSpelledLike(
  store: Tx,
  words: readonly string[],
  limit: number,
): Promise<number[]> {
  const { rows } = await store.query<{ id: number }>({
    name: 'graph-seeds-alike',
    text: `
      SELECT e.id FROM entities e JOIN (
        SELECT n.entity_id AS id, max(similarity(n.key, word)) AS likeness
          FROM unnest($1::text[]) AS word JOIN entity_names n ON n.key % word
         WHERE similarity(n.key, word) >= ${minSimilarity} GROUP BY n.entity_id
      ) AS alike USING (id)
      WHERE e.trust <> 'untrusted' ORDER BY likeness DESC, e.mentions DESC, e.id LIMIT $2`,
    values: [words, limit],
  });
  return rows.map(({ id }) => id);
}
