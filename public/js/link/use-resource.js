import { useCallback, useEffect, useRef, useState } from '../view.js';
import { useStore } from '../state/use-store.js';
import { connection, request } from './connection.js';
import { useChanges } from './use-feed.js';

/**
 * @template Data
 * @typedef {object} Resource
 * @property {Data | null} data null until the first answer
 * @property {{ message: string, code?: string } | null} error of the last try
 * @property {boolean} loading
 * @property {() => void} reload
 * @property {(change: (data: Data) => Data) => void} update changes what is shown until the next answer
 */

/**
 * What an operation answers, asked anew on every change of the input, on every reconnection, and when
 * somebody changed it by any face. An old answer stays
 * until the new one is there; one that comes too late is dropped.
 * @template {import('./connection.js').OperationName} Name
 * @param {Name} name @param {import('./connection.js').RequestOf<Name> | null} input null asks nothing yet
 * @param {import('./connection.js').OperationName} [list] the list that it is a row of
 * @returns {Resource<import('./connection.js').Answers[Name]>}
 */
export function useResource(name, input, list) {
  const lives = useStore(connection, (state) => state.lives);
  const key = input === null ? null : JSON.stringify(input);
  const [state, setState] = useState(
    /** @type {{ key: string | null, data: any, error: any, loading: boolean }} */ ({
      key,
      data: null,
      error: null,
      loading: true,
    }),
  );
  const turn = useRef(0);

  const load = useCallback(() => {
    const mine = ++turn.current;
    if (key === null || lives === 0) return;
    setState((before) => ({ ...before, loading: true }));
    request(name, JSON.parse(key)).then(
      (data) => {
        if (mine === turn.current) setState({ key, data, error: null, loading: false });
      },
      (error) => {
        if (mine === turn.current)
          setState((before) => ({
            key,
            data: before.key === key ? before.data : null,
            error,
            loading: false,
          }));
      },
    );
  }, [name, key, lives]);

  useEffect(() => {
    load();
    return () => void (turn.current += 1);
  }, [load]);
  useChanges(list === undefined ? [name] : [name, list], load);

  const update = useCallback(
    (/** @type {(data: any) => any} */ change) =>
      setState((before) => (before.data === null ? before : { ...before, data: change(before.data) })),
    [],
  );
  return { data: state.data, error: state.error, loading: state.loading, reload: load, update };
}
