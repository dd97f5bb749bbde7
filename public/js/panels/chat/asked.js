const storageKey = 'ninjad.asked';
const most = 50;

/** What the owner wrote in this browser lately, the newest first: the arrow up goes through it. @returns {readonly string[]} */
export function askedBefore() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** @param {string} text */
export function noteAsked(text) {
  try {
    const kept = [text, ...askedBefore().filter((each) => each !== text)].slice(0, most);
    sessionStorage.setItem(storageKey, JSON.stringify(kept));
  } catch {
    // Storage may be full or forbidden: then the arrow brings nothing back.
  }
}
