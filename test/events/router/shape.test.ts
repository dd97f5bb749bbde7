import { describe, expect, it } from 'vitest';
import { explainRoute, route, type Routing } from '../../../src/events/router/route.ts';
import type { RuleInput } from '../../../src/events/router/rule.ts';
import { createThrottles } from '../../../src/events/router/throttles.ts';
import { parseLine, type WireEvent } from '../../../src/lib/wire/parse-line.ts';
import { compileRules } from '../../../src/reflexes.ts';

const minute = 60_000;
const noon = Date.UTC(2026, 10, 28, 12);
const midnight = Date.UTC(2026, 10, 28, 23, 30);

function eventOf(line: string): WireEvent {
  const parsed = parseLine(line);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.event;
}

/** Asks rules at times of the clock. */
function asking(...rules: RuleInput[]) {
  const book = compileRules(rules);
  const throttles = createThrottles();
  return (line: string, at = noon): Routing => route(eventOf(line), book, { at, throttles });
}

describe('a rule with a throttle', () => {
  it('lets so many through in any stretch of its time, and drops the rest with the reason', () => {
    const ask = asking({ name: 'few', source: 'cron:*', route: 'task', throttle: { count: 2, per: '10m' } });
    const at = (minutes: number): Routing => ask('LOW|cron:a||metric|x', noon + minutes * minute);
    const passes = { route: 'task', rule: 'few', shaping: {} };
    expect([at(0), at(9)]).toEqual([passes, passes]);
    expect(at(9.5)).toEqual({
      route: 'drop',
      rule: 'few',
      shaping: { throttledBy: 'few', reason: 'one too many: the rule few lets 2 through in 10m' },
    });
    expect(at(10)).toEqual(passes);
    expect([at(18.9).route, at(19).route, at(19.1).route]).toEqual(['drop', 'task', 'drop']);
  });

  it('counts each source for itself where it is told to', () => {
    const throttle = { count: 1, per: '1h', by: 'source' } as const;
    const ask = asking({ name: 'each', source: 'cron:*', route: 'task', throttle });
    expect(ask('LOW|cron:a||m|x').route).toBe('task');
    expect(ask('LOW|cron:b||m|x').route).toBe('task');
    expect(ask('LOW|cron:a||m|x')).toMatchObject({
      route: 'drop',
      shaping: { reason: 'one too many: the rule each lets 1 of a source through in 1h' },
    });
  });

  it('never drops what the owner says', () => {
    const ask = asking({ name: 'few', route: 'task', throttle: { count: 1, per: '1h' } });
    expect([1, 2, 3].map(() => ask('HUMAN|cli||ask|hello').route)).toEqual(['task', 'task', 'task']);
  });

  it('holds nobody up where the clock goes back', () => {
    const ask = asking({ name: 'few', route: 'task', throttle: { count: 1, per: '1h' } });
    expect(ask('LOW|a||m|x', noon).route).toBe('task');
    expect(ask('LOW|a||m|x', noon - 120 * minute).route).toBe('task');
    expect(ask('LOW|a||m|x', noon - 119 * minute).route).toBe('drop');
  });

  it('counts nothing where it is only asked what would be', () => {
    const book = compileRules([{ name: 'few', route: 'task', throttle: { count: 1, per: '1h' } }]);
    const event = eventOf('LOW|a||m|x');
    expect([1, 2, 3].map(() => route(event, book).route)).toEqual(['task', 'task', 'task']);
  });
});

describe('a rule without a route', () => {
  it('changes the event and leaves the route to the rules after it, which see its new priority', () => {
    const ask = asking({ name: 'calm', source: 'cron:*', setPriority: 'LOW' });
    expect(ask('URGENT|cron:disk||alert|full')).toEqual({
      route: 'reflex:record',
      rule: 'otherwise',
      shaping: { priority: 4, met: ['calm'] },
    });
    const loud = asking({ name: 'loud', source: 'mail', text: '*fire*', setPriority: 'URGENT' });
    expect(loud('LOW|mail||mail|fire!')).toEqual({
      route: 'task',
      rule: 'urgent',
      shaping: { priority: 1, met: ['loud'] },
    });
    expect(loud('LOW|mail||mail|water')).toEqual({ route: 'reflex:record', rule: 'otherwise' });
  });

  it('hands on what several say, and a later one has the last word', () => {
    const ask = asking(
      { name: 'one', source: 'cron:*', setPriority: 'HIGH', permissionCategory: 'backup' },
      { name: 'two', category: 'job', setPriority: 'LOW' },
      { name: 'three', category: 'job', route: 'task', permissionCategory: 'careful' },
    );
    expect(ask('NORMAL|cron:a||job|x')).toEqual({
      route: 'task',
      rule: 'three',
      shaping: { priority: 4, permissionCategory: 'careful', met: ['one', 'two'] },
    });
  });

  it('asks no rule twice when the priority changes', () => {
    const ask = asking(
      { name: 'low-to-high', priority: 'LOW', setPriority: 'HIGH' },
      { name: 'high-to-low', priority: 'HIGH', setPriority: 'LOW' },
    );
    expect(ask('LOW|a||m|x')).toMatchObject({
      rule: 'otherwise',
      shaping: { priority: 4, met: ['low-to-high', 'high-to-low'] },
    });
  });

  it('drops what is over its throttle by itself', () => {
    const ask = asking({ name: 'few', source: 'fleet:*', throttle: { count: 1, per: '1m' } });
    expect(ask('NORMAL|fleet:a||task|x')).toMatchObject({ route: 'task', rule: 'asked-for' });
    expect(ask('NORMAL|fleet:a||task|x')).toMatchObject({ route: 'drop', rule: 'few' });
  });
});

describe('quiet hours', () => {
  const night = { hours: '22:00-07:00', zone: 'UTC' };
  const rule: RuleInput = { name: 'night', source: ['cron:*', 'cli'], route: 'task', quiet: night };

  it('hold tasks until they end, and say until when', () => {
    const ask = asking(rule);
    expect(ask('NORMAL|cron:a||job|x', midnight)).toEqual({
      route: 'task',
      rule: 'night',
      shaping: {
        heldBy: 'night',
        heldUntil: Date.UTC(2026, 10, 29, 7),
        reason: 'held until 07:00 (UTC): quiet hours of the rule night',
      },
    });
    expect(ask('NORMAL|cron:a||job|x', noon)).toEqual({ route: 'task', rule: 'night', shaping: {} });
    expect(ask('NORMAL|cron:a||job|x', Date.UTC(2026, 10, 29, 7))).toMatchObject({ shaping: {} });
    expect(ask('NORMAL|cron:a||job|x', Date.UTC(2026, 10, 29, 6, 59, 59)).shaping?.heldBy).toBe('night');
  });

  it('let URGENT and HUMAN pass, and what a rule makes URGENT', () => {
    const ask = asking({ name: 'fire', text: 'fire', setPriority: 'URGENT' }, rule);
    for (const line of ['URGENT|cron:a||job|x', 'HUMAN|cli||ask|x', 'LOW|cron:a||job|fire'])
      expect(ask(line, midnight).shaping?.heldBy).toBeUndefined();
  });

  it('lower where they are told to, and leave what is lower already', () => {
    const ask = asking({ ...rule, quiet: { ...night, then: 'lower' } });
    expect(ask('HIGH|cron:a||job|x', midnight)).toMatchObject({
      route: 'task',
      shaping: {
        priority: 4,
        loweredBy: 'night',
        reason: 'lowered to LOW in the quiet hours of the rule night',
      },
    });
    expect(ask('IDLE|cron:a||job|x', midnight)).toEqual({ route: 'task', rule: 'night', shaping: {} });
  });

  it('hold tasks alone: what a reflex keeps it keeps at once', () => {
    const ask = asking({ name: 'night', source: 'cron:*', quiet: night });
    expect(ask('NORMAL|cron:a||note|x', midnight)).toEqual({
      route: 'reflex:note',
      rule: 'note',
      shaping: { met: ['night'] },
    });
    expect(ask('NORMAL|cron:a||task|x', midnight)).toMatchObject({
      rule: 'asked-for',
      shaping: { heldBy: 'night' },
    });
  });

  it('end at the hour on the clock, also in the night in which the clock is put back', () => {
    const ask = asking({ ...rule, quiet: { hours: '22:00-07:00', zone: 'Europe/Berlin' } });
    const held = (at: number) => ask('NORMAL|cron:a||job|x', at).shaping?.heldUntil;
    // 25 October 2026: at 3:00 it is 2:00 again, so that the night has an hour more.
    expect(held(Date.UTC(2026, 9, 24, 20, 30))).toBe(Date.UTC(2026, 9, 25, 6));
    expect(held(Date.UTC(2026, 9, 25, 20, 30))).toBeUndefined();
    expect(held(Date.UTC(2026, 9, 25, 21, 30))).toBe(Date.UTC(2026, 9, 26, 6));
    // 29 March 2026: at 2:00 it is 3:00.
    expect(held(Date.UTC(2026, 2, 28, 21, 30))).toBe(Date.UTC(2026, 2, 29, 5));
  });
});

describe('fields of a JSON payload', () => {
  const mail = (fields: Record<string, unknown>): string =>
    `LOW|mail||mail|${JSON.stringify({ text: 'hello', ...fields })}`;
  const boss = {
    name: 'boss',
    fields: { from: '*@boss.example', subject: '*invoice*' },
    route: 'task',
  } as const;

  it('have to fit, each of them as a whole', () => {
    const ask = asking(boss);
    const rule = (fields: Record<string, unknown>) => ask(mail(fields)).rule;
    expect(rule({ from: 'a@boss.example', subject: 'the invoice of May' })).toBe('boss');
    expect(rule({ from: 'a@boss.example.evil', subject: 'invoice' })).toBe('otherwise');
    expect(rule({ from: 'a@boss.example' })).toBe('otherwise');
    expect(rule({ from: 'a@boss.example', subject: 'Invoice' })).toBe('otherwise');
    expect(ask('LOW|mail||mail|from: a@boss.example invoice').rule).toBe('otherwise');
  });

  it('are compared in any case of letters where that is said', () => {
    const ask = asking({ ...boss, ignoreCase: true });
    expect(ask(mail({ from: 'A@BOSS.example', subject: 'Invoice 12' })).rule).toBe('boss');
  });

  it('may be lists, numbers, yes or no, and lie within others', () => {
    const one = (fields: Record<string, string>, payload: Record<string, unknown>) =>
      asking({ name: 'one', fields, route: 'drop' })(mail(payload)).rule === 'one';
    expect(one({ to: 'me@*' }, { to: ['you@a.example', 'me@a.example'] })).toBe(true);
    expect(one({ to: 'me@*' }, { to: [] })).toBe(false);
    expect(one({ 'list.id': '*news*' }, { list: { id: 'the-news.example' } })).toBe(true);
    expect(one({ 'list.id': '*news*' }, { 'list.id': 'news' })).toBe(true);
    expect(one({ size: '1?' }, { size: 12 })).toBe(true);
    expect(one({ seen: 'true' }, { seen: true })).toBe(true);
    expect(one({ list: '*' }, { list: { id: 'x' } })).toBe(false);
    expect(one({ constructor: '*' }, {})).toBe(false);
    expect(one({ __proto__x: '*' }, {})).toBe(false);
  });

  it('take no time that grows with what a stranger writes', () => {
    const ask = asking({ name: 'slow', fields: { subject: `${'*a'.repeat(100)}b` }, route: 'drop' });
    const from = performance.now();
    expect(ask(mail({ subject: 'a'.repeat(900_000) })).rule).toBe('otherwise');
    expect(ask(mail({ subject: Array.from({ length: 10_000 }, () => 'a'.repeat(50)) })).rule).toBe(
      'otherwise',
    );
    expect(performance.now() - from).toBeLessThan(2_000);
  });

  it('are explained', () => {
    const book = compileRules([boss, { name: 'calm', source: 'mail', setPriority: 'IDLE' }]);
    const verdicts = (line: string) => explainRoute(eventOf(line), book).slice(0, 2);
    expect(verdicts(mail({ from: 'x' }))).toEqual([
      {
        rule: 'boss',
        route: 'task',
        matches: false,
        because: 'the field "from" fits none of "*@boss.example"',
      },
      { rule: 'calm', matches: true },
    ]);
    expect(verdicts(mail({ from: 'a@boss.example' }))[0]?.because).toBe('the payload has no field "subject"');
    expect(verdicts('LOW|mail||mail|text')[0]?.because).toBe(
      'the payload is no JSON object, so that it has no fields',
    );
  });
});

it('asks no rule that is switched off', () => {
  const rules: RuleInput[] = [{ name: 'all', route: 'drop', enabled: false }];
  expect(asking(...rules)('LOW|a||m|x').rule).toBe('otherwise');
});
