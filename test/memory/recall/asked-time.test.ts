import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dayName } from '../../../src/lib/local-time.ts';
import { askedTime } from '../../../src/memory/recall/asked-time.ts';
import { mayHaveTime } from '../../../src/memory/recall/parsed-time.ts';

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
    ['what did we do over the weekend', '2026-11-28', '2026-11-30'],
    ['was war am Wochenende los', '2026-11-28', '2026-11-30'],
    ['what came last night', '2026-11-28', '2026-11-29'],
    ['who called on the 14th about the roof', '2026-11-14', '2026-11-15'],
    ['wer hat am 14. angerufen', '2026-11-14', '2026-11-15'],
    ['what did we do in the summer of 2024', '2024-06-01', '2024-09-01'],
    ['was haben wir im Herbst 2025 gepflanzt', '2025-09-01', '2025-12-01'],
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
    ['what did I do the day before yesterday?', '2026-11-27', '2026-11-28'],
    ['what did I say this morning', '2026-11-29', '2026-11-30'],
    ['what did I note last Friday', '2026-11-27', '2026-11-28'],
    ['what did Tom say on Friday', '2026-11-27', '2026-11-28'],
    ['what was last Sunday', '2026-11-22', '2026-11-23'],
    ['what was in the first week of November', '2026-11-01', '2026-11-08'],
    ['what broke between the 10th and the 14th', '2026-11-10', '2026-11-15'],
    ['what broke from 10 to 14 November', '2026-11-10', '2026-11-15'],
    ['what broke between 10 and 14 November', '2026-11-10', '2026-11-15'],
    ['what did we do the week before last', '2026-11-09', '2026-11-16'],
    ['what did we do last summer', '2026-06-01', '2026-09-01'],
    ['what did we plant in spring', '2026-03-01', '2026-06-01'],
    ['what did I do in the winter', '2025-12-01', '2026-03-01'],
    ['what did we decide in 2025', '2025-01-01', '2026-01-01'],
    ['what did we do in November last year', '2025-11-01', '2025-12-01'],
    ['what did I say last March', '2026-03-01', '2026-04-01'],
    ['what was on March 14', '2026-03-14', '2026-03-15'],
    ['what was on 14 March', '2026-03-14', '2026-03-15'],
    ['what was on the 14th of March', '2026-03-14', '2026-03-15'],
    ['what was on 2026-11-04', '2026-11-04', '2026-11-05'],
    ['what was on Nov 4th', '2026-11-04', '2026-11-05'],
    ['what did I say a week ago', '2026-11-19', '2026-11-26'],
    ['what did I note ten days ago', '2026-11-19', '2026-11-20'],
    ['what did I tell you an hour ago', '2026-11-29', '2026-11-30'],
    ['what happened this month', '2026-11-01', '2026-12-01'],
    ['what happened this year', '2026-01-01', '2027-01-01'],
    ['was habe ich vorgestern gesagt', '2026-11-27', '2026-11-28'],
    ['was war vor drei Tagen', '2026-11-26', '2026-11-27'],
    ['was war vor zwei Wochen', '2026-11-12', '2026-11-19'],
    ['was hat Tom letzten Freitag gesagt', '2026-11-27', '2026-11-28'],
    ['was war am Freitag', '2026-11-27', '2026-11-28'],
    ['was war heute', '2026-11-29', '2026-11-30'],
    ['was war heute Morgen', '2026-11-29', '2026-11-30'],
    ['was war vorletzte Woche', '2026-11-09', '2026-11-16'],
    ['was war im November 2025', '2025-11-01', '2025-12-01'],
    ['was war am 4. November', '2026-11-04', '2026-11-05'],
    ['was war am 04.11.2026', '2026-11-04', '2026-11-05'],
    ['was war letzten Monat', '2026-10-01', '2026-11-01'],
    ['was war letzten Sommer', '2026-06-01', '2026-09-01'],
    ['was war gestern Abend', '2026-11-28', '2026-11-29'],
    ["qu'a dit Paul avant-hier", '2026-11-27', '2026-11-28'],
    ["qu'a dit Paul il y a trois jours", '2026-11-26', '2026-11-27'],
    ["qu'a dit Paul vendredi dernier", '2026-11-27', '2026-11-28'],
    ["qu'est-ce qui s'est passé en mars", '2026-03-01', '2026-04-01'],
    ["qu'est-ce qui s'est passé le 14 novembre", '2026-11-14', '2026-11-15'],
    ['le mois dernier', '2026-10-01', '2026-11-01'],
    ["qu'ai-je dit ce matin", '2026-11-29', '2026-11-30'],
    ["qu'ai-je dit cette semaine", '2026-11-23', '2026-11-30'],
    ['qué dijo Pablo anteayer', '2026-11-27', '2026-11-28'],
    ['qué pasó hace tres días', '2026-11-26', '2026-11-27'],
    ['qué pasó el viernes pasado', '2026-11-27', '2026-11-28'],
    ['qué pasó en marzo', '2026-03-01', '2026-04-01'],
    ['qué pasó el 14 de noviembre', '2026-11-14', '2026-11-15'],
    ['el mes pasado', '2026-10-01', '2026-11-01'],
    ['qué dije esta mañana', '2026-11-29', '2026-11-30'],
    ['前天说了什么', '2026-11-27', '2026-11-28'],
    ['三天前说了什么', '2026-11-26', '2026-11-27'],
    ['上周五说了什么', '2026-11-20', '2026-11-21'],
    ['三月发生了什么', '2026-03-01', '2026-04-01'],
    ['11月14日发生了什么', '2026-11-14', '2026-11-15'],
    ['去年发生了什么', '2025-01-01', '2026-01-01'],
    ['今天发生了什么', '2026-11-29', '2026-11-30'],
    ['上个月发生了什么', '2026-10-01', '2026-11-01'],
    ['一昨日は何を話しましたか', '2026-11-27', '2026-11-28'],
    ['三日前は何を話しましたか', '2026-11-26', '2026-11-27'],
    ['先週の金曜日は何を話しましたか', '2026-11-20', '2026-11-21'],
    ['3月に何がありましたか', '2026-03-01', '2026-04-01'],
    ['11月14日に何がありましたか', '2026-11-14', '2026-11-15'],
    ['今日は何を話しましたか', '2026-11-29', '2026-11-30'],
    ['先月は何がありましたか', '2026-10-01', '2026-11-01'],
    ['ماذا قلت أمس', '2026-11-28', '2026-11-29'],
    ['ماذا قلت أول أمس', '2026-11-27', '2026-11-28'],
    ['ماذا حدث قبل ثلاثة أيام', '2026-11-26', '2026-11-27'],
    ['ماذا حدث الأسبوع الماضي', '2026-11-16', '2026-11-23'],
    ['ماذا حدث في مارس', '2026-03-01', '2026-04-01'],
    ['ماذا حدث اليوم', '2026-11-29', '2026-11-30'],
  ])('is found in %j', async (question, from, until) => {
    const asked = await askedTime(question, now);
    expect(asked && [dayName(asked.from), dayName(asked.until)]).toEqual([from, until]);
  });

  it.each([
    ['ledger-10 has the address 10.26.79.55', false],
    ['what did Luca Marsh and Ines Novak say', false],
    ['is 20.11.1.3 the newest version', false],
    ['what was said on 12.10. and on 3/4', true],
    ['what was said on 2026-05-16', true],
    ['what was said in Sept', true],
  ])('is looked for by the library only where a text may have one: %j', (text, may) => {
    expect(mayHaveTime.test(text)).toBe(may);
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
    ['what did Tom say on Friday', true, 'what did Tom say'],
    ['who comes on Friday?', false, 'who comes on Friday?'],
    ['what is due in March', false, 'what is due in March'],
    ['who has the key today?', false, 'who has the key  ?'],
    ['what do we need in March', false, 'what do we need in March'],
    ['what happened today?', true, ''],
    ['wer kommt am Freitag?', false, 'wer kommt am Freitag?'],
    ['was war am Freitag', true, ''],
  ])('looks back or not: %j', async (question, looksBack, rest) => {
    expect(await askedTime(question, now)).toMatchObject({ looksBack, rest });
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
    'the march of the penguins',
    'what is on monday.com',
    'night light model',
    'what colour is the evening dress',
    'morning glory seeds',
    'the price is between 10 and 14 euros',
    '2026-11-28 error '.repeat(100),
    'who lives on the 14th floor',
    'was haben wir am 1. Advent gemacht',
  ])('is none in %j', async (question) => {
    expect(await askedTime(question, now)).toBeUndefined();
  });

  it('is that of the zone of the owner', async () => {
    vi.stubEnv('TZ', 'Pacific/Honolulu');
    const late = new Date('2026-11-29T05:00:00Z');
    expect((await askedTime('yesterday', late))?.from).toEqual(new Date('2026-11-27T10:00:00Z'));
  });

  it.each([
    ['the quota of vault-07 went from 76 GiB to 40 (ERR-5466)', false],
    ['nginx on chat-12 ran 5 times, load 30, disk at 82%', false],
    ['5 days ago', true],
    ['2026-11-04', true],
    ['3日前に何を話しましたか', true],
    ['星期一说了什么', true],
  ])('%j is worth the library that reads times: %j', (question, isWorth) => {
    expect(mayHaveTime.test(question)).toBe(isWorth);
  });

  it.each(['东西东京', 'a1b2 c3d4 '])('is looked for once in a long text that repeats %j', (words) => {
    expect(mayHaveTime.test(words.repeat(60_000))).toBe(false);
  });
});
