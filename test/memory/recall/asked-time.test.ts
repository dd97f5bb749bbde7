import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dayName } from '../../../src/lib/local-time.ts';
import { askedTime } from '../../../src/memory/recall/asked-time.ts';

/** A Sunday. */
const now = new Date('2026-11-29T10:00:00Z');

describe('the time that a question asks about', () => {
  beforeEach(() => void vi.stubEnv('TZ', 'Europe/Berlin'));
  afterEach(() => void vi.unstubAllEnvs());

  it.each([
    ['what did I say yesterday about the garden', '2026-11-28', '2026-11-29'],
    ['what happened today?', '2026-11-29', '2026-11-30'],
    ['what was said last week', '2026-11-16', '2026-11-23'],
    ['the decisions of this week', '2026-11-23', '2026-11-30'],
    ['what did we do last weekend', '2026-11-21', '2026-11-23'],
    ['what broke in March', '2026-03-01', '2026-04-01'],
    ['what broke in March 2025', '2025-03-01', '2025-04-01'],
    ['what broke in December?', '2025-12-01', '2026-01-01'],
    ['what was on the 14th', '2026-11-14', '2026-11-15'],
    ['what was on the 30th', '2026-10-30', '2026-10-31'],
    ['what did Tom say on Monday', '2026-11-23', '2026-11-24'],
    ['three days ago', '2026-11-26', '2026-11-27'],
    ['what was two weeks ago', '2026-11-12', '2026-11-19'],
    ['a month ago', '2026-10-01', '2026-11-01'],
    ['last month', '2026-10-01', '2026-11-01'],
    ['last year', '2025-01-01', '2026-01-01'],
    ['in 2024', '2024-01-01', '2025-01-01'],
    ['what happened on 4 November', '2026-11-04', '2026-11-05'],
    ['what happened on 4 December', '2025-12-04', '2025-12-05'],
    ['was war gestern', '2026-11-28', '2026-11-29'],
    ['was war letzte Woche', '2026-11-16', '2026-11-23'],
    ['was war im März', '2026-03-01', '2026-04-01'],
    ['was war am 14.?', '2026-11-14', '2026-11-15'],
    ['qu’a dit Paul hier', '2026-11-28', '2026-11-29'],
    ['la semaine dernière', '2026-11-16', '2026-11-23'],
    ['qué pasó ayer', '2026-11-28', '2026-11-29'],
    ['la semana pasada', '2026-11-16', '2026-11-23'],
    ['昨天说了什么', '2026-11-28', '2026-11-29'],
    ['上周说了什么', '2026-11-16', '2026-11-23'],
    ['昨日は何を話しましたか', '2026-11-28', '2026-11-29'],
    ['先週は何を話しましたか', '2026-11-16', '2026-11-23'],
  ])('is found in %j', async (question, from, until) => {
    const asked = await askedTime(question, now);
    expect(asked && [dayName(asked.from), dayName(asked.until)]).toEqual([from, until]);
  });

  it('goes on until now after "since", and ends where "before" says', async () => {
    expect((await askedTime('since Monday', now))?.until).toEqual(now);
    expect((await askedTime('what did we say before March', now))?.until).toEqual(
      new Date('2026-02-28T23:00:00Z'),
    );
  });

  it('leaves out relative words from the question, which other memories have about other days', async () => {
    expect((await askedTime('what did Tom say yesterday about glue', now))?.rest).toMatch(
      /^what did Tom say\s+about glue$/,
    );
    expect((await askedTime('what happened on 4 November', now))?.rest).toBe('what happened on 4 November');
  });

  it.each([
    'may I ask what sat there',
    'who has the spare key?',
    'web-01 on port 8080',
    'version 4.17.3',
    'policy 77-4410-2',
    'what will be tomorrow',
    'the second one please',
    'wo ist der Schlüssel',
    '2026-11-28 error '.repeat(100),
  ])('is none in %j', async (question) => {
    expect(await askedTime(question, now)).toBeUndefined();
  });

  it('is that of the zone of the owner', async () => {
    vi.stubEnv('TZ', 'Pacific/Honolulu');
    const late = new Date('2026-11-29T05:00:00Z');
    expect((await askedTime('yesterday', late))?.from).toEqual(new Date('2026-11-27T10:00:00Z'));
  });
});
