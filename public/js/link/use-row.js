import { useResource } from './use-resource.js';

/** @typedef {import('./use-pages.js').PagedName} PagedName */

/**
 * One row of a list by its number, also where the list does not show it (yet).
 * @param {PagedName} name @param {readonly any[] | null} items what the list shows; null until it is there
 * @param {number | null} id null where none is asked for
 * @returns {{ row: any, missing: boolean }} `missing`: there is none of this number
 */
export function useRow(name, items, id) {
  const shown = items?.find((row) => row.id === id);
  const asks = id !== null && items !== null && shown === undefined;
  const { data, loading } = useResource(name, asks ? { before: id + 1, limit: 1 } : null);
  const found = /** @type {any} */ (data)?.items.find((/** @type {any} */ row) => row.id === id);
  const row = shown ?? found ?? null;
  return { row, missing: asks && row === null && !loading };
}
