import { isEnglish } from './inflection.ts';

/**
 * True where an English text, or one of no language that is known here, has no verb that makes it a sentence: "oil for the
 * floor" is looked for, not stated. Other languages and scripts are left alone.
 */
export function isFragment(text: string): boolean {
  if (!/^[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]*$/u.test(text)) return false;
  if (!isEnglish(text) && foreign.test(text)) return false;
  return !hasFiniteVerb(text);
}

const foreign =
  /(?<![\p{L}'])(?:der|die|das|den|dem|ist|und|nicht|ich|wir|ein|eine|einen|vom|zum|im|mit|für|hat|le|la|les|est|et|une|du|des|dans|sur|chez|el|los|las|es|está|una|con|para|por|mi|il|che|di|het|een|van|mijn|onze|staat|mio|mia|jag|har|till|bij|ligt|zijn|não|uma|em|com|og|och|är|jest|na|ma|są|do|je|nie|się|u|kommt|kommen|komme|liegt|steht|hängt|um|bei|beim|am|an|morgen|gestern|heute|wohnt|heißt|fährt|geht|braucht|bekommt|arbeitet|schläft|isst|mag|will|vient|arrive|part|habite|viene|llega|vive|tiene)(?![\p{L}'])/iu;

/** "The gate code 4471", "dentist on the 14th at 9:30": the verb is left out, the news is not. */
const withValue =
  /^(?:(?:the|my|our) )?(?:\p{Ll}[\p{L}'-]* ){2,5}\d{3,}[\d -]*$|^(?:\p{L}[\p{L}'-]* ){1,6}on (?:the \d{1,2}(?:st|nd|rd|th)|\p{Lu}\p{Ll}*day)\b.* at \p{L}*\d*/u;
/** "Passport office: 19 January, 10:15": a name for it, and a value. */
const labelled = /^[^:?]{3,60}: \S*\p{N}|^[^:?]{3,60}: .*\p{N}{3}/u;
const contracted =
  /^(?:\p{L}+ ){0,3}\p{L}+['’]s (?:\p{L}+ing|at|in|on|with|under|behind|not|now|always|never|been|got|gone|moved|broken|dead|out|back)\b/iu;
const refusals =
  /^(?:no|not|never) (?:\p{L}+ )*(?:before|after|in|on|at|until|this|next|today|tomorrow|please)\b/iu;

function hasFiniteVerb(text: string): boolean {
  if (withValue.test(text) || labelled.test(text) || contracted.test(text) || refusals.test(text))
    return true;
  if (
    auxiliaries.test(text.replace(mayOfYear, ' ')) ||
    withObject.test(text) ||
    pronouns.test(text) ||
    named.test(text)
  )
    return true;
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  // "Planted garlic in the back bed"; a shorter one may name something used.
  const mayLeaveOutSubject = words.length >= minWordsWithoutSubject;
  return words.some(
    (word, index) =>
      pasts.has(word) ||
      (index > 0 && thirds.has(word)) ||
      ((index > 0 || mayLeaveOutSubject) && isRegularPast(word)),
  );
}

const mayOfYear = /(?<=\S )May\b/gu;
/** "The hotel charges 12 euros", "My brother repairs bikes": a word that has the ending of a verb, and its object. */
const withObject =
  /^(?:(?:the|a|an|my|our|his|her|their) )(?:[\p{L}'’-]+ ){1,4}\p{Ll}{2,}s (?:the|an?|my|our|me|us|him|her|them|it|every|each|no|all|until|when|again|\p{Ll}+ly|\p{N}\S*)(?![\p{L}])|^(?:my|our|his|her|their) (?:[\p{L}'’-]+ ){1,3}\p{Ll}{2,}s (?!of |for |with |from |that |which )\p{Ll}/iu;
const auxiliaries =
  /\b(?:is|are|was|were|am|has|have|had|do|does|did|will|would|can|could|should|must|may|might|shall|need|needs|cannot)\b|n't\b|\b(?:i|we|you|they|he|she|it|that|there|here)'(?:m|s|re|ve|ll|d)\b/i;
const pronouns = /(?:^|[\s,;(])(?:i|we|you|he|she|they|it|everybody|everyone|nobody|somebody) [a-z]+/i;
/** A name, and a word that has the ending of a verb behind it. */
const named =
  /(?:^|\s)\p{Lu}\p{Ll}+ (?:(?:only|always|never|often|usually|also|still|now|rarely|just) )?\p{Ll}{2,}s (?:to|the|a|an|my|our|me|us|him|her|them|it|in|at|on|with|from|for|every|each|no|\d+|\p{L}+ly)\b/u;
/** Cardinal and other words that only end like a past tense. */
const noPast = new Set('hundred kindred sacred naked speed seed feed breed indeed shed sled'.split(' '));

const minWordsWithoutSubject = 5;

function isRegularPast(word: string): boolean {
  return word.length > 4 && word.endsWith('ed') && !noPast.has(word);
}

const pasts = new Set(
  (
    'sold bought gave got took went made met saw found lost left sent paid told said wrote broke built brought kept held hung drove ate ' +
    'won became began came chose cut drank fell felt flew forgot froze grew heard hid hurt knew led lent meant rang ran rode rose shot ' +
    'slept spent spoke spoilt stole stood swam taught thought threw understood wore tore turned died lived'
  ).split(' '),
);
const thirds = new Set(
  (
    'wants lives works likes goes comes gets makes takes says keeps costs starts ends runs stays moves pays plays speaks teaches studies ' +
    'thinks brings leaves sleeps eats drinks drives owns uses opens closes expires belongs stands lies sits complains hates loves prefers ' +
    'wears sells buys refuses turns knows gives looks holds means becomes begins happens hangs feels finds fits grows hears helps hurts ' +
    'leads lends lets loses meets opens reads rings rides seems sends shows smells sounds speaks spends stops talks tells tries understands ' +
    'visits waits walks watches wins writes weighs measures lasts leaks howls hums rattles fails crashes freezes boots expects plans'
  ).split(' '),
);
