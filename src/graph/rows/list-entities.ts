import type { GraphNode } from '../graph-view.ts';
import type { EntityKind } from '../extract/extraction.ts';
import type { Tx } from '../../lib/store/store.ts';

/** An entity in a list. */
export interface EntityRow extends GraphNode {
  aliases: string[];
  lastSeenAt: Date;
}

const listed = `e.id, e.kind, e.name, e.trust, e.mentions, e.aliases, e.last_seen_at AS "lastSeenAt"`;

/** The most mentioned entities. */
export async function topEntities(
  store: Tx,
  { kind, limit }: { kind?: EntityKind | undefined; limit: number },
): Promise<EntityRow[]> {
  const { rows } = await store.query<EntityRow>({
    name: 'graph-top-entities',
    text: `SELECT ${listed} FROM entities e WHERE $1::text IS NULL OR kind = $1 ORDER BY mentions DESC, id LIMIT $2`,
    values: [kind ?? null, limit],
  });
  return rows;
}

/**
 * Entities that go by one of these keys, the closest first: equal, then containing it, then spelled alike (trigrams, so
 * that a slip of the pen finds it too).
 */
export async function searchEntities(
  store: Tx,
  { keys, kind, limit }: { keys: readonly string[]; kind?: EntityKind | undefined; limit: number },
): Promise<EntityRow[]> {
  const { rows } = await store.query<EntityRow>({
    name: 'graph-search-entities',
    text: `
      SELECT ${listed} FROM entities e JOIN (
        SELECT n.entity_id AS id,
               max(CASE WHEN n.key = wanted.key THEN 2 WHEN strpos(n.key, wanted.key) > 0 THEN 1 ELSE similarity(n.key, wanted.key) END) AS score
          FROM unnest($1::text[]) AS wanted (key)
          JOIN entity_names n ON n.key % wanted.key OR n.key LIKE '%' || replace(replace(wanted.key, '\\', '\\\\'), '%', '\\%') || '%'
         WHERE n.entity_id IS NOT NULL GROUP BY n.entity_id
      ) AS found USING (id)
      WHERE $2::text IS NULL OR kind = $2 ORDER BY score DESC, mentions DESC, id LIMIT $3`,
    values: [keys, kind ?? null, limit],
  });
  return rows;
}

/** Entities with exactly one of these keys among their names. */
export async function entitiesNamed(store: Tx, keys: readonly string[]): Promise<EntityRow[]> {
  const { rows } = await store.query<EntityRow>({
    name: 'graph-entities-named',
    text: `SELECT ${listed} FROM entities e
            WHERE id IN (SELECT entity_id FROM entity_names WHERE key = ANY ($1::text[])) ORDER BY mentions DESC, id`,
    values: [keys],
  });
  return rows;
}

/** Names that the owner wants ignored. */
export async function ignoredNames(store: Tx, limit: number): Promise<{ kind: EntityKind; name: string }[]> {
  const { rows } = await store.query<{ kind: EntityKind; name: string }>({
    name: 'graph-ignored-names',
    text: 'SELECT kind, name FROM entity_names WHERE entity_id IS NULL ORDER BY kind, name LIMIT $1',
    values: [limit],
  });
  return rows;
}
