const minBitsAChar = 3.9;
const minTurns = 6;

/** True where a word in the place of a secret looks like one: letters with digits or signs, as no word has. */
export function looksSecret(word: string): boolean {
  const bare = word.replace(/[.,;:!?)]+$/, '');
  if (bare.length < 4 || /^\[redacted/.test(bare)) return false;
  if (/^(?:https?:\/\/|\/|~|\d{1,2}[:.]\d{2}$|\d{4}-\d{2}-\d{2})/.test(bare)) return false;
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u].filter((kind) => kind.test(bare)).length;
  const hasDigitOrSign = /\d/.test(bare) || /[!@#$%^&*+=?~|\\]/.test(bare);
  return (hasDigitOrSign && kinds >= 2) || (/^\d{4,}$/.test(bare) && bare.length <= 12);
}

/**
 * True where a long word is random rather than a name: letters of both cases and digits that take turns, with the
 * entropy of chance. Hashes and UUIDs are no secrets by themselves, nor are paths and names in code.
 */
export function looksRandom(word: string): boolean {
  if (/^[0-9a-f-]+$/i.test(word) || /^(?:sha\d+|md5)-/i.test(word)) return false;
  if (!/\p{Ll}/u.test(word) || !/\p{Lu}/u.test(word) || !/\d/.test(word)) return false;
  const slashes = word.match(/\//g)?.length ?? 0;
  if (slashes > word.length / 16) return false;
  return turnsOf(word) >= Math.max(minTurns, word.length / 4) && bitsAChar(word) >= minBitsAChar;
}

/** Counts the changes from one kind of character to another; `helloWorld2` has two. */
function turnsOf(word: string): number {
  let turns = 0;
  let before = '';
  for (const char of word) {
    const kind = /\d/.test(char)
      ? 'digit'
      : /\p{Lu}/u.test(char)
        ? 'upper'
        : /\p{Ll}/u.test(char)
          ? 'lower'
          : 'sign';
    if (before !== '' && kind !== before) turns += 1;
    before = kind;
  }
  return turns;
}

/** Shannon's entropy of the characters, in bits. */
function bitsAChar(word: string): number {
  const counts = new Map<string, number>();
  for (const char of word) counts.set(char, (counts.get(char) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => {
    const share = count / word.length;
    return bits - share * Math.log2(share);
  }, 0);
}
