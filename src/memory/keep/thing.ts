import { relationPatterns } from './relations.ts';
import { proseOf } from './sentences.ts';
import { subjectKey, wordsOf } from './thing-words.ts';

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

/** The things that a short text says a value of, by rules for English, German, French, Spanish, Chinese, Japanese and Arabic; at most three. */
export function thingsIn(text: string): Thing[] {
  if (text.length > maxChars) return [];
  const things: Thing[] = [];
  let named: string | undefined;
  for (const clause of proseOf(text).flatMap(clausesOf)) {
    if (things.length >= maxThings) break;
    for (const thing of thingsOf(withName(clause, named)))
      if (!things.some(({ key }) => key === thing.key)) things.push(thing);
    named = nameIn(clause) ?? named;
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
        .replace(/现在|目前|已经|今は?、|现已/gu, '')
        .replace(/(?<![\p{L}])(?:currently|jetzt|maintenant|ahora|الآن)(?![\p{L}])\s*/giu, '')
        .trim(),
    )
    .filter((clause) => clause !== '');
}

/** A clause with the name that its pronoun stands for: "I picked up the parcel, it is in the hall". */
function withName(clause: string, named: string | undefined): string {
  return named === undefined ? clause : clause.replace(/^(?:it|he|she|they|er|sie|es|il|elle)(?= )/i, named);
}

/** Whom or what a pronoun after a clause stands for. */
function nameIn(clause: string): string | undefined {
  return (
    /(?:^|\s)((?:the|my|our|der|die|das|mein\p{L}*|le|la|mon|ma|el|mi) [\p{L}\p{N} -]{2,30})$/iu.exec(
      clause,
    )?.[1] ?? /^(\p{Lu}\p{Ll}+) \p{Ll}/u.exec(clause)?.[1]
  );
}

function thingsOf(clause: string): Thing[] {
  const held = heldIn(clause) ?? movedIn(clause) ?? japaneseIn(clause) ?? arabicIn(clause);
  if (held !== undefined) return [held];
  const home = movedHouseIn(clause);
  if (home.length > 0) return home;
  for (const { name, pattern } of relationPatterns) {
    const [, subject = '', , rest = ''] = pattern.exec(clause) ?? [];
    if (subject === '' || rest === '') continue;
    const told = toldOf(subject, rest, name);
    if (told === undefined) return [];
    // "I was in Rome in March" is over; that something is elsewhere now does not make it otherwise.
    const verb = clause.slice(subject.length, clause.length - rest.length).trim();
    if (pastBeing.test(verb) && /^wh/.test(told.key)) return [];
    // Whoever or whatever has moved is there now, and lives there.
    const isMove = name === 'place' && /\bmoved\b|\bzog\b/i.test(clause);
    const at = addressOf.exec(subject)?.slice(1).find(Boolean);
    return [
      told,
      ...(isMove ? [{ ...told, key: told.key.replace(/^place/, 'where') }] : []),
      ...(at === undefined || told.isDenied ? [] : [{ ...told, key: `place:${subjectKey(at)}` }]),
    ];
  }
  return [];
}

const pastBeing = /^(?:was|were|war|waren|était|étaient|estaba|estaban)$/iu;

/** Whose address it is, who therefore lives there. */
const addressOf =
  /^(?:the |our |my )?(?:new )?address of (.+)$|^(.+?)(?:['’]s?) (?:new )?address$|^(.+?) (?:new )?address$|^(?:die )?(?:neue )?adresse (?:von|vom|der|des) (.+)$/iu;

/** "Sabine ist in die Bergstraße 17 umgezogen", "Paul a déménagé à Lyon", "Ana se mudó a Bilbao". */
function movedHouseIn(clause: string): Thing[] {
  const [, who, where] =
    /^(.{1,60}?) (?:ist|sind|bin) (?:\S+ )??((?:nach|in|zu|an) .{1,60}?) (?:um)?gezogen$/iu.exec(clause) ??
    /^(.{1,60}?) (?:a|ont|ai) déménagé (?:à|au|aux|en|dans) (.{1,60})$/iu.exec(clause) ??
    /^(.{1,60}?) (?:se|me|nos) (?:ha |han |he )?(?:mudó|mudado|mudaron|mudé) a (.{1,60})$/iu.exec(clause) ??
    [];
  if (who === undefined || where === undefined) return [];
  const [key, value] = [subjectKey(who), wordsOf(where)];
  return ['place', 'where'].map((aspect) => ({ key: `${aspect}:${key}`, value, isDenied: false }));
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

/** "I moved the ladder to the shed", "we set the thermostat to 18", "I switched our provider to Vodafone". */
function movedIn(clause: string): Thing | undefined {
  const [, verb = '', thing, link = '', rest] =
    /^(?:i|we|(?:i|we)(?:'ve| have)) (?:just |now )?(put|parked|hung|hid|stored|left|moved|set|changed|switched|renamed|raised|lowered) (?:the|my|our) ([\p{L}\p{N}'’ -]{2,40}?) (to|from \S+ to|in|into|on|onto|at|under|behind|beside|next to|with) (.{1,60})$/iu.exec(
      clause,
    ) ?? [];
  if (thing === undefined || rest === undefined) return undefined;
  const isValue = /^(?:set|changed|switched|renamed|raised|lowered)$/i.test(verb);
  if (isValue && !/to$/i.test(link)) return undefined;
  const key = subjectKey(thing);
  const aspect = /^renamed$/i.test(verb) ? 'name' : (aspectOf(rest, thing) ?? (isValue ? 'what' : 'where'));
  return key === '' ? undefined : { key: `${aspect}:${key}`, value: wordsOf(rest), isDenied: false };
}

/** X は Y が持っています, X は Y にあります, X は Y です. */
function japaneseIn(clause: string): Thing | undefined {
  const [, thing, value, verb = ''] =
    /^([^はがを、]{1,30})は(?:今、?|現在、?|もう)?(.{1,30}?)(が持ってい(?:ます|る)|に預け(?:ました|てあります|た)|に(?:あります|います|ある|いる)|に(?:なりました|変わりました|変更になりました|なった)|です|だ)$/u.exec(
      clause,
    ) ?? [];
  if (thing === undefined || value === undefined) return undefined;
  const isPlace = /持って|預け|あり|い(?:ます|る)|ある/u.test(verb);
  const aspect = isPlace
    ? 'where'
    : /[曜時月日]/u.test(value)
      ? 'when'
      : attributes.test(thing)
        ? 'what'
        : undefined;
  return aspect && { key: `${aspect}:${thing.trim()}`, value: [value.trim()], isDenied: false };
}

/** The key is عند (with), في (in), على (on) or تحت (under) something. */
function arabicIn(clause: string): Thing | undefined {
  const [, thing, value] =
    /^(\p{Script=Arabic}+(?: \p{Script=Arabic}+){0,2}) (?:عند|مع|في|على|تحت|لدى) (\p{Script=Arabic}[\p{Script=Arabic} ]{0,40})$/u.exec(
      clause,
    ) ?? [];
  return thing === undefined || value === undefined
    ? undefined
    : { key: `where:${thing}`, value: value.split(' '), isDenied: false };
}

function toldOf(subject: string, rest: string, name: string | undefined): Thing | undefined {
  const isDenied = denial.test(rest) || /^(?:不|没)/u.test(rest);
  const value = rest
    .replace(denial, '')
    .replace(changed, '')
    .replace(/^(?:parked|stored|kept|hidden|located|lying|hanging|standing) (?=\p{L}+ )/iu, '')
    .replace(/^(?:now|currently|back|again|jetzt|wieder|zurück|maintenant|ahora)\s+/i, '')
    .trim();
  const key = subjectKey(subject);
  const aspect = name ?? aspectOf(value, subject);
  const words = wordsOf(value);
  // "Emma starts school in August" is not when Emma starts.
  if (name === 'when' && !time.test(value) && !/^(?:at|um|à|a las) /i.test(value)) return undefined;
  if (key === '' || aspect === undefined || (words.length === 0 && !isDenied)) return undefined;
  return { key: `${aspect}:${key}`, value: words, isDenied };
}

/** Participles that say that it was otherwise, and what stands behind them is the value. */
const changed =
  /^(?:auf|bis) (?:den |die |das )?(?=.* (?:verschoben|verlegt|vorgezogen|geändert|gestiegen|gesunken|erhöht|gesenkt|verlängert)$)| (?:verschoben|verlegt|vorgezogen|geändert|gestiegen|gesunken|erhöht|gesenkt|verlängert)$|^(?:reporté|déplacé|avancé|décalé|passé|fixé)e?s? (?:à |au |pour |en )?/giu;
const denial =
  /^(?:not |no longer |not .{1,20}? any ?more|nicht (?:mehr )?|kein\w* |ne .{1,10}? plus |ya no )/i;
const time =
  /^(?:on |at |in |by |for |from |until |am |um |im |le |à |el |los )?(?:\w+ )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|january|february|march|april|may|june|july|august|september|october|november|december|januar|februar|märz|mai|juni|juli|oktober|dezember|today|tomorrow|tonight|noon|midnight|\d{1,2}(?::\d{2}|\s?(?:am|pm|uhr|h|o'clock))|\d{1,2}(?:st|nd|rd|th|\.)(?!\d)|\d{4}-\d{2}-\d{2}|\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|星期|周)/iu;
const place =
  /^(?:in|at|on|with|under|behind|inside|outside|near|next to|beside|by|above|below|between|bei|beim|im|am|auf|unter|hinter|neben|zwischen|chez|dans|à|au|aux|sous|sur|derrière|avec|en|con|bajo|sobre|detrás|debajo)\b/iu;
/** Names of what has one value at a time. */
const attributes =
  /\b(?:favou?rite|colou?r|name|password|passphrase|pin|code|hint|size|doctor|dentist|gp|vet|lawyer|bank|provider|plan|deadline|birthday|address|number|status|version|capital|boss|manager|supplier|coach|trainer|tutor|babysitter|cleaner|neighbou?r|plumber|electrician|teacher|landlord|tenant|owner|contact|rent|price|salary|rate|budget|limit|temperature|speed|height|weight|age|model|brand|ssid|wifi|username|email|tariff|contract|lieblings\w*|farbe|passwort|arzt|zahnarzt|ärztin|nummer|adresse|miete|preis|chef|chefin|vermieter|couleur|mot de passe|médecin|numéro|adresse|loyer|prix|médico|médica|número|dirección|alquiler|precio|contraseña|密码|号码|电话|地址|医生|生日|房租|名字)\b|密码|号码|电话|地址|医生|生日|房租|名字/iu;

/** A name that says what the thing is, such as "the Blue Room", "a Volvo" or "Mrs. Kern"; a lone adjective may have a capital, too. */
const titled =
  /^(?:(?:the|a|an) (?:\p{Lu}[\p{L}\p{N}-]*)(?: [\p{Lu}\p{N}][\p{L}\p{N}-]*){0,3}|(?:Dr|Mr|Mrs|Ms|Prof|Herr|Frau|Mme)\.? \p{Lu}\p{L}+)$/u;
const people =
  /\b(?:brother|sister|son|daughter|mother|father|mum|mom|dad|wife|husband|partner|friend|uncle|aunt|cousin|niece|nephew|grand\w+|colleague|neighbou?r)$/iu;
const hasDeterminer = /^(?:the|my|our) |['’]s /i;

/** What the value tells of the thing; undefined where it may be one of many, such as a quality. */
function aspectOf(value: string, subject: string): string | undefined {
  if (time.test(value)) return 'when';
  if (/[在]$/u.test(subject)) return 'where';
  if (titled.test(value) && hasDeterminer.test(subject) && !(people.test(subject) && /^an? /.test(value)))
    return 'what';
  if (place.test(value) && !/^\S+ (?:about |around )?[€$£¥]?\d/u.test(value)) return 'where';
  if (attributes.test(subject)) return 'what';
  if (/^(?:about |around |only |ca\. )?[€$£¥]?\d/u.test(value)) return 'number';
  return /[\u4e00-\u9fff]/u.test(value) ? 'where' : undefined;
}
