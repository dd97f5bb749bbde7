/** A longer text has its words found by the database. */
const maxChars = 2_000;

/** Letters, digits and signs of ASCII, and signs of other blocks that stand in English texts: dashes, quotes, arrows. */
const allowed = /^[\x01-\x7f\u2010-\u2027\u2030-\u205e\u2190-\u21ff]*$/;
const ascii = /^[\x01-\x7f]*$/;

/**
 * True where `memory_terms` of the database certainly takes a text, in lower case, for English: it has no small word that only another
 * language has, or more of English than of any other. False in case of doubt, such as a small word beside a sign with which
 * the database may read it as a part of something longer.
 */
export function isPlainEnglish(lowered: string): boolean {
  if (lowered.length > maxChars || !allowed.test(lowered)) return false;
  const found = new Set<string>();
  let isForeign = !ascii.test(lowered);
  let isDoubtful = lowered.includes('<');
  for (const { 0: word, index } of lowered.matchAll(/[a-z]+/g)) {
    const languages = languagesOf.get(word);
    if (languages === undefined) continue;
    found.add(word);
    isForeign ||= !languages.has('english');
    isDoubtful ||= !standsAlone(lowered, index, index + word.length);
  }
  if (!isForeign) return true;
  return !isDoubtful && isMostlyEnglish(found);
}

/** More of its different small words are English than of any other language. */
function isMostlyEnglish(words: ReadonlySet<string>): boolean {
  const counts = new Map<string, number>();
  for (const word of words)
    for (const language of languagesOf.get(word) ?? []) counts.set(language, (counts.get(language) ?? 0) + 1);
  const { english = 0, ...others } = Object.fromEntries(counts) as Record<string, number>;
  return Object.values(others).every((count) => count < english) && english > 0;
}

function standsAlone(text: string, start: number, end: number): boolean {
  return (
    (start === 0 || /[\s,;!?()"']/.test(text.charAt(start - 1))) &&
    /^(?:[\s,;!?()"']|[.:](?:\s|$)|$)/.test(text.slice(end, end + 2))
  );
}

/** The small words of `memory_language` of the database, as far as they are of plain letters. */
const smallWords = {
  english:
    'the of and my our your with this that they you it to for have has is are were what where when who how ' +
    'does did which why not from by be been i we at on or but his her their a',
  german:
    'der das und ist nicht ich wir ein eine einen einem einer vom zum zur mit auf bei dem sind wird wurde wo ' +
    'wer wann wie welche welcher welches oder auch noch nach aus unser unsere mein meine meinen kein keine im ' +
    'die den hat habe haben hast warum wieviel sich als beim',
  french:
    'le la les une est dans pour avec sur pas qui que du au aux ce cette mon ma mes nous vous je il elle sont ' +
    'chez et quand combien des un quel quelle comment notre en de',
  spanish:
    'el la los las una un es con para por del mi mis nuestro nuestra que en se su y pero muy son de al tiene',
  italian:
    'il lo la gli di che una un per con della del nel sono dove quando chi quanto mio mia nostro non si da ' +
    'alla dei',
  portuguese:
    'o os a as uma um com para em do da dos das onde quem quando quanto meu minha nosso que de no na',
  dutch:
    'het een van niet voor met zijn waar wie wat wanneer mijn onze ook maar naar de is en ik wij op bij hoe',
};

const languagesOf = new Map<string, Set<string>>();
for (const [language, words] of Object.entries(smallWords))
  for (const word of words.split(' '))
    languagesOf.set(word, (languagesOf.get(word) ?? new Set()).add(language));
