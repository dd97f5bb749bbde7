/** What a word of a value may be. */
export type ValueKind = 'number' | 'day' | 'name' | 'word';

const days =
  /^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|january|february|march|april|may|june|july|august|september|october|november|december|januar|februar|märz|mai|juni|juli|oktober|dezember)$/u;

const numbers = new Set(
  (
    'one two three four five six seven eight nine ten eleven twelve first second third fourth fifth sixth seventh eighth ninth tenth ' +
    'zwei drei vier fünf sechs sieben acht neun zehn elf zwölf deux trois quatre cinq sept huit neuf dix dos tres cuatro cinco seis siete ocho nueve diez'
  ).split(' '),
);

/** Words that say nothing of a thing or its value, markers of a change among them. */
const empty = new Set(
  (
    'the a an is are was were be been am of to in on at by for with from and or but so that this it its as has have will would should do does did ' +
    'now new current currently these days nowadays instead anymore any more longer no not since actually correction update sorry changed change ' +
    'switched moved replaced renamed raised lowered increased reduced postponed rescheduled brought forward went up down back again please just ' +
    'my our your his her their mine ours always usually then there here ' +
    'der die das den dem des ein eine einen einem einer ist sind war im am um zu zum zur und oder mein meine meinen unser unsere jetzt nun neu neue neuer neuen nicht mehr ' +
    'le la les un une du de des est sont et mon ma mes notre nos maintenant désormais nouveau nouvelle ne pas plus ' +
    'el los las una del es son está y mi mis nuestro nuestra ahora ya no nuevo nueva'
  ).split(' '),
);

/** The words of a text that carry something, in small letters, each once; scripts without spaces by pairs of characters. */
export function tellingWords(text: string): string[] {
  const found =
    text
      .toLowerCase()
      .normalize('NFKC')
      .match(/[\p{L}\p{M}\p{N}]+(?:[.:,'-][\p{L}\p{N}]+)*/gu) ?? [];
  const words = found
    .map((word) => word.replace(/'s$/, ''))
    .flatMap((word) => (wide.test(word) ? pairsOf(word) : [stem(word)]));
  return [...new Set(words)].filter((word) => !empty.has(word));
}

const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

function pairsOf(run: string): string[] {
  return run.length < 2 ? [run] : Array.from({ length: run.length - 1 }, (_, at) => run.slice(at, at + 2));
}

/** Plurals and the third person, as far as an "s" tells. */
function stem(word: string): string {
  return /^[a-z]{4,}s$/.test(word) && !/(?:ss|us|is)$/.test(word) && !days.test(word)
    ? word.slice(0, -1)
    : word;
}

/** The kinds of words among those of a value; `text` is what they were taken from. */
export function kindsOf(words: readonly string[], text: string): Set<ValueKind> {
  return new Set(words.map((word) => kindOf(word, text)));
}

function kindOf(word: string, text: string): ValueKind {
  if (/^[\p{N}.:,]*\p{N}/u.test(word) || numbers.has(word)) return 'number';
  if (days.test(word)) return 'day';
  const capital = word.charAt(0).toUpperCase() + word.slice(1);
  return capital !== word && text.includes(capital) ? 'name' : 'word';
}
