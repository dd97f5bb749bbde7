import { useEffect, useReducer, useRef } from '../view.js';

/**
 * What a component takes from a store; it is rendered anew only when that has changed.
 * @template State, Selected
 * @param {import('./store.js').Store<State>} store
 * @param {(state: State) => Selected} select must give the same value for the same state
 * @returns {Selected}
 */
export function useStore(store, select) {
  const [, renderAgain] = useReducer((/** @type {number} */ times) => times + 1, 0);
  const selected = select(store.get());
  const latest = useRef({ select, selected });
  latest.current = { select, selected };
  useEffect(() => {
    const look = () => {
      if (!Object.is(latest.current.select(store.get()), latest.current.selected)) renderAgain(0);
    };
    look();
    return store.subscribe(look);
  }, [store]);
  return selected;
}
