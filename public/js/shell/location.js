import { createStore } from '../state/store.js';
import { addressOf, readAddress } from './routes.js';

/** Where the page is. */
export const place = createStore(readAddress(location.hash));

/** Follows the address; call it once. */
export function followAddress() {
  addEventListener('hashchange', () => place.set(readAddress(location.hash)));
}

/**
 * Goes to a panel or to something in it.
 * @param {import('./routes.js').PanelId} panel @param {readonly (string | number)[]} [rest]
 * @param {Record<string, string>} [query]
 */
export function go(panel, rest, query) {
  location.hash = addressOf(panel, rest, query);
}

/**
 * Changes the address without a step in the history: what filters do.
 * @param {import('./routes.js').PanelId} panel @param {readonly (string | number)[]} rest
 * @param {Record<string, string>} query
 */
export function replaceAddress(panel, rest, query) {
  history.replaceState(null, '', addressOf(panel, rest, query));
  place.set(readAddress(location.hash));
}
