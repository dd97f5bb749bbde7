import { describe, expect, it } from 'vitest';
import { readRecurring, recurringForms } from '../../../src/goals/when/grammar.ts';

describe('the closed grammar of recurring schedules', () => {
  it.each([
    ['every minute', '* * * * *'],
    ['every 15 minutes', '*/15 * * * *'],
    ['every 30 seconds', '*/30 * * * * *'],
    ['every half hour', '*/30 * * * *'],
    ['hourly', '0 * * * *'],
    ['every 2 hours', '0 */2 * * *'],
    ['every 60 minutes', '0 * * * *'],
    ['every hour at minute 15', '15 * * * *'],
    ['every hour at :05', '5 * * * *'],
    ['every 30 minutes between 9 and 17 on weekdays', '*/30 9-16 * * 1-5'],
    ['every hour between 9 and 17', '0 9-17 * * *'],
    ['every 2 hours between 8 and 20 on weekends', '0 8-20/2 * * 0,6'],
    ['every hour on weekdays', '0 * * * 1-5'],
    ['every day at 9', '0 9 * * *'],
    ['Daily at 9:05 pm.', '5 21 * * *'],
    ['at noon every day', '0 12 * * *'],
    ['every day at 9 and 17', '0 9,17 * * *'],
    ['every day at 9:00, 9:20 and 9:40', '0,20,40 9 * * *'],
    ['every morning at 7', '0 7 * * *'],
    ['every evening at 8', '0 20 * * *'],
    ['every night at 11', '0 23 * * *'],
    ['every day at 8 in the evening', '0 20 * * *'],
    ['every weekday at 9', '0 9 * * 1-5'],
    ['weekdays at 9:30am', '30 9 * * 1-5'],
    ['every weekend at 10', '0 10 * * 0,6'],
    ['every monday at 9', '0 9 * * 1'],
    ['mondays at 9', '0 9 * * 1'],
    ['every monday and thursday at 18:30', '30 18 * * 1,4'],
    ['every mon, wed and fri at noon', '0 12 * * 1,3,5'],
    ['monday to friday at 8:15', '15 8 * * 1-5'],
    ['friday to monday at 9', '0 9 * * 5-6,0-1'],
    ['on the 1st at 9', '0 9 1 * *'],
    ['on the 1st and 15th at noon', '0 12 1,15 * *'],
    ['monthly on the 15th at 9', '0 9 15 * *'],
    ['every month on day 3 at 9', '0 9 3 * *'],
    ['last day of the month at 17:00', '0 17 L * *'],
    ['end of month at 17:00', '0 17 L * *'],
    ['first day of the month at 9', '0 9 1 * *'],
    ['on the last day of every month at 17:00', '0 17 L * *'],
    ['first monday of the month at 9', '0 9 * * 1#1'],
    ['every last friday of the month at 16:00', '0 16 * * 5#L'],
    ['every 3 months on the 1st at 9', '0 9 1 */3 *'],
    ['every quarter on the 1st at 9', '0 9 1 1,4,7,10 *'],
    ['every year on march 3 at 9', '0 9 3 3 *'],
    ['every 24th of december at 18:00', '0 18 24 12 *'],
  ])('reads "%s" as %s', (text, cron) => {
    expect(readRecurring(text)).toEqual({ kind: 'cron', cron });
  });

  it.each([
    ['every 90 minutes', 90],
    ['every hour and a half', 90],
    ['every 1h30m', 90],
    ['every 7 minutes', 7],
    ['every 5 hours', 300],
    ['every 24 hours', 1440],
    ['every 2 weeks', 20_160],
  ])('reads "%s" as a span, which no line of cron can say', (text, minutes) => {
    expect(readRecurring(text)).toEqual({ kind: 'every', everyMs: minutes * 60_000 });
  });

  it('counts days and weeks from a day on, since cron begins such counts anew each month', () => {
    expect(readRecurring('every 3 days at 9')).toEqual({
      kind: 'every',
      everyMs: 3 * 86_400_000,
      from: { time: { hour: 9, minute: 0 } },
    });
    const fortnight = {
      kind: 'every',
      everyMs: 14 * 86_400_000,
      from: { weekday: 1, time: { hour: 9, minute: 0 } },
    };
    expect(readRecurring('every other monday at 9')).toEqual(fortnight);
    expect(readRecurring('every 2 weeks on monday at 9')).toEqual(fortnight);
  });

  it.each([
    'banana',
    'every blue moon',
    'tomorrow at 8',
    'monday at 9',
    'on 3 at 9',
    'every day at 25:00',
    'every 1.5 hours',
    '',
  ])('takes "%s" for none of its forms', (text) => {
    expect(readRecurring(text)).toBeUndefined();
  });

  it.each([
    ['every day', 'lacks a time of day'],
    ['every monday', 'lacks a time of day'],
    ['every february 30 at 9', 'there is no 30 February'],
    ['every 31 june at 9', 'there is no 31 June'],
    ['every day at 9 and 17:30', 'need a goal each'],
    ['every 0 minutes', 'never ends'],
    ['every 5 months on the 1st at 9', 'does not divide a year'],
    ['every hour between 22 and 6', 'reaches over midnight'],
  ])('understands "%s" and says why it cannot be kept', (text, why) => {
    expect(() => readRecurring(text)).toThrow(why);
  });

  it('reads each form that its refusals name', () => {
    expect(recurringForms.length).toBeGreaterThanOrEqual(20);
    expect(recurringForms.filter((form) => readRecurring(form) === undefined)).toEqual([]);
  });
});
