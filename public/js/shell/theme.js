import { createStore } from '../state/store.js';
import { forgetTokens } from '../components/token.js';

/**
 * @typedef {'system' | 'dark' | 'light'} ThemeChoice `system`: light for those who ask their system for it, else dark
 */

const storageKey = 'ninjad.theme';
const wantsLight = matchMedia('(prefers-color-scheme: light)');
const paper = '#f3f1e8';
const ground = '#1e1f1c';

/** What the owner chose in this browser, and whether the page is light by it. */
export const theme = createStore({ choice: remembered(), isLight: isLightBy(remembered()) });

/** Shows the page in the colours that this browser keeps, and follows the system; call it once. */
export function followTheme() {
  wantsLight.addEventListener('change', apply);
  apply();
}

/** @param {ThemeChoice} choice */
export function chooseTheme(choice) {
  theme.set({ choice });
  try {
    if (choice === 'system') localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, choice);
  } catch {
    // A browser that keeps nothing shows it until the page is loaded anew.
  }
  apply();
}

function apply() {
  const { choice } = theme.get();
  const isLight = isLightBy(choice);
  const sheet = /** @type {HTMLLinkElement | null} */ (document.getElementById('light'));
  if (sheet !== null) sheet.media = isLight ? 'all' : 'not all';
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', isLight ? paper : ground);
  forgetTokens();
  theme.set({ isLight });
}

/** @param {ThemeChoice} choice */
function isLightBy(choice) {
  return choice === 'light' || (choice === 'system' && wantsLight.matches);
}

/** @returns {ThemeChoice} */
function remembered() {
  try {
    const kept = localStorage.getItem(storageKey);
    return kept === 'dark' || kept === 'light' ? kept : 'system';
  } catch {
    return 'system';
  }
}
