/** A page of a list, newest first; `next` is what `before` has to be for the following one, null on the last. */
export interface Page<Item> {
  items: Item[];
  next: number | null;
}

/** A page of rows that were asked for with one more than `limit`. */
export function pageOf<Row extends { id: number }>(rows: readonly Row[], limit: number): Page<Row> {
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
