import { ownValue } from '../../lib/own-value.ts';

/** The names of the weekdays, Sunday first. */
export const weekdayNames: readonly string[] = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
];
const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const;

const ordinals: Readonly<Record<string, number>> = {
  first: 1,
  second: 2,
  third: 3,
  fourth: 4,
  fifth: 5,
};

/** The most days that a month ever has, January first. */
export const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** The number of a weekday by its name, its first three letters or its plural, 0 for Sunday; undefined for other words. */
export function weekdayOf(word: string): number | undefined {
  const name = word.replace(/\.$/, '');
  const singular = name.length > 3 ? name.replace(/s$/, '') : name;
  if (singular === 'tue' || singular === 'tues') return 2;
  if (singular === 'thur' || singular === 'thurs' || singular === 'thu') return 4;
  const at = weekdayNames.findIndex((day) => day === singular || day.slice(0, 3) === singular);
  return at === -1 ? undefined : at;
}

/** The number of a month by its name or its first three letters, from 1; undefined for other words. */
export function monthOf(word: string): number | undefined {
  const name = word.replace(/\.$/, '');
  if (name === 'sept') return 9;
  const at = months.findIndex((month) => month === name || month.slice(0, 3) === name);
  return at === -1 ? undefined : at + 1;
}

/** The name of a month from its number. */
export function monthName(month: number): string {
  const name = months[month - 1] ?? '';
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A day of the month: `1st`, `15th`, `3`, `first`; undefined for other words and numbers past 31. */
export function dayOfMonth(word: string): number | undefined {
  const [, digits] = /^(\d{1,2})(?:st|nd|rd|th|\.)?$/.exec(word) ?? [];
  const day = digits === undefined ? ownValue(ordinals, word) : Number(digits);
  return day === undefined || day < 1 || day > 31 ? undefined : day;
}

/** Which of its kind in a month: `first` to `fifth`, `1st` to `5th`; undefined for other words. */
export function ordinalOf(word: string): number | undefined {
  const [, digits] = /^([1-5])(?:st|nd|rd|th)$/.exec(word) ?? [];
  return digits === undefined ? ownValue(ordinals, word) : Number(digits);
}

const numbers: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  ten: 10,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  other: 2,
  second: 2,
  third: 3,
};

/** A count: `90`, `two`, `other` (every other day); undefined for other words. */
export function countOf(word: string): number | undefined {
  return /^\d{1,5}$/.test(word) ? Number(word) : ownValue(numbers, word);
}

/** The parts of a list: `monday, wednesday and friday`. */
export function listed(text: string): string[] {
  return text
    .split(/\s*(?:,\s*and\b|,|\band\b|&|\+)\s*/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
