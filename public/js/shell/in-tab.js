import { useEffect } from '../view.js';

/**
 * @typedef {'away' | 'trouble' | 'waiting' | 'well'} TabState what the tab tells of the daemon
 */

const awayMark = '(no answer) ';
const icons = {
  away: '/icon-away.svg',
  trouble: '/icon-trouble.svg',
  waiting: '/icon-waiting.svg',
  well: '/icon.svg',
};

/**
 * Title, icon and badge of the tab, for whoever looks at another one.
 * @param {{ label: string, state: TabState, waiting: number }} told `waiting`: what waits for the owner
 */
export function useTab({ label, state, waiting }) {
  useEffect(() => {
    const count = waiting === 0 ? '' : `(${waiting > 99 ? '99+' : waiting}) `;
    document.title = `${state === 'away' ? awayMark : ''}${count}${label} · ninjad`;
  }, [label, state === 'away', waiting]);
  useEffect(() => {
    const icon = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="icon"]'));
    if (icon !== null) icon.href = icons[state];
  }, [state]);
  useEffect(() => {
    // An installed page only; a browser may refuse it.
    const told = waiting === 0 ? navigator.clearAppBadge?.() : navigator.setAppBadge?.(waiting);
    told?.catch(() => undefined);
  }, [waiting]);
}
