import { withPage } from '../state/rows.js';
import { useStore } from '../state/use-store.js';
import { useCallback, useEffect, useRef, useState } from '../view.js';
import { connection, request } from './connection.js';
import { useChanges } from './use-feed.js';

const mostRows = 2_000;
const pageRows = 100;
/** Most rows that one answer has. */
const mostPageRows = 1_000;

/** @typedef {import('./connection.js').Answers} Answers */

/**
 * Operations that answer in pages.
 * @typedef {{
 *   [Name in keyof Answers]: Answers[Name] extends { items: any[], next: number | null } ? Name : never
 * }[keyof Answers]} PagedName
 */

/**
 * @template Row
 * @typedef {object} Pages
 * @property {readonly Row[] | null} items null until the first answer
 * @property {{ message: string } | null} error
 * @property {boolean} more whether there is a following page
 * @property {() => void} loadMore
 * @property {() => void} reload
 * @property {(change: (items: readonly Row[]) => readonly Row[]) => void} update
 */

/**
 * A list that comes in pages, newest first. Another input or a reconnection begins anew; when somebody changed the list by
 * any face, as many rows as are shown are asked for again. What is shown stays until the answer is there. It holds
 * 2,000 rows at most: who wants older ones filters.
 * @param {PagedName} name
 * @param {Record<string, unknown>} input without the paging
 * @returns {Pages<any>}
 */
export function usePages(name, input) {
  const lives = useStore(connection, (state) => state.lives);
  const key = JSON.stringify(input);
  const [state, setState] = useState(
    /** @type {{ items: readonly any[] | null, next: number | null, error: any }} */ ({
      items: null,
      next: null,
      error: null,
    }),
  );
  const turn = useRef(0);
  const busy = useRef(false);

  const load = useCallback(
    async (/** @type {number | null} */ before, limit = pageRows) => {
      const mine = before === null ? ++turn.current : turn.current;
      busy.current = true;
      try {
        const page = await request(name, {
          ...JSON.parse(key),
          limit,
          ...(before !== null && { before }),
        });
        if (mine !== turn.current) return;
        setState(({ items }) => ({
          items:
            before === null || items === null ? page.items : withPage(items, /** @type {any} */ (page.items)),
          next: page.next,
          error: null,
        }));
      } catch (error) {
        if (mine === turn.current) setState((before) => ({ ...before, error }));
      } finally {
        if (mine === turn.current) busy.current = false;
      }
    },
    [name, key],
  );
  useEffect(() => {
    if (lives > 0) void load(null);
    return () => void (turn.current += 1);
  }, [load, lives]);

  const more = state.next !== null && (state.items?.length ?? 0) < mostRows;
  const loadMore = useCallback(() => {
    if (more && !busy.current) void load(state.next);
  }, [load, more, state.next]);
  const reload = useCallback(() => void load(null), [load]);
  useChanges([name], () => {
    if (state.items !== null) void load(null, Math.min(mostPageRows, Math.max(pageRows, state.items.length)));
  });
  const update = useCallback(
    (/** @type {(items: readonly any[]) => readonly any[]} */ change) =>
      setState((before) => (before.items === null ? before : { ...before, items: change(before.items) })),
    [],
  );
  return { items: state.items, error: state.error, more, loadMore, reload, update };
}
