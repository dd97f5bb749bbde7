/**
 * @template State
 * @typedef {object} Store
 * @property {() => State} get
 * @property {(change: Partial<State> | ((state: State) => Partial<State>)) => void} set
 * @property {(listener: () => void) => () => void} subscribe
 */

/**
 * A value that tells its listeners when it has changed. `set` merges; a change that changes nothing tells nobody.
 * @template {object} State
 * @param {State} initial
 * @returns {Store<State>}
 */
export function createStore(initial) {
  let state = initial;
  /** @type {Set<() => void>} */
  const listeners = new Set();
  return {
    get: () => state,
    set(change) {
      const patch = typeof change === 'function' ? change(state) : change;
      const keys = /** @type {(keyof State)[]} */ (Object.keys(patch));
      if (keys.every((key) => Object.is(state[key], patch[key]))) return;
      state = Object.assign({}, state, patch);
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
