/** The name in a row: XState calls work without an id of its own `0.machine.state`. @param {{ id: string }} actor */
export function nameOf({ id }) {
  const state = /^\d+\.[^.]+\.(.+)$/.exec(id)?.[1];
  return state === undefined ? id : `in ${state}`;
}

/** That a promise has begun and ended stands in its parent's rows. @param {import('../../../../src/inspection/tree-view.ts').Transition} row */
export function isNews({ before, after, event }) {
  return before.length + after.length > 0 || !event.startsWith('xstate.');
}

/**
 * An event in few words: XState's own names are long.
 * @param {string} event such as `xstate.after.rest.chore.resting`
 */
export function eventWords(event) {
  if (event === 'xstate.init') return 'begins';
  if (event === 'xstate.stop') return 'is stopped';
  return event
    .replace(/^xstate\.(done|error)\..*$/, '$1')
    .replace(/^xstate\.after\.([^.]+)\..*$/, 'after $1');
}
