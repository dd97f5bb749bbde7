import { coOccurrence } from '../extract/extraction.ts';
import type { Tx } from '../../lib/store/store.ts';

/** Two names and the predicate that joins them. */
export interface NameTriple {
  subject_id: number;
  predicate: string;
  object_id: number;
}

const maxEvidence = 10;
const maxRelationEvidence = 5;
/** A name that merely stands beside another one says less than a verb does. */
const coOccurrenceWeight = 0.3;

const bestTrust = `CASE WHEN bool_or(trust = 'owner') THEN 'owner' WHEN bool_or(trust = 'local') THEN 'local' ELSE 'untrusted' END`;
const evidenceOf = `jsonb_build_object(
  'memoryId', CASE origin WHEN 'memory' THEN origin_id END, 'taskId', CASE origin WHEN 'task' THEN origin_id END,
  'eventId', event_id, 'snippet', snippet, 'trust', trust, 'at', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`;
/** A memory and a task of the same event are one mention. */
const witness = `coalesce('e' || event_id, origin || origin_id)`;

/**
 * Draws what these entities show (counts, trust, times, name, aliases, the latest ten pieces of evidence) from their
 * mentions. Trust is that of the most trusted mention. An entity without a mention that the owner did not teach goes.
 */
export async function refreshEntities(tx: Tx, entityIds: readonly number[]): Promise<void> {
  if (entityIds.length === 0) return;
  await tx.query({
    name: 'graph-refresh-entities',
    text: `
      WITH facts AS (
        SELECT n.entity_id AS id, count(DISTINCT ${witness}) AS mentions, min(at) AS first, max(at) AS last, ${bestTrust} AS trust
          FROM entity_names n JOIN entity_mentions m ON m.name_id = n.id
         WHERE n.entity_id = ANY ($1::bigint[]) GROUP BY n.entity_id
      ), spellings AS (
        SELECT n.entity_id AS id, array_agg(n.name ORDER BY n.taught DESC, uses DESC, n.id) AS names
          FROM entity_names n, LATERAL (SELECT count(*) AS uses FROM entity_mentions m WHERE m.name_id = n.id) AS used
         WHERE n.entity_id = ANY ($1::bigint[]) GROUP BY n.entity_id
      )
      UPDATE entities e
         SET mentions = coalesce(facts.mentions, 0),
             first_seen_at = coalesce(facts.first, first_seen_at),
             last_seen_at = coalesce(facts.last, last_seen_at),
             trust = CASE WHEN e.taught THEN 'owner' ELSE coalesce(facts.trust, e.trust) END,
             name = CASE WHEN e.taught OR names IS NULL THEN name ELSE names[1] END,
             aliases = array_remove(coalesce(names, '{}'), CASE WHEN e.taught OR names IS NULL THEN name ELSE names[1] END),
             evidence = coalesce((
               SELECT jsonb_agg(${evidenceOf} ORDER BY at DESC) FROM (
                 SELECT m.* FROM entity_names n
                   CROSS JOIN LATERAL (SELECT * FROM entity_mentions WHERE name_id = n.id ORDER BY at DESC LIMIT ${maxEvidence}) AS m
                  WHERE n.entity_id = e.id ORDER BY m.at DESC LIMIT ${maxEvidence}) AS latest), '[]')
        FROM unnest($1::bigint[]) AS wanted (id) LEFT JOIN facts USING (id) LEFT JOIN spellings USING (id)
       WHERE e.id = wanted.id`,
    values: [entityIds],
  });
  await tx.query({
    name: 'graph-drop-unmentioned',
    text: 'DELETE FROM entities WHERE id = ANY ($1::bigint[]) AND mentions = 0 AND NOT taught',
    values: [entityIds],
  });
}

/** Draws the relations that these pairs of names add up to; a relation without evidence goes. */
export async function refreshRelations(tx: Tx, triples: readonly NameTriple[]): Promise<void> {
  if (triples.length === 0) return;
  await tx.query({
    name: 'graph-refresh-relations',
    text: `${wantedTriples}, ${dropStale} ${upsertRelations}`,
    values: [
      triples.map(({ subject_id: id }) => id),
      triples.map(({ predicate }) => predicate),
      triples.map(({ object_id: id }) => id),
    ],
  });
}

/** Draws all relations of these entities anew, after names have moved between entities. */
export async function refreshRelationsOf(tx: Tx, entityIds: readonly number[]): Promise<void> {
  await tx.query({
    name: 'graph-drop-relations-of',
    text: 'DELETE FROM entity_relations WHERE subject_id = ANY ($1::bigint[]) OR object_id = ANY ($1::bigint[])',
    values: [entityIds],
  });
  const { rows } = await tx.query<NameTriple>({
    name: 'graph-triples-of',
    text: `SELECT DISTINCT subject_id, predicate, object_id FROM entity_links
            WHERE subject_id IN (SELECT id FROM entity_names WHERE entity_id = ANY ($1::bigint[]))
               OR object_id IN (SELECT id FROM entity_names WHERE entity_id = ANY ($1::bigint[]))`,
    values: [entityIds],
  });
  await refreshRelations(tx, rows);
}

/** Standing together has no direction: the entity that came first is its subject. */
const directed = (one: string, other: string, wanted: 'subject' | 'object'): string => {
  const [plain, ordered] = wanted === 'subject' ? [one, 'least'] : [other, 'greatest'];
  return `CASE WHEN predicate = '${coOccurrence}' THEN ${ordered}(${one}, ${other}) ELSE ${plain} END`;
};

const wantedTriples = `
  WITH wanted AS MATERIALIZED (
    SELECT DISTINCT ${directed('s.entity_id', 'o.entity_id', 'subject')} AS subject_id, predicate,
                    ${directed('s.entity_id', 'o.entity_id', 'object')} AS object_id
      FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS triple (subject, predicate, object)
      JOIN entity_names s ON s.id = triple.subject JOIN entity_names o ON o.id = triple.object
     WHERE s.entity_id <> o.entity_id
  ), links AS MATERIALIZED (
    SELECT w.subject_id, w.predicate, w.object_id, l.origin, l.origin_id, l.event_id, l.trust, l.snippet, l.at
      FROM wanted w
      JOIN entity_names s ON s.entity_id IN (w.subject_id, w.object_id)
      JOIN entity_links l ON l.subject_id = s.id AND l.predicate = w.predicate
      JOIN entity_names o ON o.id = l.object_id
     WHERE (s.entity_id, o.entity_id) = (w.subject_id, w.object_id)
        OR (w.predicate = '${coOccurrence}' AND (s.entity_id, o.entity_id) = (w.object_id, w.subject_id))
  )`;

const dropStale = `
  stale AS (
    DELETE FROM entity_relations r USING wanted w
     WHERE (r.subject_id, r.predicate, r.object_id) = (w.subject_id, w.predicate, w.object_id)
       AND NOT EXISTS (
         SELECT FROM links l WHERE (l.subject_id, l.predicate, l.object_id) = (w.subject_id, w.predicate, w.object_id)))`;

const upsertRelations = `
  INSERT INTO entity_relations (subject_id, predicate, object_id, trust, mentions, weight, evidence, first_seen_at, last_seen_at)
  SELECT subject_id, predicate, object_id, ${bestTrust}, count(DISTINCT ${witness}),
         ln(1 + count(DISTINCT ${witness})) * CASE predicate WHEN '${coOccurrence}' THEN ${coOccurrenceWeight} ELSE 1 END,
         jsonb_path_query_array(jsonb_agg(${evidenceOf} ORDER BY at DESC), '$[0 to ${maxRelationEvidence - 1}]'), min(at), max(at)
    FROM links GROUP BY subject_id, predicate, object_id
  ON CONFLICT ON CONSTRAINT entity_relations_triple_key DO UPDATE
     SET trust = excluded.trust, mentions = excluded.mentions, weight = excluded.weight, evidence = excluded.evidence,
         first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at`;
