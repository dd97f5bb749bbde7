import type { Tx } from '../../lib/store/store.ts';

/** Bounds of the graph. */
export interface GraphBounds {
  entities: number;
  /** Of them, those that only strangers mentioned. */
  untrustedEntities: number;
  /** Mentions kept of each name, the latest ones. */
  mentionsOfName: number;
}

const defaultBounds: GraphBounds = { entities: 50_000, untrustedEntities: 5_000, mentionsOfName: 1_000 };

/**
 * Keeps the graph within its bounds: the least mentioned, longest unseen entities go first, those that only strangers
 * mentioned before all others; those that the owner taught stay. Resolves to the number of entities deleted.
 */
export async function boundGraph(store: Tx, bounds: GraphBounds = defaultBounds): Promise<number> {
  const { rowCount } = await store.query({
    name: 'graph-bound-entities',
    text: `
      DELETE FROM entities WHERE id IN (
        SELECT id FROM (
          SELECT id, row_number() OVER (PARTITION BY trust = 'untrusted' ORDER BY mentions DESC, last_seen_at DESC, id DESC) AS place,
                 trust = 'untrusted' AS strange
            FROM entities WHERE NOT taught) AS ranked
         WHERE place > CASE WHEN strange THEN $1::int ELSE $2::int END)`,
    values: [bounds.untrustedEntities, bounds.entities - bounds.untrustedEntities],
  });
  await store.query({
    name: 'graph-bound-mentions',
    text: `
      DELETE FROM entity_mentions m USING (
        SELECT name_id, origin, origin_id, row_number() OVER (PARTITION BY name_id ORDER BY at DESC) AS place
          FROM entity_mentions
         WHERE name_id IN (SELECT n.id FROM entity_names n JOIN entities e ON e.id = n.entity_id WHERE e.mentions > $1)) AS old
       WHERE old.place > $1 AND (m.name_id, m.origin, m.origin_id) = (old.name_id, old.origin, old.origin_id)`,
    values: [bounds.mentionsOfName],
  });
  return rowCount ?? 0;
}
