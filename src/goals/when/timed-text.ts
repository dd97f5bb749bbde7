import { UsageError } from '../../lib/errors.ts';
import { distinct } from './recurring.ts';
import { type PartOfDay, readTimeOfDay, type TimeOfDay, timeText } from './time-of-day.ts';
import { listed } from './words.ts';

/** A schedule without its times of day, and those. */
export interface TimedText {
  head: string;
  times: readonly TimeOfDay[];
}

/** Takes the times of day off: "every day" and 9:00 of "every day at 9"; undefined where there are none. */
export function splitTimes(text: string): TimedText | undefined {
  const turned =
    /^at (.+?) ((?:every|on|daily|monthly|yearly|weekdays|weekends|last|first|monday)\b.*)$/.exec(text);
  const [, front = '', back = ''] =
    turned === null ? (/^(.+?) (?:at|@) ?(.+)$/.exec(text) ?? []) : [text, turned[2] ?? '', turned[1] ?? ''];
  if (front === '') return undefined;
  const part = partOf(front, back);
  const bare = back.replace(/ (?:in the (?:morning|afternoon|evening)|at night)$/, '');
  const times = listed(bare).map((time) => readTimeOfDay(time, part));
  if (times.length === 0 || times.some((time) => time === undefined)) return undefined;
  return {
    head: front.replace(/\bevery (?:morning|afternoon|evening|night)\b/, 'every day'),
    times: times as TimeOfDay[],
  };
}

function partOf(front: string, back: string): PartOfDay | undefined {
  const found =
    /\b(?:in the|at) (morning|afternoon|evening|night)$/.exec(back) ??
    /\bevery (morning|afternoon|evening|night)\b/.exec(front);
  return found?.[1] as PartOfDay | undefined;
}

/** Minutes and hours of cron for times that one line of it can say; throws a `UsageError` for others. */
export function clockFields(times: readonly TimeOfDay[]): string {
  const minutes = distinct(times.map(({ minute }) => minute));
  const hours = distinct(times.map(({ hour }) => hour));
  if (minutes.length > 1 && hours.length > 1)
    throw new UsageError(
      `the times ${times.map(timeText).join(' and ')} need a goal each, since their minutes differ`,
    );
  return `${minutes.join(',')} ${hours.join(',')}`;
}
