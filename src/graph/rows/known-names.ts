import type { EntityName } from '../extract/extraction.ts';
import type { Tx } from '../../lib/store/store.ts';

/** No more names are handed to the reader; the most mentioned ones come first. */
const maxNames = 5_000;

/**
 * The names that a text may mention without saying what they are: those the owner taught or that trusted texts
 * mentioned, and the machines of the fleet. Strangers teach none.
 */
export async function knownNames(store: Tx): Promise<EntityName[]> {
  const { rows } = await store.query<EntityName>({
    name: 'graph-known-names',
    text: `
      SELECT kind, key, name FROM (
        SELECT 'host' AS kind, lower(name) AS key, name, true AS taught, 0 AS mentions FROM machines WHERE removed_at IS NULL
        UNION ALL
        SELECT n.kind, n.key, n.name, n.taught, coalesce(e.mentions, 0)
          FROM entity_names n LEFT JOIN entities e ON e.id = n.entity_id
         WHERE n.kind IN ('person', 'organisation', 'place', 'host', 'service', 'repository', 'other')
           AND (n.taught OR e.trust <> 'untrusted')
      ) AS known ORDER BY taught DESC, mentions DESC LIMIT $1`,
    values: [maxNames],
  });
  return rows;
}
