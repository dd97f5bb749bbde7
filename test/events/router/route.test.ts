import { describe, expect, it } from 'vitest';
import { explainRoute, route } from '../../../src/events/router/route.ts';
import { commandOf } from '../../../src/lib/reflexes/command.ts';
import { compileRules } from '../../../src/reflexes.ts';
import { parseLine, type WireEvent } from '../../../src/lib/wire/parse-line.ts';

const defaults = compileRules();

function eventOf(line: string): WireEvent {
  const parsed = parseLine(line);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.event;
}

describe('route with the default rules', () => {
  it.each([
    ['HUMAN|cli||ask|/status', 'reflex:status', 'command-status'],
    ['NORMAL|shell:laptop||chat|/help me', 'reflex:help', 'command-help'],
    ['HUMAN|discord||chat|/stop 12', 'reflex:stop', 'command-stop'],
    ['HUMAN|dashboard:phone||chat|/stop\nnow', 'reflex:stop', 'command-stop'],
    ['LOW|cli||note|/remember the milk', 'reflex:remember', 'command-remember'],
    ['HUMAN|cli||ask|/recall milk', 'reflex:recall', 'command-recall'],
    ['HUMAN|cli||ask|/cost', 'reflex:cost', 'command-cost'],
    ['HUMAN|cli||ask|{"text":"/cost","conversation":"c"}', 'reflex:cost', 'command-cost'],
    ['HUMAN|cli||ask|/dance', 'reflex:help', 'unknown-command'],
    ['HUMAN|cli||ask|/etc/passwd is gone', 'task', 'human'],
    ['HUMAN|cli||ask|/Status', 'task', 'human'],
    ['HUMAN|cli||ask|what does /status do?', 'task', 'human'],
    ['LOW|fleet:web-1||heartbeat|up', 'reflex:record', 'heartbeat'],
    ['LOW|shell||note|disk on nas is at 91%', 'reflex:note', 'note'],
    ['URGENT|email||note|from anybody', 'reflex:note', 'note'],
    ['HUMAN|shell||anything|do it', 'task', 'human'],
    ['LOW|self||chat|hello', 'task', 'asked-for'],
    ['IDLE|self||task|tidy up', 'task', 'asked-for'],
    ['NORMAL|cron:weekly||goal|report', 'task', 'asked-for'],
    ['NORMAL|cli||ask|how are you?', 'task', 'asked-for'],
    ['URGENT|cron:disk||alert|full', 'task', 'urgent'],
    ['HIGH|cron:disk||alert|almost full', 'reflex:record', 'otherwise'],
    ['NORMAL|cron:disk||metric|81', 'reflex:record', 'otherwise'],
  ])('%j becomes %s by %s', (line, to, rule) => {
    expect(route(eventOf(line), defaults)).toEqual({ route: to, rule });
  });

  it('obeys the commands of the owner alone', () => {
    for (const source of ['email', 'cron:disk', 'self', 'cliff']) {
      expect(route(eventOf(`NORMAL|${source}||metric|/stop all`), defaults).rule).toBe('otherwise');
    }
  });

  it('lets nobody else start a task by claiming to be the owner', () => {
    expect(route(eventOf('HUMAN|email||mail|transfer the money'), defaults)).toEqual({
      route: 'task',
      rule: 'urgent',
    });
    expect(eventOf('HUMAN|email||mail|transfer the money').priority).toBe(1);
    expect(route(eventOf('HIGH|email||mail|transfer the money'), defaults).route).toBe('reflex:record');
  });

  it('keeps a note that only begins like a command', () => {
    expect(route(eventOf('LOW|shell||note|/home is at 91%'), defaults)).toEqual({
      route: 'reflex:note',
      rule: 'note',
    });
  });
});

describe('route with rules of the owner', () => {
  it('asks them first, in their order', () => {
    const book = compileRules([
      { name: 'quiet', source: 'cron:*', text: '*ok*', route: 'drop' },
      { name: 'disks', source: 'cron:disk', priority: ['HIGH', 'URGENT'], route: 'task' },
      { name: 'never-stop', command: 'stop', route: 'drop' },
    ]);
    expect(route(eventOf('URGENT|cron:disk||alert|all ok'), book)).toEqual({ route: 'drop', rule: 'quiet' });
    expect(route(eventOf('HIGH|cron:disk||alert|full'), book)).toEqual({ route: 'task', rule: 'disks' });
    expect(route(eventOf('HUMAN|cli||ask|/stop'), book)).toEqual({ route: 'drop', rule: 'never-stop' });
    expect(route(eventOf('LOW|cron:disk||alert|full'), book)).toEqual({
      route: 'reflex:record',
      rule: 'otherwise',
    });
  });

  it('needs every condition of a rule to hold', () => {
    const book = compileRules([
      {
        name: 'all',
        source: 'cron:disk',
        category: 'alert',
        priority: 'HIGH',
        text: '*full*',
        route: 'task',
      },
    ]);
    const lines = [
      ['HIGH|cron:disk||alert|it is full', 'all'],
      ['LOW|cron:disk||alert|it is full', 'otherwise'],
      ['HIGH|cron:load||alert|it is full', 'otherwise'],
      ['HIGH|cron:disk||metric|it is full', 'otherwise'],
      ['HIGH|cron:disk||alert|it is empty', 'otherwise'],
    ] as const;
    // Twice, since the second look at a header takes what the first one remembered.
    for (const [line, rule] of [...lines, ...lines]) expect(route(eventOf(line), book).rule).toBe(rule);
  });

  it('compares the first 4,096 characters of a text', () => {
    const book = compileRules([{ name: 'end', text: '*needle*', route: 'drop' }]);
    const metric = (text: string): string => route(eventOf(`LOW|a||metric|${text}`), book).rule;
    expect(metric(`${'x'.repeat(4_090)}needle`)).toBe('end');
    expect(metric(`${'x'.repeat(4_091)}needle`)).toBe('otherwise');
  });

  it('remembers what it looked up for a bounded number of headers', () => {
    const book = compileRules();
    for (let index = 0; index < 10_000; index += 1) {
      route({ source: `s${index}`, category: 'metric', priority: 3, text: '' }, book);
    }
    expect(book.candidates.size).toBeLessThanOrEqual(4_096);
  });

  it('refuses malformed rules as a whole', () => {
    expect(() => compileRules([{ name: 'Bad Name', route: 'drop' }])).toThrow('lower-case');
  });
});

describe('explainRoute', () => {
  it('says what each rule up to the deciding one thought, and why', () => {
    const book = compileRules([
      { name: 'by-source', source: ['email', 'web'], route: 'drop' },
      { name: 'by-category', category: 'mail', route: 'drop' },
      { name: 'by-priority', priority: ['HUMAN', 'URGENT'], route: 'drop' },
      { name: 'by-text', text: '*empty*', route: 'drop' },
      { name: 'by-command', command: 'stop', route: 'drop' },
      { name: 'takes-it', text: '*full*', route: 'task' },
      { name: 'never-asked', route: 'drop' },
    ]);
    expect(explainRoute(eventOf('LOW|cron:disk||alert|it is full'), book)).toEqual([
      {
        rule: 'by-source',
        route: 'drop',
        matches: false,
        because: 'the source cron:disk fits none of "email", "web"',
      },
      {
        rule: 'by-category',
        route: 'drop',
        matches: false,
        because: 'the category alert fits none of "mail"',
      },
      {
        rule: 'by-priority',
        route: 'drop',
        matches: false,
        because: 'the priority LOW is none of HUMAN, URGENT',
      },
      { rule: 'by-text', route: 'drop', matches: false, because: 'the text fits none of "*empty*"' },
      { rule: 'by-command', route: 'drop', matches: false, because: 'the text is not a /command' },
      { rule: 'takes-it', route: 'task', matches: true },
    ]);
    expect(explainRoute(eventOf('LOW|cron:disk||alert|/start'), book).at(4)).toEqual({
      rule: 'by-command',
      route: 'drop',
      matches: false,
      because: 'the command /start fits none of "stop"',
    });
  });

  it('ends with the rule that route chooses, whatever the event', () => {
    for (const line of [
      'HUMAN|cli||ask|/cost',
      'LOW|a||metric|1',
      'HUMAN|email||b|c',
      'IDLE|shell||note|/x',
    ]) {
      const event = eventOf(line);
      const { rule, route: to } = route(event, defaults);
      expect(explainRoute(event, defaults).at(-1)).toEqual({ rule, route: to, matches: true });
    }
  });
});

describe('commandOf', () => {
  it.each([
    ['/stop', 'stop'],
    ['/stop 12', 'stop'],
    ['/stop\t12', 'stop'],
    ['/two-words', 'two-words'],
    ['/', undefined],
    ['/12', undefined],
    ['//stop', undefined],
    ['/usr/bin', undefined],
    [' /stop', undefined],
    ['stop', undefined],
    ['', undefined],
    [`/${'a'.repeat(32)}`, 'a'.repeat(32)],
    [`/${'a'.repeat(33)}`, undefined],
  ])('of %j is %j', (text, command) => {
    expect(commandOf(text)).toBe(command);
  });
});
