/** @type {Map<string, string>} */
const known = new Map();

/**
 * The value of a design token, for those who draw on a canvas.
 * @param {string} name without the dashes
 */
export function tokenOf(name) {
  const found = known.get(name);
  if (found !== undefined) return found;
  const value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  known.set(name, value);
  return value;
}

/** Reads the tokens anew: the page has other colours now. */
export function forgetTokens() {
  known.clear();
}
