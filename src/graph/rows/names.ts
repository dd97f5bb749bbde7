import type { EntityKind, EntityName, FoundAlias } from '../extract/extraction.ts';
import type { Trust } from '../../lib/wire/trust.ts';
import type { Tx } from '../../lib/store/store.ts';

/** A name in the store. Without an entity it is one that the owner wants ignored. */
export interface StoredName {
  id: number;
  entityId: number | null;
}

/** A name to be found or made, with the trust and time of its first mention. */
export interface SeenName extends EntityName {
  trust: Trust;
  at: Date;
}

/** Kinds that a reader may take for each other: a name known as one of them is not made anew as another. */
const softKinds: readonly (readonly EntityKind[])[] = [
  ['person', 'organisation', 'place', 'other'],
  ['host', 'service'],
];

/** Identity of a name among all others. */
export function nameId({ kind, key }: Pick<EntityName, 'kind' | 'key'>): string {
  return `${kind}\n${key}`;
}

/** The stored names for these, by `nameId`; entities are made for those that nobody knows yet. */
export async function resolveNames(tx: Tx, names: readonly SeenName[]): Promise<Map<string, StoredName>> {
  if (names.length === 0) return new Map();
  const known = await findNames(tx, names);
  const unknown = names.filter((name) => !known.has(nameId(name)));
  if (unknown.length === 0) return known;
  await makeEntities(tx, unknown);
  return new Map([...known, ...(await findNames(tx, unknown))]);
}

/**
 * Records further names of seen ones, before those further names are made into entities of their own. A name that
 * stands for an entity already keeps standing for it: the owner may merge the two.
 */
export async function recordAliases(
  tx: Tx,
  aliases: readonly FoundAlias[],
  seen: readonly SeenName[],
): Promise<void> {
  const owners = new Set(aliases.map(({ of }) => nameId(of)));
  const names = await resolveNames(
    tx,
    seen.filter((name) => owners.has(nameId(name))),
  );
  const rows = aliases.flatMap(({ of, alias }) => {
    const entityId = names.get(nameId(of))?.entityId;
    return entityId == null ? [] : [{ entityId, ...alias }];
  });
  if (rows.length === 0) return;
  await tx.query({
    name: 'graph-note-aliases',
    text: `INSERT INTO entity_names (entity_id, kind, key, name)
           SELECT DISTINCT ON (kind, key) * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS alias (entity_id, kind, key, name)
           ON CONFLICT ON CONSTRAINT entity_names_kind_key_key DO NOTHING`,
    values: [
      rows.map(({ entityId }) => entityId),
      rows.map(({ kind }) => kind),
      rows.map(({ key }) => key),
      rows.map(({ name }) => name),
    ],
  });
}

async function findNames(tx: Tx, names: readonly EntityName[]): Promise<Map<string, StoredName>> {
  const { rows } = await tx.query<StoredName & Pick<EntityName, 'kind' | 'key'>>({
    name: 'graph-find-names',
    text: `
      SELECT DISTINCT ON (wanted.kind, wanted.key) wanted.kind, wanted.key, n.id, n.entity_id AS "entityId"
        FROM unnest($1::text[], $2::text[]) AS wanted (kind, key) JOIN entity_names n ON n.key = wanted.key
       WHERE n.kind = wanted.kind
          OR (wanted.kind = ANY ($3::text[]) AND n.kind = ANY ($3::text[]))
          OR (wanted.kind = ANY ($4::text[]) AND n.kind = ANY ($4::text[]))
       ORDER BY wanted.kind, wanted.key, n.taught DESC, (n.kind = wanted.kind) DESC, n.id`,
    values: [names.map(({ kind }) => kind), names.map(({ key }) => key), ...softKinds],
  });
  return new Map(rows.map((row) => [nameId(row), row]));
}

async function makeEntities(tx: Tx, names: readonly SeenName[]): Promise<void> {
  await tx.query({
    name: 'graph-make-entities',
    text: `
      WITH new AS (
        SELECT DISTINCT ON (kind, key) *
          FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS new (kind, key, name, trust, at)
      ), made AS (
        INSERT INTO entities (kind, canonical, name, trust, mentions, first_seen_at, last_seen_at)
        SELECT kind, key, name, trust, 0, at, at FROM new
        -- A name that was split off may have left its entity's canonical form behind: then it goes home.
        ON CONFLICT ON CONSTRAINT entities_kind_canonical_key DO UPDATE SET last_seen_at = excluded.last_seen_at
        RETURNING id, kind, canonical)
      INSERT INTO entity_names (entity_id, kind, key, name)
      SELECT made.id, new.kind, new.key, new.name FROM new JOIN made ON made.kind = new.kind AND made.canonical = new.key
      ON CONFLICT ON CONSTRAINT entity_names_kind_key_key DO NOTHING`,
    values: [
      names.map(({ kind }) => kind),
      names.map(({ key }) => key),
      names.map(({ name }) => name),
      names.map(({ trust }) => trust),
      names.map(({ at }) => at),
    ],
  });
}
