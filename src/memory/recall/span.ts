import { DAY } from '../../lib/time.ts';

/** A time, and the words of a question that say it. */
export interface Span {
  from: Date;
  until: Date;
  words: string;
}

/** Midnight of a day; months count from 0, and days beyond a month's end go on into the next one. */
export const calendarDay = (year: number, month: number, date: number): Date => new Date(year, month, date);

/** An instant some days on, of 24 hours each. */
export function shifted(at: Date, days: number): Date {
  return new Date(at.getTime() + days * DAY);
}
