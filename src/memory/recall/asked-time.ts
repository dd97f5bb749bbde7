import type { ParsedComponents, ParsedResult } from 'chrono-node';
import { DAY } from '../../lib/time.ts';

/** The time that a question asks about, by the clocks of the daemon's zone. */
export interface AskedTime {
  from: Date;
  /** The first instant after it. */
  until: Date;
  /**
   * The question without relative words such as "last week", which other memories may have about other weeks; empty where
   * it asks for nothing but the time: "what happened yesterday?"
   */
  rest: string;
}

/** Longer texts are no questions: a log has many times and asks about none. */
const maxChars = 600;

/** The time that a question asks about, or undefined. Never one that begins in the future. */
export async function askedTime(question: string, now: Date): Promise<AskedTime | undefined> {
  if (question.length > maxChars) return undefined;
  const found =
    calendarSpan(question, now) ?? (mayHaveTime.test(question) ? await parsed(question, now) : undefined);
  if (found === undefined) return undefined;
  const { from, until, words } = opened(found, question, now);
  if (from >= now) return undefined;
  const rest = question.replace(words, ' ').trim();
  return { from, until, rest: /\d/.test(words) ? question : isBare(rest) ? '' : rest };
}

/** Words of questions that ask for whatever there was. */
const bare = new Set(
  (
    'what who which did do does was were is are has have had been happened happen happens going on up new news said say says say told tell asked ask talked ' +
    'talk about discussed discuss decided decide done learned remember remembered anything everything something all there i we you me us my our the a of it ' +
    'that to and in at for with please show list summary week day was war ist gab es was passierte passiert geschehen haben habe wir ich gesagt besprochen gemacht neues ' +
    "qu'est-ce que qui s'est passé il y a qué pasó hice hicimos dijo dije"
  ).split(' '),
);
const bareCjk =
  /^(?:发生了什么|说了什么|做了什么|有什么(?:事)?|我|我们|何がありました(?:か)?|何を話しました(?:か)?|何をしました(?:か)?|は|に|的|在|[?？。\s])*$/u;

function isBare(text: string): boolean {
  const words = text.toLowerCase().match(/[\p{L}\p{M}\p{N}'’-]+/gu) ?? [];
  return words.every((word) => bare.has(word)) || bareCjk.test(text);
}

interface Span {
  from: Date;
  until: Date;
  /** The words of the question that say it. */
  words: string;
}

const day = (year: number, month: number, date: number): Date => new Date(year, month, date);

/** Calendar units, months and days of the month, which the library counts back from now, or forward, or leaves out. */
function calendarSpan(question: string, now: Date): Span | undefined {
  const [year, month, date] = [now.getFullYear(), now.getMonth(), now.getDate()];
  const monday = date - ((now.getDay() + 6) % 7);
  const units: readonly [RegExp, Date, Date][] = [
    [lastWeekend, day(year, month, monday - 2), day(year, month, monday)],
    [lastWeek, day(year, month, monday - 7), day(year, month, monday)],
    [thisWeek, day(year, month, monday), day(year, month, monday + 7)],
    [lastMonth, day(year, month - 1, 1), day(year, month, 1)],
    [thisMonth, day(year, month, 1), day(year, month + 1, 1)],
    [lastYear, day(year - 1, 0, 1), day(year, 0, 1)],
    [thisYear, day(year, 0, 1), day(year + 1, 0, 1)],
  ];
  for (const [pattern, from, until] of units) {
    const [words] = pattern.exec(question) ?? [];
    if (words !== undefined) return { from, until, words };
  }
  return monthSpan(question, now) ?? dateSpan(question, now) ?? yearSpan(question);
}

const lastWeekend =
  /\blast weekend\b|letztes wochenende|le week-?end dernier|el fin de semana pasado|先週末|上周末/iu;
const lastWeek =
  /\b(?:last|the previous) week\b|(?:letzte[rn]?|vorige[rn]?) woche|la semaine dernière|la semana pasada|先週|上(?:个|個)?(?:周|星期|礼拜)|الأسبوع الماضي/iu;
const thisWeek =
  /\bthis week\b|diese[rn]? woche|cette semaine|esta semana|今週|(?:这|這|本)(?:个)?(?:周|星期)|هذا الأسبوع/iu;
const lastMonth =
  /\b(?:last|the previous) month\b|(?:letzte[nrm]*|vorige[nrm]*) monat|le mois dernier|el mes pasado|先月|上(?:个|個)月|الشهر الماضي/iu;
const thisMonth =
  /\bthis month\b|diese[nm] monat|ce mois-ci|este mes|今月|(?:这|這)(?:个|個)月|本月|هذا الشهر/iu;
const lastYear =
  /\blast year\b|letzte[sn]? jahr|l'(?:année dernière|an dernier)|el año pasado|去年|昨年|العام الماضي|السنة الماضية/iu;
const thisYear = /\bthis year\b|diese[sm] jahr|cette année|este año|今年|هذا العام/iu;

const months: readonly RegExp[] = [
  'january|jan|januar|jänner|janvier|enero|gennaio',
  'february|feb|februar|février|febrero|febbraio',
  'march|märz|mars|marzo',
  'april|avril|abril|aprile',
  'may|mai|mayo|maggio',
  'june|juni|juin|junio|giugno',
  'july|juli|juillet|julio|luglio',
  'august|aug|août|agosto',
  'september|sept|sep|septembre|septiembre|settembre',
  'october|oct|oktober|octobre|octubre|ottobre',
  'november|nov|novembre|noviembre',
  'december|dec|dezember|décembre|diciembre|dicembre',
].map(
  (names) =>
    new RegExp(
      `(?<![\\p{L}\\p{N}.])(?:in|im|en|last|letzte[nr]|since|seit|depuis|desde|before|vor|during|of|early|late|anfang|ende)\\s+(?:early |late )?(?:${names})(?:\\s+(\\d{4}))?(?!\\s*\\d|[\\p{L}])`,
      'iu',
    ),
);

/** A month without a day: the last one that has begun, unless its year stands beside it. */
function monthSpan(question: string, now: Date): Span | undefined {
  const cjk = /(?<!\d)(1[0-2]|[1-9])月(?!\s*\d)/u.exec(question);
  const found: readonly [number, RegExpExecArray | null][] =
    cjk === null ? months.map((name, index) => [index, name.exec(question)]) : [[Number(cjk[1]) - 1, cjk]];
  for (const [month, match] of found) {
    if (match === null) continue;
    const given = cjk === null ? match[1] : undefined;
    const last = month <= now.getMonth() ? now.getFullYear() : now.getFullYear() - 1;
    const year = given === undefined ? last : Number(given);
    return { from: day(year, month, 1), until: day(year, month + 1, 1), words: match[0] };
  }
  return undefined;
}

/** "On the 14th": the last one that there was. */
function dateSpan(question: string, now: Date): Span | undefined {
  const match =
    /\bon the (\d{1,2})(?:st|nd|rd|th)\b(?! (?:of )?\p{L}{3,9}\b)|\bam (\d{1,2})\.(?!\s*\p{L}|\d)|\ble (\d{1,2})(?=\s*\??$)|\bel (?:día )?(\d{1,2})(?=\s*\??$)|(?<![\d月])(\d{1,2})(?:号|號|日)/iu.exec(
      question,
    );
  if (match === null) return undefined;
  const date = Number(match.slice(1).find(Boolean));
  if (date < 1 || date > 31) return undefined;
  for (let back = 0; back < 3; back += 1) {
    const from = day(now.getFullYear(), now.getMonth() - back, date);
    if (from <= now && from.getDate() === date)
      return { from, until: day(from.getFullYear(), from.getMonth(), date + 1), words: match[0] };
  }
  return undefined;
}

function yearSpan(question: string): Span | undefined {
  const match =
    /(?<![\p{L}\p{N}])(?:in|en|im jahr|during|since|seit|depuis|desde) ((?:19|20)\d\d)(?![\p{N}-])/iu.exec(
      question,
    );
  if (match === null) return undefined;
  const year = Number(match[1]);
  return { from: day(year, 0, 1), until: day(year + 1, 0, 1), words: match[0] };
}

/** Words without which the library, whose first use takes a third of a second, is not asked. */
const english =
  /\b(?:yesterday|today|tonight|last|ago|morning|afternoon|evening|night|past|since|(?:mon|tues|wednes|thurs|fri|satur|sun)day|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)|\d[-./]\d/i;
const german =
  /\b(?:gestern|heute|vorgestern|vor \S+ (?:tag|woche|monat)\S*|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)\b/i;
const french =
  /\b(?:hier|avant-hier|aujourd'hui|il y a|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b/i;
const spanish =
  /(?<!\p{L})(?:ayer|anteayer|hoy|hace \S+ (?:día|semana|mes)\S*|lunes|martes|miércoles|jueves|viernes|sábado|domingo)(?!\p{L})/iu;
const arabic = /أمس|اليوم|قبل/u;
const cjk = /[昨今前去]|\d|周|曜|星期/u;
const mayHaveTime = new RegExp(
  [english, german, french, spanish, arabic, cjk].map(({ source }) => source).join('|'),
  'iu',
);

async function parsed(question: string, now: Date): Promise<Span | undefined> {
  const chrono = await import('chrono-node');
  const language = /\p{Script=Hiragana}|\p{Script=Katakana}/u.test(question)
    ? chrono.ja
    : /\p{Script=Han}/u.test(question)
      ? chrono.zh
      : arabic.test(question)
        ? chrono.ar
        : german.test(question)
          ? chrono.de
          : french.test(question)
            ? chrono.fr
            : spanish.test(question)
              ? chrono.es
              : chrono.en;
  const found = language.parse(question, { instant: now }).find((result) => isMeant(result, question));
  return found && spanOf(found, now);
}

/** "May I …" and "the cat sat" are about no time. */
function isMeant({ text, index, start }: ParsedResult, question: string): boolean {
  if (!(['day', 'weekday', 'month', 'year'] as const).some((part) => start.isCertain(part)))
    return /morning|afternoon|evening|night|today/i.test(text);
  if (!/^(?:sat|sun|mon|wed|fri|tue|thu|mar|may|march|jan|dec|now)$/i.test(text)) return true;
  return /\b(?:on|in|last|this|since|before|until) $/i.test(question.slice(0, index));
}

function spanOf({ text, start, end }: ParsedResult, now: Date): Span {
  const from = dayOf(start, text, now);
  if (end != null) return { from, until: nextDay(end.date()), words: text };
  if (/\b(?:last|past) \S+ (?:day|week|month)s\b/i.test(text)) return { from, until: now, words: text };
  if (/week|woche|semaine|semana/i.test(text))
    return { from: shifted(from, -3), until: shifted(from, 4), words: text };
  if (start.isCertain('day') || start.isCertain('weekday') || !start.isCertain('month'))
    return { from, until: nextDay(from), words: text };
  return {
    from: day(from.getFullYear(), from.getMonth(), 1),
    until: day(from.getFullYear(), from.getMonth() + 1, 1),
    words: text,
  };
}

/** The day that is meant: a question looks back where the library looks ahead. */
function dayOf(start: ParsedComponents, text: string, now: Date): Date {
  const at = start.date();
  const found = day(at.getFullYear(), at.getMonth(), at.getDate());
  if (start.isCertain('weekday') && !start.isCertain('day')) {
    const back = (now.getDay() - found.getDay() + 7) % 7;
    const isBefore = back === 0 && /last|letzt|dernier|pasado/i.test(text);
    return day(now.getFullYear(), now.getMonth(), now.getDate() - (isBefore ? 7 : back));
  }
  if (found > now && start.isCertain('month') && !start.isCertain('year'))
    return day(found.getFullYear() - 1, found.getMonth(), found.getDate());
  return found;
}

/** "Since Monday" lasts until now, "before Monday" ends there. */
function opened(span: Span, question: string, now: Date): Span {
  const before = question.slice(0, question.indexOf(span.words) + 8);
  if (/(?:^|\s)(?:since|seit|depuis|desde|after|nach)\s/i.test(`${before} `)) return { ...span, until: now };
  if (/(?:^|\s)(?:before|until|till|bis|avant|antes de)\s/i.test(`${before} `))
    return { ...span, from: new Date(0), until: span.from };
  return span;
}

function nextDay(at: Date): Date {
  return day(at.getFullYear(), at.getMonth(), at.getDate() + 1);
}

function shifted(at: Date, days: number): Date {
  return new Date(at.getTime() + days * DAY);
}
