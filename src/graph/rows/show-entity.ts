import type { Evidence, GraphEdge, GraphNode } from '../graph-view.ts';
import type { Tx } from '../../lib/store/store.ts';

/** One entity with everything that its page shows, but its relations. */
export interface EntityDetailRow extends GraphNode {
  aliases: string[];
  taught: boolean;
  firstSeenAt: Date;
  lastSeenAt: Date;
  evidence: Evidence[];
}

/** A relation of an entity with the entity at its other end. */
export interface RelationRow extends GraphEdge {
  weight: number;
  evidence: Evidence[];
  other: GraphNode;
}

/** One entity, or undefined where there is none of that number. */
export async function findEntity(store: Tx, id: number): Promise<EntityDetailRow | undefined> {
  const { rows } = await store.query<EntityDetailRow>({
    name: 'graph-find-entity',
    text: `SELECT id, kind, name, trust, mentions, aliases, taught, first_seen_at AS "firstSeenAt",
                  last_seen_at AS "lastSeenAt", evidence
             FROM entities WHERE id = $1`,
    values: [id],
  });
  return rows[0];
}

/** The relations of an entity, the heaviest first. */
export async function relationsOfEntity(store: Tx, id: number, limit: number): Promise<RelationRow[]> {
  const { rows } = await store.query<RelationRow>({
    name: 'graph-relations-of-entity',
    text: `
      SELECT r.id, r.subject_id AS subject, r.object_id AS object, r.predicate, r.trust, r.mentions, r.weight, r.evidence,
             jsonb_build_object('id', o.id, 'kind', o.kind, 'name', o.name, 'trust', o.trust, 'mentions', o.mentions) AS other
        FROM entity_relations r JOIN entities o ON o.id = CASE r.subject_id WHEN $1 THEN r.object_id ELSE r.subject_id END
       WHERE r.subject_id = $1 OR r.object_id = $1
       ORDER BY r.weight DESC, r.id LIMIT $2`,
    values: [id, limit],
  });
  return rows;
}
