/**
 * What the list of tasks can be asked for; empty means any.
 * @typedef {{ state: string, priority: string, source: string, text: string }} TaskFilter
 */

/** @param {Readonly<Record<string, string>>} query of the address @returns {TaskFilter} */
export function filterOf({ state = '', priority = '', source = '', text = '' }) {
  return { state, priority, source, text };
}

/** What the daemon is asked. @param {TaskFilter} filter */
export function inputOf(filter) {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ''));
}

/**
 * Whether a changed row belongs into the list; a text is for the daemon to find, so that only known rows are changed then.
 * @param {TaskFilter} filter
 */
export function fitting({ state, priority, source }) {
  return (/** @type {{ state: string, priority: string, source: string }} */ row) =>
    (state === '' || row.state === state) &&
    (priority === '' || row.priority === priority) &&
    (source === '' || row.source === source);
}
