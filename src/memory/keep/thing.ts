import { proseOf } from './owner-statements.ts';

/** A thing of which a sentence says a value: where the spare key is, when the meeting starts, how much the rent is. */
export interface Thing {
  /** The same for every sentence about it, such as `where:key spare`. */
  key: string;
  /** The words of the value that carry something. */
  value: readonly string[];
  /** It denies the value: "no longer with Ulla". */
  isDenied: boolean;
}

const maxChars = 400;
const maxThings = 3;

/** The things that a short text says a value of, by rules for English, German, French, Spanish and Chinese; at most three. */
export function thingsIn(text: string): Thing[] {
  if (text.length > maxChars) return [];
  const things: Thing[] = [];
  for (const clause of proseOf(text).flatMap(clausesOf)) {
    if (things.length === maxThings) break;
    const thing = thingIn(clause);
    if (thing !== undefined && !things.some(({ key }) => key === thing.key)) things.push(thing);
  }
  return things;
}

/**
 * True where the newer text says another value of a thing than the older one, or denies its value. A value that only says
 * more, as "with Ulla in the blue house" after "with Ulla", replaces nothing.
 */
export function replaces(newer: string, older: string): boolean {
  const before = thingsIn(older);
  return thingsIn(newer).some((thing) =>
    before.some((other) => other.key === thing.key && !other.isDenied && differs(thing, other)),
  );
}

function differs(thing: Thing, other: Thing): boolean {
  const isWithin = (a: readonly string[], b: readonly string[]): boolean =>
    a.every((word) => b.includes(word));
  const isSame = isWithin(thing.value, other.value) || isWithin(other.value, thing.value);
  return thing.isDenied ? isSame : !isSame;
}

const frames =
  /^(?:(?:sorry|no|nope|actually|correction|update|wait|oh|so|well|and|but|now|ok|okay|btw|by the way|for the record|fyi|as of (?:today|now)|from now on|since (?:today|yesterday)|remember|note|please note|i meant|i was wrong|doch|also|jetzt|eigentlich|ab jetzt|en fait|maintenant|ahora|en realidad|更正|现在|其实)\b[\s,:;–-]*(?:that\b)?\s*)+/iu;

/** Clauses that may stand alone. */
function clausesOf(sentence: string): string[] {
  return sentence
    .replace(/[.!。！\s]+$/u, '')
    .split(/[,;，；:]\s*(?=\p{L})|\s+(?:and|but|und|aber|et|mais|y|pero)\s+/iu)
    .map((clause) =>
      clause
        .replace(frames, '')
        .replace(/现在|目前|已经/gu, '')
        .trim(),
    )
    .filter((clause) => clause !== '');
}

/** A relation of English and its neighbours: the words before it are the thing, those behind it the value. */
const relations: readonly { name?: string; verb: string }[] = [
  {
    name: 'place',
    verb: 'lives?|live|(?<!(?:was|were|is|are|been) )moved to|moved from \\S+ to|relocated to|wohnt?|wohne|zog nach|habite|vit|vive|vivo|住在|搬到了?',
  },
  {
    name: 'work',
    verb: 'works? (?:at|for|in)|started at|arbeitet? bei|arbeite bei|travaille (?:chez|à)|trabaj[ao] en',
  },
  { name: 'cost', verb: 'costs?|is priced at|kostet|coûte|cuesta' },
  { name: 'when', verb: 'starts?|begins?|takes place|beginnt|findet .{1,20}? statt|commence|empieza' },
  { name: 'end', verb: 'ends?|expires?|runs out|is due|endet|läuft ab|expire|finit|termina|vence' },
  { name: 'name', verb: "(?:is|are) (?:called|named)|hei(?:ß|ss)t|s'appelle|se llama|叫" },
  {
    verb:
      '(?:is|are|was|were|has been|have been)(?: now| currently)?(?: (?:moved|changed|switched|postponed|brought forward|set|rescheduled) to)?' +
      '|moved to|changed to|switched to|ist|sind|liegt|steht|wurde|est|sont|es|está|son|是|在|改成了?',
  },
];

const relationPatterns = relations.map(({ name, verb }) => ({
  name,
  pattern: /[\u4e00-\u9fff]/u.test(verb)
    ? new RegExp(`^(.{1,80}?)(?:\\s+(?:${latin(verb)})(?:\\s+|$)|(${han(verb)}))(.*)$`, 'iu')
    : new RegExp(`^(.{1,80}?)\\s+(?:${verb})(?:\\s+|$)()(.*)$`, 'iu'),
}));

function latin(verb: string): string {
  return verb
    .split('|')
    .filter((part) => !/[\u4e00-\u9fff]/u.test(part))
    .join('|');
}

function han(verb: string): string {
  return verb
    .split('|')
    .filter((part) => /[\u4e00-\u9fff]/u.test(part))
    .join('|');
}

function thingIn(clause: string): Thing | undefined {
  const held = heldIn(clause);
  if (held !== undefined) return held;
  for (const { name, pattern } of relationPatterns) {
    const [, subject = '', , rest = ''] = pattern.exec(clause) ?? [];
    if (subject === '' || rest === '') continue;
    return toldOf(subject, rest, name);
  }
  return undefined;
}

/** "Marek has the drill" says where the drill is; so does "I gave the drill to Marek". */
function heldIn(clause: string): Thing | undefined {
  const [, holder, thing] =
    /^(\p{Lu}[\p{L} ]{1,30}?) (?:has|keeps|holds|took|got|hat|a) (?:the|my|our|den|die|das|le|la) ([\p{L}\p{N} -]{2,40})$/u.exec(
      clause,
    ) ?? [];
  const [, given, taker] =
    /^(?:i|we) (?:gave|lent|handed|brought) (?:the|my|our) ([\p{L}\p{N} -]{2,40}?) to ([\p{L}\p{N} ]{2,30})$/iu.exec(
      clause,
    ) ?? [];
  const what = thing ?? given;
  const who = holder ?? taker;
  if (what === undefined || who === undefined) return undefined;
  return { key: `where:${subjectKey(what)}`, value: wordsOf(who), isDenied: false };
}

function toldOf(subject: string, rest: string, name: string | undefined): Thing | undefined {
  const isDenied = denial.test(rest) || /^(?:不|没)/u.test(rest);
  const value = rest
    .replace(denial, '')
    .replace(/^(?:now|currently|jetzt|maintenant|ahora)\s+/i, '')
    .trim();
  const key = subjectKey(subject);
  const aspect = name ?? aspectOf(value, subject);
  const words = wordsOf(value);
  if (key === '' || aspect === undefined || (words.length === 0 && !isDenied)) return undefined;
  return { key: `${aspect}:${key}`, value: words, isDenied };
}

const denial =
  /^(?:not |no longer |not .{1,20}? any ?more|nicht (?:mehr )?|kein\w* |ne .{1,10}? plus |ya no )/i;
const time =
  /^(?:on |at |in |by |for |from |until |am |um |im |le |à |el |los )?(?:\w+ )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|january|february|march|april|may|june|july|august|september|october|november|december|januar|februar|märz|mai|juni|juli|oktober|dezember|today|tomorrow|tonight|noon|midnight|\d{1,2}(?::\d{2}|\s?(?:am|pm|uhr|h|o'clock))|\d{1,2}(?:st|nd|rd|th|\.)(?!\d)|\d{4}-\d{2}-\d{2}|\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|星期|周)/iu;
const place =
  /^(?:in|at|on|with|under|behind|inside|outside|near|next to|beside|by|above|below|between|bei|beim|im|am|auf|unter|hinter|neben|zwischen|chez|dans|à|au|aux|sous|sur|derrière|avec|en|con|bajo|sobre|detrás|debajo)\b/iu;
/** Names of what has one value at a time. */
const attributes =
  /\b(?:favou?rite|colou?r|name|password|passphrase|pin|code|hint|size|doctor|dentist|gp|vet|lawyer|bank|provider|plan|deadline|birthday|address|number|status|version|capital|boss|manager|plumber|electrician|teacher|landlord|tenant|owner|contact|rent|price|salary|rate|budget|limit|temperature|speed|height|weight|age|model|brand|ssid|wifi|username|email|tariff|contract|lieblings\w*|farbe|passwort|arzt|zahnarzt|ärztin|nummer|adresse|miete|preis|chef|chefin|vermieter|couleur|mot de passe|médecin|numéro|adresse|loyer|prix|médico|médica|número|dirección|alquiler|precio|contraseña|密码|号码|电话|地址|医生|生日|房租|名字)\b|密码|号码|电话|地址|医生|生日|房租|名字/iu;

/** What the value tells of the thing; undefined where it may be one of many, such as a quality. */
function aspectOf(value: string, subject: string): string | undefined {
  if (time.test(value)) return 'when';
  if (/[在]$/u.test(subject)) return 'where';
  if (place.test(value) && !attributes.test(subject)) return 'where';
  if (attributes.test(subject)) return 'what';
  if (/^(?:about |around |only |ca\. )?[€$£¥]?\d/u.test(value)) return 'number';
  return /[\u4e00-\u9fff]/u.test(value) ? 'where' : undefined;
}

const determiners = new Set(
  (
    'the a an my our this that its new old current now currently der die das den dem ein eine mein meine meinen unser unsere le la les un une mon ma mes ' +
    'notre nos el los las una mi mis nuestro nuestra 我的 我们的'
  ).split(' '),
);

/** The words of a thing, in any order. Who owns it belongs to it, unless it is the owner. */
function subjectKey(subject: string): string {
  const words = wordsOf(subject).filter((word) => !determiners.has(word));
  return [...new Set(words)].sort().join(' ').slice(0, 80);
}

function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .normalize('NFKC')
      .match(/[\p{L}\p{M}\p{N}]+(?:[.:,'’-][\p{L}\p{N}]+)*/gu) ?? []
  )
    .map((word) => word.replace(/['’]s$/, ''))
    .filter((word) => !empty.has(word));
}

/** Words of a value that carry nothing. */
const empty = new Set(
  'the a an is are at in on with by now to of and der die das dem den im am bei mit le la les chez dans el los en con'.split(
    ' ',
  ),
);
