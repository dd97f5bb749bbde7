/** Words that are frequent in English and rare elsewhere: whoever uses one writes English. */
const englishOnly = new Set(
  'the of and my our your with his her their this that they you it at to for has have from every'.split(' '),
);

/** True where a text is English, as far as its small words tell. Other languages inflect in other ways. */
export function isEnglish(text: string): boolean {
  return (text.toLowerCase().match(/[a-z]+/g) ?? []).some((word) => englishOnly.has(word));
}

const minLength = 4;

/**
 * An English word and what it may be a form of: backup for backups, live for lives. `isGoingOn` says that it follows a form
 * of "to be", as in "is living"; without one, training is a thing of its own. So is a past tense.
 */
export function basesOf(word: string, isGoingOn: boolean): string[] {
  if (word.length < minLength || !/^[a-z]+$/.test(word)) return [word];
  if (word.endsWith('ies')) return [word, `${word.slice(0, -3)}y`];
  if (/(?:s|x|z|ch|sh)es$/.test(word)) return [word, word.slice(0, -2), word.slice(0, -1)];
  if (/[^su]s$/.test(word)) return [word, word.slice(0, -1)];
  if (isGoingOn && word.endsWith('ing') && word.length > minLength + 1)
    return [word, word.slice(0, -3), `${word.slice(0, -3)}e`, word.slice(0, -3).replace(/(.)\1$/, '$1')];
  return [word];
}
