import { withPage } from '../state/rows.js';
import { useStore } from '../state/use-store.js';
import { useCallback, useEffect, useRef, useState } from '../view.js';
import { connection, request } from './connection.js';

const mostRows = 2_000;

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
 * A list that comes in pages, newest first. Another input or a reconnection begins anew; what is shown stays until
 * the answer is there. It holds 2,000 rows at most: who wants older ones filters.
 * @param {'tasks.list' | 'events.list' | 'memories.list' | 'wishes.list' | 'findings.list' | 'activity.list' | 'notices.list'} name
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
    async (/** @type {number | null} */ before) => {
      const mine = before === null ? ++turn.current : turn.current;
      busy.current = true;
      try {
        const page = await request(name, {
          ...JSON.parse(key),
          limit: 100,
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
  const update = useCallback(
    (/** @type {(items: readonly any[]) => readonly any[]} */ change) =>
      setState((before) => (before.items === null ? before : { ...before, items: change(before.items) })),
    [],
  );
  return { items: state.items, error: state.error, more, loadMore, reload, update };
}
