/**
 * One thing that the palette leads to.
 * @typedef {object} Entry
 * @property {string} id
 * @property {'panel' | 'act' | 'conversation' | 'task' | 'memory' | 'entity' | 'setting' | 'host' | 'goal' | 'rule' | 'sensor'} kind
 * @property {string} label
 * @property {string} says searched too, and shown small
 * @property {boolean} [found] the daemon found it by the very words: it is not judged again
 * @property {() => void} run
 */

/**
 * The entries that have all words of a text in them, the best first: whose name is it or begins with it, then who has words
 * that do, then the rest; among equals a panel is first and else the order stays. An empty text takes them all.
 * @param {readonly Entry[]} entries @param {string} text @param {number} limit
 * @returns {Entry[]}
 */
export function matching(entries, text, limit) {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return entries.slice(0, limit);
  const words = wanted.split(/\s+/);
  return entries
    .map((entry) => ({ entry, rank: rankOf(entry, wanted, words) }))
    .filter(({ rank }) => rank > 0)
    .sort((one, other) => other.rank - one.rank)
    .slice(0, limit)
    .map(({ entry }) => entry);
}

/** @param {Entry} entry @param {string} wanted @param {readonly string[]} words */
function rankOf({ label, says, found = false, kind }, wanted, words) {
  const name = label.toLowerCase();
  const first = kind === 'panel' ? 0.5 : 0;
  if (name === wanted) return 6 + first;
  if (name.startsWith(wanted)) return 5 + first;
  if (words.every((word) => hasWord(name, word))) return 4 + first;
  if (words.every((word) => name.includes(word))) return 3 + first;
  if (words.every((word) => `${name} ${says.toLowerCase()}`.includes(word))) return 2 + first;
  return found ? 1 : 0;
}

/** Whether a word of the name begins with it. @param {string} name @param {string} word */
function hasWord(name, word) {
  return name.split(/[^\p{L}\p{N}]+/u).some((each) => each.startsWith(word));
}
