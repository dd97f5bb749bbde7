import type { ParsedComponents, ParsedResult } from 'chrono-node';
import { calendarDay as day, shifted, type Span } from './span.ts';

/** Words without which the library, which has to be loaded and takes a while at first, is not asked. An address such as 10.0.0.7 is no day. */
const english =
  /\b(?:yesterday|today|tonight|last|ago|morning|afternoon|evening|night|past|since|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b)|(?<![\d.])\d{1,4}[-./]\d{1,2}(?:[-./]\d{1,4})?(?!\.?\d)/i;
const german =
  /\b(?:gestern|heute|vorgestern|vor \S+ (?:tag|woche|monat)\S*|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)\b/i;
const french =
  /\b(?:hier|avant-hier|aujourd'hui|il y a|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b/i;
const spanish =
  /(?<!\p{L})(?:ayer|anteayer|hoy|hace \S+ (?:día|semana|mes)\S*|lunes|martes|miércoles|jueves|viernes|sábado|domingo)(?!\p{L})/iu;
const arabic = /أمس|اليوم|قبل/u;
/**
 * A number alone is a time only in a text of these scripts: "3日前"; a text of codes and addresses is spared the library. Both are looked
 * for from the beginning, once: from each number to the end of a long text took seconds.
 */
const cjk = /[昨今前去]|周|曜|星期|^(?=.*\d)(?=.*[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])/su;
/** Whether it may be worth to ask the library. */
export const mayHaveTime = new RegExp(
  [english, german, french, spanish, arabic, cjk].map(({ source }) => source).join('|'),
  'isu',
);

/** The first time that chrono-node finds in a question, by the language that its words tell. */
export async function parsedSpan(question: string, now: Date): Promise<Span | undefined> {
  const language = await languageOf(question);
  const found = language.parse(question, { instant: now }).find((result) => isMeant(result, question));
  return found && spanOf(found, now);
}

/** The library for the language of a question, each loaded when it is needed: all of them take 80 ms and 12 MB more than one. */
function languageOf(question: string): Promise<Pick<typeof import('chrono-node/en'), 'parse'>> {
  if (/\p{Script=Hiragana}|\p{Script=Katakana}/u.test(question)) return import('chrono-node/ja');
  if (/\p{Script=Han}/u.test(question)) return import('chrono-node/zh');
  if (arabic.test(question)) return import('chrono-node/ar');
  if (german.test(question)) return import('chrono-node/de');
  if (french.test(question)) return import('chrono-node/fr');
  return spanish.test(question) ? import('chrono-node/es') : import('chrono-node/en');
}

/** "May I …" and "the cat sat" are about no time. */
function isMeant({ text, index, start }: ParsedResult, question: string): boolean {
  // A name such as monday.com.
  if (/^[.\-_@]\p{L}/u.test(question.slice(index + text.length))) return false;
  if (!(['day', 'weekday', 'month', 'year'] as const).some((part) => start.isCertain(part)))
    return /^(?:this|last|yesterday|today|tonight|heute|gestern)/i.test(text);
  if (
    /^(?:the )?\p{L}+(?: of)?$/iu.test(text) &&
    start.isCertain('month') &&
    !start.isCertain('day') &&
    !start.isCertain('weekday')
  )
    return /\b(?:in|last|since|before|until|during) $/i.test(question.slice(0, index));
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

function nextDay(at: Date): Date {
  return day(at.getFullYear(), at.getMonth(), at.getDate() + 1);
}
