import { ownValue } from '../../lib/own-value.ts';
import { calendarDay as day, type Span } from './span.ts';

const monthNames = [
  'january|jan|januar|jänner|janvier|enero|gennaio|يناير',
  'february|feb|februar|février|febrero|febbraio|فبراير',
  'march|märz|mars|marzo|مارس',
  'april|avril|abril|aprile|أبريل',
  'may|mai|mayo|maggio|مايو',
  'june|juni|juin|junio|giugno|يونيو',
  'july|juli|juillet|julio|luglio|يوليو',
  'august|aug|août|agosto|أغسطس',
  'september|sept|sep|septembre|septiembre|settembre|سبتمبر',
  'october|oct|oktober|octobre|octubre|ottobre|أكتوبر',
  'november|nov|novembre|noviembre|نوفمبر',
  'december|dec|dezember|décembre|diciembre|dicembre|ديسمبر',
];
const anyMonth = monthNames.join('|');
const lastYears = 'last year|letzte[ns] jahr(?:es)?|de l.année dernière|del año pasado';
const months: readonly RegExp[] = monthNames.map(
  (names) =>
    new RegExp(
      `(?<![\\p{L}\\p{N}.])(?:in|im|en|em|last|letzte[nr]|since|seit|depuis|desde|before|vor|during|of|early|late|anfang|ende|au mois de|في)\\s+(?:early |late )?(?:${names})(?:\\s+(\\d{4}|${lastYears}))?(?!\\s*\\d|[\\p{L}])`,
      'iu',
    ),
);

function monthOf(name: string): number {
  return monthNames.findIndex((names) => names.split('|').includes(name.toLowerCase()));
}

/** A year that stands beside a month; else the last year in which that month has begun. */
function yearOf(month: number, given: string | undefined, now: Date): number {
  if (given !== undefined) return /^\d/.test(given) ? Number(given) : now.getFullYear() - 1;
  return month <= now.getMonth() ? now.getFullYear() : now.getFullYear() - 1;
}

/** "14 March", "March 14th", "am 4. November", "le 14 novembre", "el 14 de noviembre", "04.11.2026". */
export function namedDate(question: string, now: Date): Span | undefined {
  const before = new RegExp(
    `(?<![\\p{L}\\p{N}.])(\\d{1,2})(?:st|nd|rd|th|er|\\.)?(?: of| de)? (${anyMonth})(?:,? (?:de )?(\\d{4}))?(?![\\p{L}\\p{N}])`,
    'iu',
  ).exec(question);
  const behind = new RegExp(
    `(?<![\\p{L}\\p{N}])(${anyMonth}) (?:the )?(\\d{1,2})(?:st|nd|rd|th)?(?:,? (\\d{4}))?(?![\\p{L}\\p{N}:])`,
    'iu',
  ).exec(question);
  const dotted = /(?<![\p{L}\p{N}.])(\d{1,2})\.(\d{1,2})\.(\d{4})?(?![\p{L}\p{N}])/u.exec(question);
  const [match, date, month, given] =
    before !== null
      ? [before, Number(before[1]), monthOf(before[2] ?? ''), before[3]]
      : behind !== null
        ? [behind, Number(behind[2]), monthOf(behind[1] ?? ''), behind[3]]
        : [dotted, Number(dotted?.[1]), Number(dotted?.[2]) - 1, dotted?.[3]];
  if (match === null || !(month >= 0 && month < 12) || !(date >= 1 && date <= 31)) return undefined;
  const year =
    given === undefined && day(now.getFullYear(), month, date) > now
      ? now.getFullYear() - 1
      : yearOf(month, given, now);
  return { from: day(year, month, date), until: day(year, month, date + 1), words: match[0] };
}

/** "Between the 10th and the 14th", "from 10 to 14 November". */
export function rangeSpan(question: string, now: Date): Span | undefined {
  const of = `(?: (?:of |de )?(${anyMonth}))?`;
  const match = new RegExp(
    `(?<![\\p{L}])(?:between|from|zwischen|vom|von|entre|du|del) (?:the |dem |le |el )?(\\d{1,2})(st|nd|rd|th|\\.)?${of} (?:and|to|until|till|und|bis|bis zum|et|au|y|al) (?:the |dem |le |el )?(\\d{1,2})(st|nd|rd|th|\\.)?${of}(?: (\\d{4}))?(?![\\p{L}\\p{N}:])`,
    'iu',
  ).exec(question);
  if (match === null) return undefined;
  const [words, first = '', firstth, firstMonth, last = '', lastth, lastMonth, given] = match;
  if (firstMonth === undefined && lastMonth === undefined && (firstth === undefined || lastth === undefined))
    return undefined;
  const until =
    lastMonth === undefined && firstMonth === undefined
      ? now.getMonth()
      : monthOf(lastMonth ?? firstMonth ?? '');
  const from = firstMonth === undefined ? until : monthOf(firstMonth);
  const isBegun = day(now.getFullYear(), from, Number(first)) <= now;
  const year =
    given === undefined
      ? isBegun || lastMonth !== undefined
        ? yearOf(from, undefined, now)
        : now.getFullYear()
      : Number(given);
  const back = given === undefined && !isBegun && lastMonth === undefined && firstMonth === undefined ? 1 : 0;
  return {
    from: day(year, from - back, Number(first)),
    until: day(until < from ? year + 1 : year, until - back, Number(last) + 1),
    words,
  };
}

/** "The first week of November". */
export function weekOfMonth(question: string, now: Date): Span | undefined {
  const match = new RegExp(
    `(?:the )?(first|second|third|last|erste[rn]?|zweite[rn]?|dritte[rn]?|letzte[rn]?) (?:week (?:of|in)|woche (?:im|des)) (${anyMonth})s?(?: (\\d{4}))?`,
    'iu',
  ).exec(question);
  if (match === null) return undefined;
  const month = monthOf(match[2] ?? '');
  const year = yearOf(month, match[3], now);
  const which = ['f', 's', 't'].indexOf((match[1] ?? '').charAt(0).toLowerCase());
  const german = ['e', 'z', 'd'].indexOf((match[1] ?? '').charAt(0).toLowerCase());
  const week = Math.max(which, german);
  return week < 0
    ? { from: day(year, month + 1, -6), until: day(year, month + 1, 1), words: match[0] }
    : { from: day(year, month, 1 + 7 * week), until: day(year, month, 8 + 7 * week), words: match[0] };
}

const seasons: readonly (readonly [month: number, names: string])[] = [
  [2, 'spring|frühling|frühjahr|printemps|primavera'],
  [5, 'summer|sommer|été|verano'],
  [8, 'autumn|fall|herbst|automne|otoño'],
  [11, 'winter|hiver|invierno'],
];

/** "Last summer", "in spring": the last one that has begun, by the calendar of the northern half. */
export function seasonSpan(question: string, now: Date): Span | undefined {
  for (const [month, names] of seasons) {
    const match = new RegExp(
      `(?<![\\p{L}])(last|this|in(?: the)?|during(?: the)?|over the|letzte[nrs]|diese[nrs]|im|l'|en|au|el|este) ?(?:${names})(?: (?:of |in |de |des jahres )?(\\d{4}|dernier|dernière|pasado|pasada))?(?![\\p{L}])`,
      'iu',
    ).exec(question);
    if (match === null) continue;
    const [words, how = '', which = ''] = match;
    const begun = day(now.getFullYear(), month, 1) <= now ? now.getFullYear() : now.getFullYear() - 1;
    const isLast = /^(?:last|letzte)/i.test(how) || /^[dp]/i.test(which);
    const isOver = day(begun, month + 3, 1) <= now;
    const year = /^\d/.test(which) ? Number(which) : isLast && !isOver ? begun - 1 : begun;
    return { from: day(year, month, 1), until: day(year, month + 3, 1), words };
  }
  return undefined;
}

/** Small numbers in words of Spanish, Chinese and Japanese. */
export const wordNumbers: Readonly<Record<string, number>> = {
  un: 1,
  una: 1,
  uno: 1,
  dos: 2,
  tres: 3,
  cuatro: 4,
  cinco: 5,
  seis: 6,
  siete: 7,
  ocho: 8,
  nueve: 9,
  diez: 10,
  一: 1,
  二: 2,
  两: 2,
  兩: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
  十: 10,
};

/** A month without a day: the last one that has begun, unless its year stands beside it. */
export function monthSpan(question: string, now: Date): Span | undefined {
  const cjk =
    /(?<![\d个個上下这這本先])(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?!\s*[\d一二三四五六七八九十])/u.exec(
      question,
    );
  const found: readonly [number, RegExpExecArray | null][] =
    cjk === null
      ? months.map((name, index) => [index, name.exec(question)])
      : [[numberOf(cjk[1] ?? '') - 1, cjk]];
  for (const [month, match] of found) {
    if (match === null) continue;
    const given = cjk === null ? match[1] : undefined;
    const year = yearOf(month, given, now);
    return { from: day(year, month, 1), until: day(year, month + 1, 1), words: match[0] };
  }
  return undefined;
}

function numberOf(text: string): number {
  if (/^\d/.test(text)) return Number(text);
  return text.length === 2
    ? 10 + (ownValue(wordNumbers, text.charAt(1)) ?? 0)
    : (ownValue(wordNumbers, text) ?? 0);
}
