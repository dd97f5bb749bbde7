/** Words that are no verb, or are in the form already in which they are said. */
const asTheyAre = new Set(
  'at in on of to for with from by after before under behind near over into via as about is has was does can'.split(
    ' ',
  ),
);
/** @type {Readonly<Record<string, string>>} */
const irregular = { be: 'is', have: 'has' };

/**
 * How one is related to another, as it is said of a third: `looks after` of `look_after`.
 * @param {string} predicate words joined by `_`, as a rule a verb in its base form first
 */
export function predicateWords(predicate) {
  const [verb = '', ...rest] = predicate.split('_');
  return [saidOfOne(verb), ...rest].join(' ');
}

/** @param {string} verb */
function saidOfOne(verb) {
  if (Object.hasOwn(irregular, verb)) return irregular[verb];
  if (asTheyAre.has(verb) || /(?:[^su]s|ed)$/.test(verb) || !/^[a-z]{2,}$/.test(verb)) return verb;
  if (/[^aeiou]y$/.test(verb)) return `${verb.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh|o)$/.test(verb) ? `${verb}es` : `${verb}s`;
}
