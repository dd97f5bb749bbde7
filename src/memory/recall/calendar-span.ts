import { ownValue } from '../../lib/own-value.ts';
import { monthSpan, namedDate, rangeSpan, seasonSpan, weekOfMonth, wordNumbers } from './month-span.ts';
import { calendarDay as day, shifted, type Span } from './span.ts';

/** Calendar units, months and days of the month, which the library counts back from now, or forward, or leaves out. */
export function calendarSpan(question: string, now: Date): Span | undefined {
  const [year, month, date] = [now.getFullYear(), now.getMonth(), now.getDate()];
  const monday = date - ((now.getDay() + 6) % 7);
  const saturday = date - ((now.getDay() + 1) % 7);
  const named = rangeSpan(question, now) ?? namedDate(question, now) ?? weekOfMonth(question, now);
  if (named !== undefined) return named;
  const units: readonly [RegExp, Date, Date][] = [
    [weekBeforeLast, day(year, month, monday - 14), day(year, month, monday - 7)],
    [lastNight, new Date(year, month, date - 1, 16), new Date(year, month, date, 10)],
    [dayBeforeYesterday, day(year, month, date - 2), day(year, month, date - 1)],
    [partOfToday, day(year, month, date), day(year, month, date + 1)],
    [lastWeekend, day(year, month, monday - 2), day(year, month, monday)],
    [theWeekend, day(year, month, saturday), day(year, month, saturday + 2)],
    [lastWeek, day(year, month, monday - 7), day(year, month, monday)],
    [thisWeek, day(year, month, monday), day(year, month, monday + 7)],
    [lastMonth, day(year, month - 1, 1), day(year, month, 1)],
    [thisMonth, day(year, month, 1), day(year, month + 1, 1)],
    [lastYear, day(year - 1, 0, 1), day(year, 0, 1)],
    [thisYear, day(year, 0, 1), day(year + 1, 0, 1)],
  ];
  const earlier =
    weekdayOfLastWeek(question, day(year, month, monday - 7)) ??
    monthSpan(question, now) ??
    seasonSpan(question, now);
  if (earlier !== undefined) return earlier;
  for (const [pattern, from, until] of units) {
    const [words] = pattern.exec(question) ?? [];
    if (words !== undefined) return { from, until, words };
  }
  return agoSpan(question, now) ?? dateSpan(question, now) ?? yearSpan(question);
}

const lastWeekend =
  /\blast weekend\b|letztes wochenende|le week-?end dernier|el fin de semana pasado|先週末|上周末/iu;
const lastNight =
  /\blast night\b|(?:letzte|heute) nacht|la nuit dernière|anoche|昨晚|昨夜|ゆうべ|الليلة الماضية/iu;
const theWeekend =
  /\b(?:over|on|at|during|since) the weekend\b|(?:am|übers) wochenende|ce week-?end|el fin de semana|(?<!先|来|来る)週末|(?<!上|下)周末/iu;
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

/** So many days, weeks or months ago, where the library does not know the words. */
function agoSpan(question: string, now: Date): Span | undefined {
  const match =
    /(?<!\p{L})hace (\p{L}+|\d+) (días?|semanas?|mes(?:es)?|años?)(?!\p{L})/iu.exec(question) ??
    /([一二两兩三四五六七八九十]|\d+)(?:个|個|か|ヶ|カ|ヵ)?(天|日|周|週|星期|月|年)(?:间|間)?之?前/u.exec(
      question,
    );
  if (match === null) return undefined;
  const [words, count = '', unit = ''] = match;
  const number = /^\d/.test(count) ? Number(count) : ownValue(wordNumbers, count.toLowerCase());
  if (number === undefined) return undefined;
  const [year, month, date] = [now.getFullYear(), now.getMonth(), now.getDate()];
  if (/^(?:d|天|日)/iu.test(unit))
    return { from: day(year, month, date - number), until: day(year, month, date - number + 1), words };
  if (/^(?:s|周|週|星期)/iu.test(unit)) {
    const then = day(year, month, date - 7 * number);
    return { from: shifted(then, -3), until: shifted(then, 4), words };
  }
  return /^(?:m|月)/iu.test(unit)
    ? { from: day(year, month - number, 1), until: day(year, month - number + 1, 1), words }
    : { from: day(year - number, 0, 1), until: day(year - number + 1, 0, 1), words };
}

/** "Friday of last week" in scripts in which the library reads only the week. */
function weekdayOfLastWeek(question: string, monday: Date): Span | undefined {
  const match = /上(?:个|個)?(?:周|星期|礼拜)([一二三四五六日天])|先週の?([月火水木金土日])曜日?/u.exec(
    question,
  );
  if (match === null) return undefined;
  const index =
    match[1] === undefined
      ? '月火水木金土日'.indexOf(match[2] ?? '')
      : '一二三四五六日'.indexOf(match[1].replace('天', '日'));
  const from = day(monday.getFullYear(), monday.getMonth(), monday.getDate() + index);
  return { from, until: day(from.getFullYear(), from.getMonth(), from.getDate() + 1), words: match[0] };
}

const weekBeforeLast =
  /\bthe week before last\b|vorletzte[rn]? woche|(?:la semaine|l'avant-dernière semaine) d'avant|hace dos semanas|上上(?:周|星期)|先々週/iu;
const dayBeforeYesterday =
  /avant-hier|anteayer|antes de ayer|antier|前天|一昨日|おととい|أول أمس|أول من أمس/iu;
const partOfToday =
  /\b(?:ce matin|ce soir|cet après-midi|esta mañana|esta tarde|esta noche)(?!\p{L})|今朝|今早|今晩|今晚|今夜|هذا الصباح|هذا المساء/iu;

/** "On the 14th": the last one that there was. */
function dateSpan(question: string, now: Date): Span | undefined {
  const match =
    /\b(?:on|since|from|until|before|after) the (\d{1,2})(?:st|nd|rd|th)\b(?! (?:of \p{L}|floor|day|street|avenue|page|try|attempt|line|row|round|time|birthday|anniversary|lap|hole|century|grade|week))|\bam (\d{1,2})\.(?!\s*(?:\d|advent|tag|stock|mal|geburtstag|spieltag|platz|tisch))|\ble (\d{1,2})(?=\s*\??$)|\bel (?:día )?(\d{1,2})(?=\s*\??$)|(?<![\d月])(\d{1,2})(?:号|號|日)/iu.exec(
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
