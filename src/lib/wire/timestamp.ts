const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:[Zz]|([+-])(\d\d):?(\d\d))$/;

/** Units of an epoch by its number of digits; what lies between them is a slip, such as a date without its dashes. */
const epochs: readonly { from: number; to: number; toMs: (value: number) => number }[] = [
  { from: 1, to: 11, toMs: (seconds) => seconds * 1_000 },
  { from: 12, to: 13, toMs: (milliseconds) => milliseconds },
  { from: 16, to: 16, toMs: (microseconds) => Math.floor(microseconds / 1_000) },
  { from: 19, to: 19, toMs: (nanoseconds) => Math.floor(nanoseconds / 1_000_000) },
];

/** Sentence about what a timestamp has to be. */
export const expectedTimestamp =
  'expected an RFC 3339 time of a day that exists, an epoch in seconds (up to 11 digits), milliseconds (12 or 13), microseconds (16) or nanoseconds (19), or nothing';

/**
 * Milliseconds since the epoch of a timestamp field: RFC 3339, also with an offset without a colon or a fraction after a comma as `date` prints them, or an
 * epoch. Undefined for an empty or malformed field, and for a time that does not exist. A leap second is the one after it.
 */
export function parseTimestamp(field: string): number | undefined {
  return /^\d+$/.test(field) ? parseEpoch(field) : parseRfc3339(field);
}

/** A date without its dashes, `20261128` or `202611281200`, which as an epoch would lie in the seventies. */
const undashed = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])[0-5]\d)?$/;

function parseEpoch(digits: string): number | undefined {
  if (undashed.test(digits)) return undefined;
  const unit = epochs.find(({ from, to }) => digits.length >= from && digits.length <= to);
  return unit?.toMs(Number(digits));
}

function parseRfc3339(field: string): number | undefined {
  const match = rfc3339.exec(field);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [fraction = '', sign, offsetHour = '0', offsetMinute = '0'] = match.slice(7);
  if (hour > 23 || minute > 59 || second > 60 || Number(offsetHour) > 23 || Number(offsetMinute) > 59)
    return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * (sign === '-' ? -1 : 1);
  const whole = date.setUTCHours(hour, minute - offset, second);
  if (second === 60 && !beginsMonth(date)) return undefined;
  return whole + Number(fraction.slice(0, 3).padEnd(3, '0'));
}

/** Leap seconds stand at the end of a month in UTC. */
function beginsMonth(date: Date): boolean {
  return date.getUTCDate() === 1 && date.getTime() % 86_400_000 === 0;
}
