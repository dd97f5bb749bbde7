import { createStore } from '../state/store.js';
import { addressOf, readAddress } from './routes.js';

/** @typedef {import('./routes.js').PanelId} PanelId */

/** Where the page is, from `followAddress` on. */
export const place = createStore(
  /** @type {{ panel: PanelId, rest: readonly string[], query: Readonly<Record<string, string>> }} */ ({
    panel: 'now',
    rest: [],
    query: {},
  }),
);

/** @type {readonly { id: PanelId }[]} */
let known = [];

/** Follows the address; call it once. @param {readonly { id: PanelId }[]} panels those that an address may lead to */
export function followAddress(panels) {
  known = panels;
  read();
  addEventListener('hashchange', read);
}

function read() {
  place.set(readAddress(location.hash, known));
}

/**
 * Goes to a panel or to something in it.
 * @param {PanelId} panel @param {readonly (string | number)[]} [rest]
 * @param {Record<string, string>} [query]
 */
export function go(panel, rest, query) {
  location.hash = addressOf(panel, rest, query);
}

/**
 * Changes the address without a step in the history: what filters do.
 * @param {PanelId} panel @param {readonly (string | number)[]} rest
 * @param {Record<string, string>} query
 */
export function replaceAddress(panel, rest, query) {
  history.replaceState(null, '', addressOf(panel, rest, query));
  read();
}
