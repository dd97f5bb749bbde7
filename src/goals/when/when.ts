import { closest, distance } from 'fastest-levenshtein';
import { UsageError } from '../../lib/errors.ts';
import { ownValue } from '../../lib/own-value.ts';
import { DAY } from '../../lib/time.ts';
import { instantOf, wallTimeOf } from '../../lib/zoned-time.ts';
import { checkSchedule, nextInstants } from '../../schedule/instants.ts';
import type { Schedule } from '../../schedule/job.ts';
import { checkZone } from '../../schedule/zone.ts';
import { readRecurring, recurringForms, type Recurring } from './grammar.ts';
import { oddities } from './oddities.ts';
import { type Clock, readInstant, readOneShot } from './one-shot.ts';
import type { TimeOfDay } from './time-of-day.ts';
import { weekdayNames as weekdays } from './words.ts';

/** A schedule as somebody wrote it, understood. */
export interface When {
  schedule: Schedule;
  /** Sentences about what may surprise: clocks that change, days that not every month has. */
  notes: string[];
}

const maxCharacters = 200;

/**
 * Reads `--when`: five or six fields of cron, an instant, a form of the closed grammar, or a time that comes once, in this
 * order. Throws a `UsageError` that names the nearest form for what is not understood, and for what would never be due.
 */
export function readWhen(text: string, clock: Clock): When {
  checkZone(clock.zone);
  const words = text.trim();
  if (words === '' || words.length > maxCharacters || /[^\P{C}\t\n]/u.test(words))
    throw new UsageError(
      `expected when it is due, such as "every weekday at 9", in at most ${maxCharacters} characters`,
    );
  const { schedule, notes } = understood(words, clock);
  checkSchedule(schedule, clock.now);
  return { schedule, notes: [...notes, ...oddities(schedule, clock)] };
}

/** The next instants of a schedule after `now`, at most three. */
export function nextThree(schedule: Schedule, now: Date): Date[] {
  return nextInstants(schedule, now, 3);
}

function understood(text: string, clock: Clock): When {
  const { zone, now } = clock;
  const cron = cronIn(text);
  if (cron !== undefined) return { schedule: { kind: 'cron', cron, zone }, notes: [] };
  const instant = readInstant(text, clock);
  if (instant !== undefined) return { schedule: { kind: 'at', at: instant.at }, notes: instant.notes };
  const recurring = readRecurring(text);
  if (recurring !== undefined) return { schedule: scheduleOf(recurring, clock), notes: [] };
  const once = readOneShot(text, { zone, now });
  if (once !== undefined) return { schedule: { kind: 'at', at: once.at }, notes: once.notes };
  throw new UsageError(
    `"${shown(text)}" is not understood: did you mean "${nearestForm(text)}"? Cron, an instant such as 2026-12-24T18:00, and "tomorrow at 8" are understood too`,
  );
}

const nicknames: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/** The text as cron where it looks like it, with single spaces. */
function cronIn(text: string): string | undefined {
  if (text.startsWith('@')) return ownValue(nicknames, text.toLowerCase());
  const fields = text.split(/\s+/);
  const isCron = fields.length >= 3 && fields.slice(0, 2).every((field) => /^[\d*?][\d*?,/L-]*$/.test(field));
  return isCron ? fields.join(' ') : undefined;
}

function scheduleOf(recurring: Recurring, { zone, now }: Clock): Schedule {
  if (recurring.kind === 'cron') return { kind: 'cron', cron: recurring.cron, zone };
  const { everyMs, from } = recurring;
  const second = new Date(Math.floor(now.getTime() / 1000) * 1000);
  return { kind: 'every', everyMs, anchor: from === undefined ? second : firstOf(from, { zone, now }) };
}

/** The next such time of day, on the next such weekday where one is named. */
function firstOf({ weekday, time }: { weekday?: number; time: TimeOfDay }, { zone, now }: Clock): Date {
  const today = wallTimeOf(now, zone);
  for (let ahead = 0; ahead <= 8; ahead += 1) {
    const day = new Date(Date.UTC(today.year, today.month - 1, today.day) + ahead * DAY);
    if (weekday !== undefined && day.getUTCDay() !== weekday) continue;
    const date = { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate() };
    const { at } = instantOf({ ...date, ...time, second: 0 }, zone);
    if (at > now) return at;
  }
  throw new Error('a week has no such day');
}

/** The form with the most words in common with a text, misspelt ones and other weekdays among them. */
export function nearestForm(text: string): string {
  const words = text.toLowerCase().slice(0, maxCharacters);
  const spoken = wordsOf(words).map((word) => formWord(word));
  const scores = recurringForms.map((form) => {
    const own = new Set(wordsOf(form));
    const shared = new Set(spoken.filter((word) => own.has(word))).size;
    return shared / Math.max(1, own.size + spoken.length - shared);
  });
  const best = Math.max(...scores);
  if (best === 0) return 'every weekday at 9';
  const candidates = recurringForms.filter((_, at) => scores[at] === best);
  return closest(words, candidates);
}

const formWords: readonly string[] = [...new Set(recurringForms.flatMap(wordsOf))];

/** The word of a form that a word of the text probably stands for. */
function formWord(word: string): string {
  if (formWords.includes(word)) return word;
  if (word === 'each' || word === 'all') return 'every';
  if (word === 'daily') return 'day';
  if (word === 'monthly') return 'month';
  if (word === 'yearly') return 'year';
  if (word === 'weekly') return 'monday';
  const candidates = [...formWords, ...weekdays];
  const nearest = closest(word, candidates);
  if (distance(word, nearest) > (word.length > 4 ? 2 : 1)) return word;
  return weekdays.includes(nearest) ? 'monday' : nearest;
}

function wordsOf(text: string): string[] {
  return text.split(/[^a-z]+/).filter((word) => word.length > 1);
}

function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
