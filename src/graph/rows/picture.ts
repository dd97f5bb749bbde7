import type { GraphEdge, GraphNode, GraphView } from '../graph-view.ts';
import type { EntityKind } from '../extract/extraction.ts';
import type { Store } from '../../lib/store/store.ts';

export interface PictureQuery {
  /** Entities at most, 1 to 2,000. */
  limit: number;
  kind?: EntityKind | undefined;
  /** Only this entity and those it is related to. */
  around?: number | undefined;
}

const edgesPerNode = 3;

/** The most important entities (by mentions; around one of them, by the weight of the relation) and what joins them. */
export async function graphPicture(store: Pick<Store, 'query'>, query: PictureQuery): Promise<GraphView> {
  const { limit, kind = null, around = null } = query;
  const nodes = await store.query<GraphNode & { total: number }>({
    name: around === null ? 'graph-picture-nodes' : 'graph-picture-nodes-around',
    text: `
      SELECT id, kind, name, trust, mentions, (SELECT count(*) FROM entities) AS total
        FROM ${around === null ? 'entities' : neighbourhood} AS e
       WHERE $2::text IS NULL OR kind = $2 ${around === null ? '' : 'OR id = $3'}
       ORDER BY ${around === null ? '' : 'weight DESC,'} mentions DESC, id LIMIT $1`,
    values: [limit, kind, ...(around === null ? [] : [around])],
  });
  const ids = nodes.rows.map(({ id }) => id);
  const edges = await store.query<GraphEdge>({
    name: 'graph-picture-edges',
    text: `SELECT id, subject_id AS subject, object_id AS object, predicate, trust, mentions FROM entity_relations
            WHERE subject_id = ANY ($1::bigint[]) AND object_id = ANY ($1::bigint[])
            ORDER BY weight DESC, id LIMIT $2`,
    values: [ids, limit * edgesPerNode],
  });
  return {
    nodes: nodes.rows.map(({ id, kind: of, name, trust, mentions }) => ({
      id,
      kind: of,
      name,
      trust,
      mentions,
    })),
    edges: edges.rows,
    total: nodes.rows[0]?.total ?? 0,
  };
}

const neighbourhood = `(
  SELECT e.*, coalesce((
           SELECT max(weight) FROM entity_relations r WHERE (r.subject_id, r.object_id) IN ((e.id, $3::bigint), ($3::bigint, e.id))
         ), 1e9) AS weight
    FROM entities e
   WHERE e.id = $3 OR e.id IN (SELECT object_id FROM entity_relations WHERE subject_id = $3
                               UNION SELECT subject_id FROM entity_relations WHERE object_id = $3))`;
