import type { Tx } from '../lib/store/store.ts';

/** Where imported memories came from. */
export const importKinds = ['chatgpt', 'claude', 'markdown'] as const;
export type ImportKind = (typeof importKinds)[number];

/** An import of memories. */
export interface ImportView {
  id: number;
  at: Date;
  kind: ImportKind;
  /** The path that was named. */
  origin: string;
  undoneAt: Date | null;
  /** Texts that were taken. */
  items: number;
  /** Memories that are of it now; a long text is several. */
  memories: number;
}

/** The tag of the memories of an import. */
export function importTag(id: number): string {
  return `import:${id}`;
}

/** Begins an import; resolves to its number. */
export async function beginImport(
  tx: Tx,
  { kind, origin, now }: { kind: ImportKind; origin: string; now: Date },
): Promise<number> {
  const { rows } = await tx.query<{ id: number }>({
    name: 'imports-begin',
    text: 'INSERT INTO imports (at, kind, origin) VALUES ($1, $2, $3) RETURNING id',
    values: [now, kind, origin],
  });
  return (rows[0] as { id: number }).id;
}

/** Which of these texts were never taken, or were taken back. */
export async function unknownItems(tx: Tx, hashes: readonly string[]): Promise<Set<string>> {
  const { rows } = await tx.query<{ hash: string }>({
    name: 'imports-unknown',
    text: `SELECT given.hash FROM unnest($1::text[]) AS given (hash) WHERE NOT EXISTS (SELECT FROM import_items i WHERE i.hash = given.hash)`,
    values: [hashes],
  });
  return new Set(rows.map(({ hash }) => hash));
}

/** Notes that these texts were taken; resolves to those that nobody else has taken meanwhile. */
export async function takeItems(tx: Tx, importId: number, hashes: readonly string[]): Promise<Set<string>> {
  const { rows } = await tx.query<{ hash: string }>({
    name: 'imports-take',
    text: `INSERT INTO import_items (hash, import_id) SELECT DISTINCT hash, $2::bigint FROM unnest($1::text[]) AS given (hash)
           ON CONFLICT (hash) DO NOTHING RETURNING hash`,
    values: [hashes, importId],
  });
  return new Set(rows.map(({ hash }) => hash));
}

/** The newest imports. */
export async function listImports(store: Tx, limit: number): Promise<ImportView[]> {
  const { rows } = await store.query<ImportView>({
    name: 'imports-list',
    text: `SELECT id, at, kind, origin, undone_at AS "undoneAt",
                  (SELECT count(*)::int FROM import_items WHERE import_id = imports.id) AS items,
                  (SELECT count(*)::int FROM memory_embeddings WHERE 'import:' || imports.id = ANY (tags)) AS memories
             FROM imports ORDER BY id DESC LIMIT $1`,
    values: [limit],
  });
  return rows;
}

/** What became of the memories of an import that was taken back. */
export interface Undone {
  forgotten: number;
  /** Those that were pinned, edited or said again since, and stay. */
  kept: number;
}

/** Forgets the memories of an import; undefined where there is none of that number that stands. */
export async function undoImport(tx: Tx, id: number, now: Date): Promise<Undone | undefined> {
  const { rowCount } = await tx.query({
    name: 'imports-undo',
    text: 'UPDATE imports SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL',
    values: [id, now],
  });
  if ((rowCount ?? 0) === 0) return undefined;
  await tx.query({
    name: 'imports-untake',
    text: 'DELETE FROM import_items WHERE import_id = $1',
    values: [id],
  });
  const gone = await tx.query({
    name: 'imports-forget',
    text: `DELETE FROM memory_embeddings WHERE origin = 'import' AND $1 = ANY (tags)
              AND NOT pinned AND edited_at IS NULL AND seen_count = 1`,
    values: [importTag(id)],
  });
  const kept = await tx.query({
    name: 'imports-untag',
    text: 'UPDATE memory_embeddings SET tags = array_remove(tags, $1) WHERE $1 = ANY (tags)',
    values: [importTag(id)],
  });
  return { forgotten: gone.rowCount ?? 0, kept: kept.rowCount ?? 0 };
}
