import type { EntityName, FoundAlias } from '../extract/extraction.ts';
import type { Trust } from '../../lib/wire/trust.ts';
import type { Store, Tx } from '../../lib/store/store.ts';
import { nameId, recordAliases, resolveNames, type SeenName, type StoredName } from './names.ts';
import { type Origin, type Pending, settlePending } from './pending.ts';
import { type NameTriple, refreshEntities, refreshRelations } from './refresh.ts';

/** Findings in one memory or task; none where that is gone. */
export interface Learned {
  pending: Pending;
  eventId: number | null;
  at: Date;
  mentions: readonly (EntityName & { trust: Trust; snippet: string })[];
  links: readonly {
    subject: EntityName;
    predicate: string;
    object: EntityName;
    trust: Trust;
    snippet: string;
  }[];
  aliases: readonly FoundAlias[];
}

/**
 * Puts findings into the graph, in place of those that the same memories and tasks gave before, and takes these off the
 * queue: all in one transaction, so that a crash repeats and never doubles. Resolves to the number of entities touched.
 */
export function writeLearned(store: Store, learned: readonly Learned[]): Promise<number> {
  return store.transaction(async (tx) => {
    const before = await takeBack(tx, learned);
    const seen = seenNames(learned);
    await recordAliases(
      tx,
      learned.flatMap(({ aliases }) => aliases),
      seen,
    );
    const names = await resolveNames(tx, seen);
    const mentioned = await addMentions(tx, learned, names);
    const triples = await addLinks(tx, learned, names);
    const entityIds = await entitiesOf(tx, [...before.nameIds, ...mentioned]);
    await refreshRelations(tx, uniqueTriples([...before.triples, ...triples]));
    await refreshEntities(tx, entityIds);
    await settlePending(
      tx,
      learned.map(({ pending }) => pending),
    );
    return entityIds.length;
  });
}

async function takeBack(
  tx: Tx,
  learned: readonly Learned[],
): Promise<{ nameIds: number[]; triples: NameTriple[] }> {
  const values = [
    learned.map(({ pending }) => pending.origin),
    learned.map(({ pending }) => pending.origin_id),
  ];
  const from = `USING unnest($1::text[], $2::bigint[]) AS read (origin, origin_id)
                WHERE old.origin = read.origin AND old.origin_id = read.origin_id`;
  const mentions = await tx.query<{ name_id: number }>({
    name: 'graph-take-back-mentions',
    text: `DELETE FROM entity_mentions old ${from} RETURNING name_id`,
    values,
  });
  const links = await tx.query<NameTriple>({
    name: 'graph-take-back-links',
    text: `DELETE FROM entity_links old ${from} RETURNING subject_id, predicate, object_id`,
    values,
  });
  return { nameIds: mentions.rows.map((row) => row.name_id), triples: links.rows };
}

function seenNames(learned: readonly Learned[]): SeenName[] {
  const seen = new Map<string, SeenName>();
  for (const { at, mentions } of learned) {
    for (const { kind, key, name, trust } of mentions) {
      const id = nameId({ kind, key });
      if (!seen.has(id)) seen.set(id, { kind, key, name, trust, at });
    }
  }
  return [...seen.values()];
}

interface Row {
  origin: Origin;
  originId: number;
  eventId: number | null;
  at: Date;
  trust: Trust;
  snippet: string;
}

async function addMentions(
  tx: Tx,
  learned: readonly Learned[],
  names: Map<string, StoredName>,
): Promise<number[]> {
  const rows = learned.flatMap((one) =>
    one.mentions.flatMap((mention) => {
      const name = names.get(nameId(mention));
      return name?.entityId == null ? [] : [{ nameId: name.id, ...rowOf(one, mention) }];
    }),
  );
  if (rows.length > 0) {
    await tx.query({
      name: 'graph-add-mentions',
      text: `INSERT INTO entity_mentions (name_id, origin, origin_id, event_id, trust, snippet, at)
             SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[])
             ON CONFLICT ON CONSTRAINT entity_mentions_pkey DO NOTHING`,
      values: [rows.map((row) => row.nameId), ...columnsOf(rows)],
    });
  }
  return rows.map((row) => row.nameId);
}

async function addLinks(
  tx: Tx,
  learned: readonly Learned[],
  names: Map<string, StoredName>,
): Promise<NameTriple[]> {
  const rows = learned.flatMap((one) =>
    one.links.flatMap((link) => {
      const subject = names.get(nameId(link.subject));
      const object = names.get(nameId(link.object));
      if (subject?.entityId == null || object?.entityId == null || subject.id === object.id) return [];
      return [
        { subject_id: subject.id, predicate: link.predicate, object_id: object.id, ...rowOf(one, link) },
      ];
    }),
  );
  if (rows.length > 0) {
    await tx.query({
      name: 'graph-add-links',
      text: `INSERT INTO entity_links (subject_id, predicate, object_id, origin, origin_id, event_id, trust, snippet, at)
             SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::text[],
                                  $8::text[], $9::timestamptz[])
             ON CONFLICT ON CONSTRAINT entity_links_pkey DO NOTHING`,
      values: [
        rows.map((row) => row.subject_id),
        rows.map((row) => row.predicate),
        rows.map((row) => row.object_id),
        ...columnsOf(rows),
      ],
    });
  }
  return rows;
}

function rowOf(
  { pending, eventId, at }: Learned,
  { trust, snippet }: { trust: Trust; snippet: string },
): Row {
  return { origin: pending.origin, originId: pending.origin_id, eventId, at, trust, snippet };
}

function columnsOf(rows: readonly Row[]): unknown[] {
  return [
    rows.map(({ origin }) => origin),
    rows.map(({ originId }) => originId),
    rows.map(({ eventId }) => eventId),
    rows.map(({ trust }) => trust),
    rows.map(({ snippet }) => snippet),
    rows.map(({ at }) => at),
  ];
}

/** Recorded aliases count too: their entity shows them. */
async function entitiesOf(tx: Tx, nameIds: readonly number[]): Promise<number[]> {
  if (nameIds.length === 0) return [];
  const { rows } = await tx.query<{ id: number }>({
    name: 'graph-entities-of-names',
    text: 'SELECT DISTINCT entity_id AS id FROM entity_names WHERE id = ANY ($1::bigint[]) AND entity_id IS NOT NULL',
    values: [[...new Set(nameIds)]],
  });
  return rows.map(({ id }) => id);
}

function uniqueTriples(triples: readonly NameTriple[]): NameTriple[] {
  const byId = new Map(
    triples.map(({ subject_id, predicate, object_id }) => [
      `${subject_id} ${predicate} ${object_id}`,
      { subject_id, predicate, object_id },
    ]),
  );
  return [...byId.values()];
}
