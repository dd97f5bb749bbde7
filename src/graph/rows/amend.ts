import type { EntityKind, EntityName } from '../extract/extraction.ts';
import type { Tx } from '../../lib/store/store.ts';
import { refreshEntities, refreshRelationsOf } from './refresh.ts';

/** A name that an entity goes by. */
export interface NameRow {
  id: number;
  kind: EntityKind;
  key: string;
  name: string;
}

/** The names of an entity, the most used first. */
export async function namesOf(tx: Tx, entityId: number): Promise<NameRow[]> {
  const { rows } = await tx.query<NameRow>({
    name: 'graph-names-of',
    text: `SELECT id, kind, key, name FROM entity_names n WHERE entity_id = $1
            ORDER BY (SELECT count(*) FROM entity_mentions WHERE name_id = n.id) DESC, id`,
    values: [entityId],
  });
  return rows;
}

/** Gives all names of one entity to another, and with them all that was and will be read about it. */
export async function mergeEntities(tx: Tx, fromId: number, intoId: number): Promise<void> {
  await tx.query({
    name: 'graph-merge-names',
    text: 'UPDATE entity_names SET entity_id = $2 WHERE entity_id = $1',
    values: [fromId, intoId],
  });
  await tx.query({ name: 'graph-merge-drop', text: 'DELETE FROM entities WHERE id = $1', values: [fromId] });
  await refresh(tx, [intoId]);
}

/** Makes some names of an entity one of its own; resolves to its id. The others must leave at least one name behind. */
export async function splitEntity(
  tx: Tx,
  entityId: number,
  { leaving, staying }: { leaving: readonly NameRow[]; staying: readonly NameRow[] },
  now: Date,
): Promise<number> {
  const [first] = leaving;
  const [rest] = staying;
  if (first === undefined || rest === undefined)
    throw new Error('a split needs a name that leaves and one that stays');
  const isGone = leaving.map(({ key }) => key);
  await tx.query({
    name: 'graph-split-canonical',
    text: `UPDATE entities SET canonical = CASE WHEN canonical = ANY ($2::text[]) THEN $3 ELSE canonical END,
                               taught = taught AND name <> ALL ($4::text[]) WHERE id = $1`,
    values: [entityId, isGone, rest.key, leaving.map(({ name }) => name)],
  });
  const newId = await makeEntity(tx, first, now);
  await tx.query({
    name: 'graph-split-names',
    text: 'UPDATE entity_names SET entity_id = $1 WHERE id = ANY ($2::bigint[])',
    values: [newId, leaving.map(({ id }) => id)],
  });
  // One that nothing was read about would go again at once, were it not the owner's wish.
  await tx.query({
    name: 'graph-split-keep',
    text: `UPDATE entities SET taught = true
            WHERE id = $1 AND NOT EXISTS (SELECT FROM entity_mentions WHERE name_id = ANY ($2::bigint[]))`,
    values: [newId, leaving.map(({ id }) => id)],
  });
  await refresh(tx, [entityId, newId]);
  return newId;
}

/** Makes a name the one that an entity is shown by. */
export async function renameEntity(tx: Tx, entityId: number, name: EntityName): Promise<void> {
  await nameEntity(tx, entityId, name);
  await tx.query({
    name: 'graph-rename',
    text: 'UPDATE entities SET name = $2, canonical = $3, taught = true WHERE id = $1',
    values: [entityId, name.name, name.key],
  });
  await refresh(tx, [entityId]);
}

/** Gives names to an entity that the owner tells of, made where `existing` is undefined; resolves to its id. */
export async function teachEntity(
  tx: Tx,
  existing: number | undefined,
  [main, ...others]: readonly [EntityName, ...EntityName[]],
  now: Date,
): Promise<number> {
  const id = existing ?? (await makeEntity(tx, main, now));
  for (const name of [main, ...others]) await nameEntity(tx, id, name);
  await tx.query({
    name: 'graph-teach',
    text: 'UPDATE entities SET taught = true, name = $2 WHERE id = $1',
    values: [id, main.name],
  });
  await refresh(tx, [id]);
  return id;
}

/** Deletes an entity with all that was read about it; `ignore` keeps its names as ones that are not to be read again. */
export async function forgetEntity(tx: Tx, entityId: number, ignore: boolean): Promise<void> {
  if (ignore) {
    const { rows } = await tx.query<{ id: number }>({
      name: 'graph-ignore-names',
      text: 'UPDATE entity_names SET entity_id = NULL, taught = true WHERE entity_id = $1 RETURNING id',
      values: [entityId],
    });
    const ids = rows.map(({ id }) => id);
    await tx.query({
      name: 'graph-ignore-mentions',
      text: 'DELETE FROM entity_mentions WHERE name_id = ANY ($1::bigint[])',
      values: [ids],
    });
    await tx.query({
      name: 'graph-ignore-links',
      text: 'DELETE FROM entity_links WHERE subject_id = ANY ($1::bigint[]) OR object_id = ANY ($1::bigint[])',
      values: [ids],
    });
  }
  await tx.query({ name: 'graph-forget', text: 'DELETE FROM entities WHERE id = $1', values: [entityId] });
}

/** Owner of a name: an entity's id, null where it is ignored, undefined where nobody knows it. */
export async function ownerOfName(tx: Tx, { kind, key }: EntityName): Promise<number | null | undefined> {
  const { rows } = await tx.query<{ entity_id: number | null }>({
    name: 'graph-owner-of-name',
    text: 'SELECT entity_id FROM entity_names WHERE kind = $1 AND key = $2',
    values: [kind, key],
  });
  return rows[0]?.entity_id;
}

async function refresh(tx: Tx, ids: readonly number[]): Promise<void> {
  await refreshEntities(tx, ids);
  await refreshRelationsOf(tx, ids);
}

async function makeEntity(tx: Tx, { kind, key, name }: EntityName, now: Date): Promise<number> {
  const { rows } = await tx.query<{ id: number }>({
    name: 'graph-make-entity',
    text: `INSERT INTO entities (kind, canonical, name, trust, mentions, first_seen_at, last_seen_at)
           VALUES ($1, $2, $3, 'owner', 0, $4, $4)
           ON CONFLICT ON CONSTRAINT entities_kind_canonical_key DO UPDATE SET last_seen_at = entities.last_seen_at RETURNING id`,
    values: [kind, key, name, now],
  });
  const [row] = rows;
  if (row === undefined) throw new Error(`the entity ${name} could not be made`);
  return row.id;
}

async function nameEntity(tx: Tx, entityId: number, { kind, key, name }: EntityName): Promise<void> {
  await tx.query({
    name: 'graph-name-entity',
    text: `INSERT INTO entity_names (entity_id, kind, key, name, taught) VALUES ($1, $2, $3, $4, true)
           ON CONFLICT ON CONSTRAINT entity_names_kind_key_key
           DO UPDATE SET entity_id = excluded.entity_id, name = excluded.name, taught = true`,
    values: [entityId, kind, key, name],
  });
}
