import { DAY, HOUR, MINUTE, SECOND } from '../../lib/time.ts';
import { offsetOf, type WallTime, wallTimeOf } from '../../lib/zoned-time.ts';

/** A day and a time as a clock on the wall shows them, to the minute. */
type WallMinute = Omit<WallTime, 'second'>;

/**
 * When a limit ends by what is said of it, in milliseconds since the epoch; undefined where nothing is said. Understands
 * epochs (`…reached|1764342000`), ISO times, spans (`try again in 2h 15m`), and the clock, with a day or without:
 * `resets 3pm (Europe/Berlin)`, `resets Dec 5 at 10am`, `resets Mon 12:00 AM`, `resets 3pm PST`; a day alone begins at
 * midnight. Without a zone it is this machine's.
 */
export function resetTimeIn(said: string, now: number, ownZone = systemZone()): number | undefined {
  const text = inOrder(said);
  return epochIn(text) ?? dateIn(text, ownZone) ?? spanIn(text, now) ?? clockIn(text, now, ownZone);
}

/** The same with clock and day as most write them, the day first. */
function inOrder(text: string): string {
  return text
    .replace(/\b(?:noon|midnight)\b/gi, (word) => (word.toLowerCase() === 'noon' ? '12pm' : '12am'))
    .replace(/\b(\d{1,2})\.(\d{2})(?= ?[ap]\.?m\b)/gi, '$1:$2')
    .replace(/\b(\d{1,2}(?::\d{2})? ?[ap]\.?m\.?|\d{1,2}:\d{2}) (tomorrow)\b/gi, '$2 $1')
    .replace(
      new RegExp(String.raw`\b(\d{1,2})(?:st|nd|rd|th)? ((?:${months.join('|')})[a-z]*)\b`, 'gi'),
      '$2 $1',
    );
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const lead = String.raw`(?:resets?|reset (?:time|at)|again|until|regain access|available|retry)`;

function epochIn(text: string): number | undefined {
  const digits = new RegExp(String.raw`(?:\||${lead}\D{0,20})(\d{10}|\d{13}|\d{16})(?!\d)`, 'i').exec(
    text,
  )?.[1];
  if (digits === undefined) return undefined;
  return Math.floor(Number(digits) * 10 ** (13 - digits.length));
}

const isoDate = new RegExp(
  String.raw`${lead}\D{0,20}(\d{4})-(\d{2})-(\d{2})(?:(?:T| at | )(\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?)?\s?(Z\b|UTC\b|GMT\b|[+-]\d{2}:?\d{2})?`,
  'i',
);

function dateIn(text: string, ownZone: string): number | undefined {
  const [, year, month, day, hour = '0', minute = '0', offset] = isoDate.exec(text) ?? [];
  if (year === undefined) return undefined;
  const wall = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
  };
  if (offset === undefined) return instantOf(wall, zoneOf(text, ownZone));
  const [, sign, hours, minutes] = /([+-])(\d{2}):?(\d{2})/.exec(offset) ?? [];
  const ahead = (Number(hours ?? 0) * HOUR + Number(minutes ?? 0) * MINUTE) * (sign === '-' ? -1 : 1);
  return asUtc(wall) - ahead;
}

const span =
  /\b(?:in|after)(?: about)? ((?:\d+ ?(?:d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)(?:\b|(?=\d))(?:,? (?:and )?)?)+)/i;
/** The header by which HTTP says it, in seconds. */
const retryAfter = /\bretry-after["']?[:=] ?["']?(\d{1,6})\b/i;
const unitMs: Readonly<Record<'d' | 'h' | 'm' | 's', number>> = { d: DAY, h: HOUR, m: MINUTE, s: SECOND };

function spanIn(text: string, now: number): number | undefined {
  const seconds = retryAfter.exec(text)?.[1];
  if (seconds !== undefined) return now + Number(seconds) * SECOND;
  const words = span.exec(text)?.[1];
  if (words === undefined) return undefined;
  const parts = [...words.matchAll(/(\d+) ?([dhms])/gi)];
  const total = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * unitMs[unit?.toLowerCase() as keyof typeof unitMs],
    0,
  );
  return now + total;
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const clock = new RegExp(
  String.raw`${lead}(?::| at| on)? (?:(${months.join('|')})[a-z]* (\d{1,2})(?:st|nd|rd|th)?(?:,? (?:at )?)|(${weekdays.join('|')})[a-z]*(?:,? (?:at )?)|(tomorrow)(?:,? (?:at )?)|at )?(?:(\d{1,2})(?::(\d{2}))? ?([ap])\.?m\b|(\d{1,2}):(\d{2})\b)`,
  'i',
);
const dayAlone = new RegExp(
  String.raw`${lead}(?::| at| on)? (?:(${months.join('|')})[a-z]* (\d{1,2})(?:st|nd|rd|th)?|(${weekdays.join('|')})(?:[a-z]*day)?|(tomorrow))\b`,
  'i',
);
/** A time that has just passed is meant as such, and not as that of the next day. */
const justPassedMs = HOUR;

function clockIn(text: string, now: number, ownZone: string): number | undefined {
  const found = clock.exec(text) ?? dayAlone.exec(text);
  if (found === null) return undefined;
  const [, month, date, weekday, tomorrow, hour12, minute12, half, hour24, minute24] = found;
  const zone = zoneOf(text, ownZone);
  const today = wallTimeOf(new Date(now), zone);
  const time = {
    hour:
      hour12 === undefined
        ? Number(hour24 ?? 0)
        : (Number(hour12) % 12) + (half?.toLowerCase() === 'p' ? 12 : 0),
    minute: Number(minute12 ?? minute24 ?? 0),
  };
  if (Number(hour12 ?? 1) > 12 || time.hour > 23 || time.minute > 59) return undefined;
  const onDay = (days: number) => instantOf({ ...today, ...time, day: today.day + days }, zone);
  if (month !== undefined) {
    const named = { ...today, ...time, month: months.indexOf(month.toLowerCase()) + 1, day: Number(date) };
    if (named.day > daysIn(named.month)) return undefined;
    const thisYear = instantOf(named, zone);
    return thisYear > now - DAY ? thisYear : instantOf({ ...named, year: today.year + 1 }, zone);
  }
  if (tomorrow !== undefined) return onDay(1);
  const firstDay =
    weekday === undefined ? 0 : (weekdays.indexOf(weekday.toLowerCase()) - weekdayOf(today) + 7) % 7;
  const first = onDay(firstDay);
  return first > now - justPassedMs ? first : onDay(firstDay + (weekday === undefined ? 1 : 7));
}

/** The longest that a month of this number is. */
function daysIn(month: number): number {
  return new Date(Date.UTC(2024, month, 0)).getUTCDate();
}

/** Zones by the letters that people write, in summer as in winter. */
const lettered: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'America/Los_Angeles': 'PT PST PDT',
    'America/Denver': 'MT MST MDT',
    'America/Chicago': 'CT CST CDT',
    'America/New_York': 'ET EST EDT',
    'Europe/London': 'BST WET',
    'Europe/Berlin': 'CET CEST',
    'Europe/Athens': 'EET EEST',
    'Asia/Kolkata': 'IST',
    'Asia/Tokyo': 'JST',
    'Australia/Sydney': 'AEST AEDT',
  }).flatMap(([zone, letters]) => letters.split(' ').map((each): [string, string] => [each, zone])),
);

function zoneIn(text: string): string | undefined {
  const named =
    /\(([A-Za-z]+(?:[/_+-][A-Za-z0-9_+-]+)*)\)/.exec(text)?.[1] ??
    /\d ?(?:[ap]\.?m\.?)? ((?:UTC|GMT)(?:[+-]\d{1,2})?|[A-Z]{1,3}T)\b/i.exec(text)?.[1];
  const [, sign, hours] = /^(?:UTC|GMT)([+-])(\d{1,2})$/i.exec(named ?? '') ?? [];
  // These names count the other way round: https://en.wikipedia.org/wiki/Tz_database#Area
  if (hours !== undefined) return `Etc/GMT${sign === '+' ? '-' : '+'}${Number(hours)}`;
  return lettered.get(named?.toUpperCase() ?? '') ?? named;
}

function zoneOf(text: string, ownZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zoneIn(text) ?? ownZone }).resolvedOptions().timeZone;
  } catch {
    return ownZone;
  }
}

function systemZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function asUtc({ year, month, day, hour, minute }: WallMinute): number {
  return Date.UTC(year, month - 1, day, hour, minute);
}

function weekdayOf(wall: WallMinute): number {
  return new Date(asUtc(wall)).getUTCDay();
}

/** The instant at which clocks of a zone show a time; days past the end of a month count on. */
function instantOf(wall: WallMinute, zone: string): number {
  const wanted = asUtc(wall);
  // The offset at a first guess is off by one change of clocks at most.
  const guess = wanted - offsetOf(zone, new Date(wanted));
  return wanted - offsetOf(zone, new Date(guess));
}
