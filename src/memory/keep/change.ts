import { kindsOf, tellingWords } from './telling-words.ts';

/** Key of texts that say that something is otherwise than before, whatever it is. */
export const changeKey = 'change';

const maxChars = 400;
/** Of the older text's words, those that the newer one has as well: they say what both are about. */
const minCommon = 2;
const minCommonShare = 0.5;
/** More words than this that only the older one has are no single value. */
const maxOldValueWords = 4;

/** Words that say that it was otherwise before. */
const changes =
  /(?<![\p{L}\p{N}-])(?:now|now that|from now on|these days|nowadays|currently|instead|any ?more|no longer|not|isn't|aren't|wasn't|doesn't|don't|won't|new|since|as of|actually|correction|changed?|switched|moved|replaced|renamed|raised|lowered|increased|reduced|postponed|rescheduled|brought forward|quit|left|went up|went down|rose|fell|dropped|jetzt|nun|neuerdings|ab sofort|statt|stattdessen|nicht mehr|neue[rnms]?|seit|geändert|gewechselt|verschoben|umgezogen|erhöht|maintenant|désormais|dorénavant|plus|depuis|nouveau|nouvelle|changé|déplacée?|ahora|ya no|desde|nuev[oa]|cambió|cambiado)(?![\p{L}\p{N}-])|现在|如今|改|换|不再|今(?:は|、)|現在|変わ|変更|になりました|الآن|أصبح|لم يعد|بدلا/iu;
/** What it was before, as the newer text itself says it. */
const before =
  /(?:[,;] (?:not|no longer|nicht(?: mehr)?|pas|no)|\s(?:instead of|rather than|and not|but not|statt|anstatt|und nicht|au lieu d[eu']|et non|en vez de|y no))\s+[^,.;:]{1,60}$/iu;
const negation =
  /(?<![\p{L}])(?:not|never|no longer|no|without|\p{L}+n't|nicht|kein\p{L}*|nie|pas|jamais|no|nunca|ya no)(?![\p{L}])|不|没|ません|ない|ليس|لا|لم/iu;
/** Of what is said with these verbs there may be many: whoever likes chess now may like tea as well. */
const many =
  /(?<![\p{L}])(?:likes?|loves?|enjoys?|hates?|prefers?|owns?|has|have|had|knows?|plays?|reads?|watch(?:es|ed)?|visit(?:s|ed)?|bought|sold|learns?|learning|mag|liebt|hat|habe|kennt|spielt|aime|a|ai|connaît|tiene|tengo|gusta)(?![\p{L}])/iu;

/** Something beside what was said before. */
const additions =
  /(?<![\p{L}])(?:too|also|as well|another|both|additionally|auch|ebenfalls|noch ein\p{L}*|aussi|encore un\p{L}*|también|otr[oa])(?![\p{L}])|也|还有|もう一/iu;
/** "Omar is my manager": who or what plays a part that one alone has. */
const part = /\s(?:is|are|ist|est|es) (?:my|our|the|mein\p{L}*|unser\p{L}*|mon|ma|notre|mi|nuestr[oa]) /iu;

/** True where a short text says that something is not as it was. */
export function saysChange(text: string): boolean {
  return text.length <= maxChars && changes.test(plain(text));
}

/**
 * True where the newer text says that it is not as the older one has it: about the same, by at least half of the older one's
 * words, with another value of the same kind (a number, a day, a name, a word), or with its denial.
 */
export function changesWhatWasSaid(newer: string, older: string): boolean {
  if (!saysChange(newer) || older.length > maxChars || additions.test(newer)) return false;
  const told = plain(newer);
  const stands = told.replace(before, '');
  const now = tellingWords(stands.replace(negation, ' '));
  const was = tellingWords(plain(older).replace(negation, ' '));
  const common = was.filter((word) => now.includes(word));
  if (negation.test(stands) !== negation.test(plain(older)))
    return was.length >= minCommon && common.length === was.length;
  const change = { common, oldValue: without(was, common), newValue: without(now, common) };
  if (change.oldValue.length === 0 || change.newValue.length === 0) return false;
  const gone = tellingWords(before.exec(told)?.[0] ?? '').filter((word) => was.includes(word));
  if (gone.length > 0 && common.length > 0) return gone.some((word) => change.oldValue.includes(word));
  return isOfOneThing(change, newer, older);
}

interface Change {
  common: readonly string[];
  oldValue: readonly string[];
  newValue: readonly string[];
}

function isOfOneThing({ common, oldValue, newValue }: Change, newer: string, older: string): boolean {
  const [was, now] = [kindsOf(oldValue, older), kindsOf(newValue, newer)];
  const isSingle = oldValue.length === 1 && newValue.length === 1;
  if (common.length === 1 && isSingle && was.has('name') && now.has('name'))
    return part.test(newer) && part.test(older);
  if (many.test(newer) && [...was, ...now].some((kind) => kind !== 'number')) return false;
  const shareOfOld = common.length / (common.length + oldValue.length);
  if (common.length < minCommon || shareOfOld < minCommonShare || oldValue.length > maxOldValueWords)
    return false;
  // Where two words of each differ from as many, they may as well be about two things.
  if (shareOfOld === minCommonShare && oldValue.length > 1 && newValue.length > 1) return false;
  return [...was].some((kind) => now.has(kind));
}

function without(words: readonly string[], others: readonly string[]): string[] {
  return words.filter((word) => !others.includes(word));
}

function plain(text: string): string {
  return text.replace(/[‘’]/g, "'").replace(/[.!。！\s]+$/u, '');
}
