import type { GraphNode } from '../graph-view.ts';
import type { EntityKind } from '../extract/extraction.ts';
import type { Tx } from '../../lib/store/store.ts';

/** An entity in a list. */
export interface EntityRow extends GraphNode {
  aliases: string[];
  lastSeenAt: Date;
}

const listed = `e.id, e.kind, e.name, e.trust, e.mentions, e.aliases, e.last_seen_at AS "lastSeenAt"`;

/** A page of entities. */
export interface EntityPage {
  kind?: EntityKind | undefined;
  /** The last one of the page before, whichever place it has now; none is there where it is gone. */
  before?: number | undefined;
  limit: number;
}

/** The most mentioned entities. */
export async function topEntities(store: Tx, { kind, before, limit }: EntityPage): Promise<EntityRow[]> {
  const { rows } = await store.query<EntityRow>({
    name: 'graph-top-entities',
    text: `SELECT ${listed} FROM entities e
            WHERE ($1::text IS NULL OR kind = $1)
              AND ($2::bigint IS NULL OR (-mentions, id) > (SELECT -last.mentions, last.id FROM entities last WHERE last.id = $2))
            ORDER BY mentions DESC, id LIMIT $3`,
    values: [kind ?? null, before ?? null, limit],
  });
  return rows;
}

/**
 * Entities that go by one of these keys, the closest first: equal, then containing it, then spelled alike (trigrams, so
 * that a slip of the pen finds it too).
 */
export async function searchEntities(
  store: Tx,
  { keys, kind, before, limit }: EntityPage & { keys: readonly string[] },
): Promise<EntityRow[]> {
  const { rows } = await store.query<EntityRow>({
    name: 'graph-search-entities',
    text: `
      WITH found AS (
        SELECT n.entity_id AS id,
               max(CASE WHEN n.key = wanted.key THEN 2 WHEN strpos(n.key, wanted.key) > 0 THEN 1 ELSE similarity(n.key, wanted.key) END) AS score
          FROM unnest($1::text[]) AS wanted (key)
          JOIN entity_names n ON n.key % wanted.key OR n.key LIKE '%' || replace(replace(wanted.key, '\\', '\\\\'), '%', '\\%') || '%'
         WHERE n.entity_id IS NOT NULL GROUP BY n.entity_id
      ), ranked AS (
        SELECT e.id, row_number() OVER (ORDER BY score DESC, mentions DESC, id) AS place
          FROM entities e JOIN found USING (id) WHERE $2::text IS NULL OR kind = $2
      )
      SELECT ${listed} FROM entities e JOIN ranked USING (id)
       WHERE $3::bigint IS NULL OR place > (SELECT last.place FROM ranked last WHERE last.id = $3)
       ORDER BY place LIMIT $4`,
    values: [keys, kind ?? null, before ?? null, limit],
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
