import { UsageError } from '../../lib/errors.ts';
import { ownValue } from '../../lib/own-value.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../lib/time.ts';
import { daysOf } from './days.ts';
import { cronOf, type Recurring, step } from './recurring.ts';
import { readTimeOfDay, timeText } from './time-of-day.ts';
import { countOf } from './words.ts';

const spans: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };
const unitWord = '(seconds?|secs?|s|minutes?|mins?|min|m|hours?|hrs?|hr|h|days?|d|weeks?|w)';
const countWord = String.raw`(?:(\d{1,5}|[a-z]+) ?)?`;
const intervalPattern = new RegExp(`^every ${countWord}${unitWord}$`);

/** "every 15 minutes", "every hour and a half"; not "every day", of which nobody knows when. */
export function readInterval(text: string): Recurring | undefined {
  if (text === 'hourly') return cronOf('0 * * * *');
  if (/^every half(?: an)? hour$/.test(text)) return intervalOf(30, 'm');
  if (/^every quarter(?: of an)? hour$/.test(text)) return intervalOf(15, 'm');
  if (/^every hour and a half$/.test(text)) return intervalOf(90, 'm');
  const [, hours, minutes] =
    /^every (\d{1,3}) ?h(?:ours?)? ?(?:and )?(\d{1,3}) ?m(?:in(?:utes?)?)?$/.exec(text) ?? [];
  if (hours !== undefined) return intervalOf(Number(hours) * 60 + Number(minutes), 'm');
  const found = intervalPattern.exec(text);
  if (found === null) return undefined;
  const count = found[1] === undefined ? 1 : countOf(found[1]);
  const unit = found[2]?.charAt(0) ?? '';
  // Without a time of day nobody knows when "every day" is.
  if (count === undefined || (count === 1 && (unit === 'd' || unit === 'w'))) return undefined;
  if (count === 0) throw new UsageError(`"${text}" never ends: give a count of 1 or more`);
  return intervalOf(count, unit);
}

/** Cron where the count divides the next larger unit, so that it falls on round times; else a span. */
function intervalOf(count: number, unit: string): Recurring {
  const everyMs = count * (ownValue(spans, unit) ?? DAY);
  if (unit === 's' && count < 60 && 60 % count === 0) return cronOf(`${step(count)} * * * * *`);
  if (everyMs < HOUR && HOUR % everyMs === 0 && everyMs % MINUTE === 0)
    return cronOf(`${step(everyMs / MINUTE)} * * * *`);
  if (everyMs < DAY && DAY % everyMs === 0 && everyMs % HOUR === 0)
    return cronOf(`0 ${step(everyMs / HOUR)} * * *`);
  return { kind: 'every', everyMs };
}

/** "every hour at minute 15", "15 minutes past the hour". */
export function readHourly(text: string): Recurring | undefined {
  const found =
    /^(?:every hour|hourly)(?: at| on)? (?:minute |:)(\d{1,2})$/.exec(text) ??
    /^(\d{1,2}) minutes past (?:every|the) hour$/.exec(text);
  const minute = Number(found?.[1] ?? Number.NaN);
  return minute <= 59 ? cronOf(`${minute} * * * *`) : undefined;
}

const windowPattern =
  /^every (?:(\d{1,2}) )?(minutes?|hours?)(?: (?:between|from) (\S+(?: [ap]m)?) (?:and|to|until|till) (\S+(?: [ap]m)?))?(?: (?:on )?(.+))?$/;

/** "every 30 minutes between 9 and 17 on weekdays": to the last full hour, that one itself only by the hour. */
export function readWindow(text: string): Recurring | undefined {
  const found = windowPattern.exec(text);
  if (found === null || (found[3] === undefined && found[5] === undefined)) return undefined;
  const days = found[5] === undefined ? '*' : daysOf(found[5]);
  const count = Number(found[1] ?? '1');
  const isHours = found[2]?.startsWith('hour') === true;
  if (days === undefined || count === 0 || (isHours ? 24 : 60) % count !== 0) return undefined;
  const hours = hoursBetween(found[3], found[4], isHours);
  if (hours === undefined) return undefined;
  if (!isHours) return cronOf(`${step(count)} ${hours} * * ${days}`);
  const stepped = count === 1 ? hours : `${hours}/${count}`;
  return cronOf(`0 ${stepped} * * ${days}`);
}

function hoursBetween(from: string | undefined, to: string | undefined, inclusive: boolean) {
  if (from === undefined || to === undefined) return '*';
  const [first, last] = [readTimeOfDay(from), readTimeOfDay(to)];
  if (first === undefined || last === undefined || first.minute !== 0 || last.minute !== 0) return undefined;
  const end = (last.hour === 0 ? 24 : last.hour) - (inclusive && last.hour !== 0 ? 0 : 1);
  if (end < first.hour)
    throw new UsageError(
      `from ${timeText(first)} to ${timeText(last)} reaches over midnight: use two goals, or quiet hours`,
    );
  return end === first.hour ? String(end) : `${first.hour}-${end}`;
}
