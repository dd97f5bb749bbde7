import type { Trust } from '../../lib/wire/trust.ts';
import { trusts } from '../../lib/wire/trust.ts';
import type { Tx } from '../../lib/store/store.ts';
import { changeKey, changesWhatWasSaid } from '../keep/change.ts';
import { replaces } from '../keep/thing.ts';
import { searchFullText } from '../recall/full-text.ts';
import type { PendingMemory } from './pending.ts';

interface Telling {
  id: number;
  content: string;
  things: string[];
  trust: Trust;
  /** When it was said last. */
  said_at: Date;
}

const maxOthers = 500;
/** Memories with the words of one that says that something has changed. */
const maxAlike = 20;
/** The owner's words and what agents were told; readings of sensors follow one another and replace nothing. */
const tellingKinds = ['note', 'fact', 'preference'];
const mayTell = `prepared AND document_id IS NULL AND kind IN ('${tellingKinds.join("', '")}') AND (trust = 'owner' OR origin = 'agent')`;
const columns = `id, left(content, 4000) AS content, things, trust, coalesce(edited_at, last_seen_at) AS said_at`;

/** True where what a memory says of things may replace something, or be replaced. */
export function mayReplace({
  memory: { kind, trust, origin, document_id: document },
  things,
}: {
  memory: Pick<PendingMemory, 'kind' | 'trust' | 'origin' | 'document_id'>;
  things: readonly string[];
}): boolean {
  return (
    things.length > 0 &&
    document === null &&
    tellingKinds.includes(kind) &&
    (trust === 'owner' || origin === 'agent')
  );
}

/**
 * Marks what these memories replace, and what replaces them: of two that say different values of the same thing, the one that
 * was said first. Nobody's words replace those of somebody who is trusted more.
 */
export async function replaceOutdated(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const { rows: told } = await tx.query<Telling>({
    name: 'memories-telling',
    text: `SELECT ${columns} FROM memory_embeddings WHERE id = ANY ($1::bigint[]) AND things <> '{}' AND ${mayTell}`,
    values: [ids],
  });
  if (told.length === 0) return;
  const others = await tellingOf(
    tx,
    [...new Set(told.flatMap(({ things }) => things))].filter((thing) => thing !== changeKey),
  );
  const replaced = new Map<number, Telling>();
  const note = (
    one: Telling,
    other: Telling,
    isReplaced: (newer: string, older: string) => boolean,
  ): void => {
    const [older, newer] = isBefore(one, other) ? [one, other] : [other, one];
    if (older.id === newer.id || rankOf(newer) > rankOf(older)) return;
    const known = replaced.get(older.id);
    if (known !== undefined && !isBefore(known, newer)) return;
    if (isReplaced(newer.content, older.content)) replaced.set(older.id, newer);
  };
  for (const one of told) {
    for (const other of others) if (sharesThing(one, other)) note(one, other, replaces);
    if (one.things.includes(changeKey))
      for (const other of await alikeTo(tx, one)) note(one, other, changesWhatWasSaid);
  }
  if (replaced.size === 0) return;
  await tx.query({
    name: 'memories-replace',
    text: `UPDATE memory_embeddings AS memory SET replaced_by = given.newer
             FROM unnest($1::bigint[], $2::bigint[]) AS given (older, newer) WHERE memory.id = given.older`,
    values: [[...replaced.keys()], [...replaced.values()].map(({ id }) => id)],
  });
}

async function tellingOf(tx: Tx, things: readonly string[]): Promise<Telling[]> {
  const { rows } = await tx.query<Telling>({
    name: 'memories-telling-of',
    text: `SELECT ${columns} FROM memory_embeddings
            WHERE things && $1::text[] AND things <> '{}' AND replaced_by IS NULL AND ${mayTell} ORDER BY id DESC LIMIT ${maxOthers}`,
    values: [things],
  });
  return rows;
}

/** What was said with the same words, by those that are rare. */
async function alikeTo(tx: Tx, { content }: Telling): Promise<Telling[]> {
  const { words } = await searchFullText(tx, {
    text: content,
    limit: maxAlike,
    filter: { kinds: tellingKinds },
  });
  const { rows } = await tx.query<Telling>({
    name: 'memories-telling-alike',
    text: `SELECT ${columns} FROM memory_embeddings WHERE id = ANY ($1::bigint[]) AND replaced_by IS NULL AND ${mayTell}`,
    values: [words.hits.map(({ id }) => Number(id.slice('memory:'.length)))],
  });
  return rows;
}

function sharesThing(one: Telling, other: Telling): boolean {
  return one.things.some((thing) => thing !== changeKey && other.things.includes(thing));
}

function isBefore(one: Telling, other: Telling): boolean {
  return (
    one.said_at < other.said_at || (one.said_at.getTime() === other.said_at.getTime() && one.id < other.id)
  );
}

function rankOf({ trust }: Telling): number {
  return trusts.indexOf(trust);
}
