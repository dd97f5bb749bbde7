import type { RecallFilter } from './recall.ts';

/**
 * A filter as a condition on the columns of memory_embeddings, or of tasks with the right names given: five parameters from
 * `$<first>` on, of which null restricts nothing. `columns` are SQL of ours, never anybody's text.
 */
export function filterSql(
  first: number,
  columns: { kind: string; trust: string; source: string; at: string },
): string {
  const at = (offset: number) => `$${first + offset}`;
  return `(${at(0)}::text[] IS NULL OR ${columns.kind} = ANY (${at(0)}::text[]))
    AND (${at(1)}::text[] IS NULL OR ${columns.trust} = ANY (${at(1)}::text[]))
    AND (${at(2)}::text[] IS NULL OR ${columns.source} = ANY (${at(2)}::text[])
         OR split_part(${columns.source}, ':', 1) = ANY (${at(2)}::text[]))
    AND (${at(3)}::timestamptz IS NULL OR ${columns.at} >= ${at(3)}::timestamptz)
    AND (${at(4)}::timestamptz IS NULL OR ${columns.at} < ${at(4)}::timestamptz)`;
}

/** The values for `filterSql`. */
export function filterValues(filter: RecallFilter = {}): unknown[] {
  return [
    filter.kinds ?? null,
    filter.trusts ?? null,
    filter.sources ?? null,
    filter.since ?? null,
    filter.until ?? null,
  ];
}

/** The columns of memory_embeddings under an alias. */
export function memoryColumns(alias: string): Parameters<typeof filterSql>[1] {
  return {
    kind: `${alias}.kind`,
    trust: `${alias}.trust`,
    source: `${alias}.source`,
    at: `${alias}.created_at`,
  };
}
