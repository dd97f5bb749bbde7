import { describe, expect, it } from 'vitest';
import { type Turn, turnOf } from '../../../src/memory/keep/turn.ts';

const turn = (asked: string, reply: string, more: Partial<Turn> = {}): string | undefined =>
  turnOf({ state: 'done', outcome: null, agent: 'claude', asked: [asked], reply, ...more });

describe('the memory of a turn', () => {
  it('is one, of what was said and decided, without code and tables', () => {
    const reply = [
      'Here they are side by side:',
      '',
      '| firm | price |',
      '| --- | --- |',
      '| Brandt | 14,200 |',
      '',
      '```sh',
      'rm -rf /tmp/x',
      '```',
      '',
      'Brandt costs 1,300 more. I would take Brandt.',
    ].join('\n');
    expect(turn('compare the offers', reply)).toBe(
      'compare the offers\n→ Here they are side by side: Brandt costs 1,300 more. I would take Brandt.',
    );
  });

  it('has no rows of tables without outer bars, and no indented code', () => {
    const reply = [
      'Plan | Price',
      '--- | ---:',
      'S | 5',
      'M | 9',
      '',
      'Plan M is the better one:',
      '',
      '- it has backups',
      '',
      '    and they are tested',
      '',
      'Nothing was booked yet.',
      '',
      '    $ curl -s example',
      '    200 OK',
    ].join('\n');
    expect(turn('which plan?', reply)).toBe(
      'which plan?\n→ Plan M is the better one: - it has backups and they are tested Nothing was booked yet.',
    );
  });

  it('keeps the beginning and the end of a long reply, and is never cut into pieces', () => {
    const reply = `The plan begins here. ${'Then comes another step of the plan. '.repeat(300)}In the end the roof is red.`;
    const memory = turn('what about the roof?', reply) ?? '';
    expect(memory).toMatch(/^what about the roof\?\n→ The plan begins here\./);
    expect(memory).toMatch(/In the end the roof is red\.$/);
    expect(memory.length).toBeLessThan(2_000);
    expect((turn('x'.repeat(100_000), reply) ?? '').length).toBeLessThan(2_000);
  });

  it.each([
    ['hi', 'Good morning! I hope that you slept well and are ready for the day.'],
    ['thanks a lot', 'You are welcome, it was a pleasure to help you with that.'],
    ['is the backup done?', 'API Error: 529 {"type":"error","error":{"type":"overloaded_error"}}'],
    ['is the backup done?', 'Credit balance is too low'],
    ['who won the match?', 'I cannot look that up: I have no access to the internet here.'],
    ['ok', 'Will do.'],
    ['show the log', '```\nNov 3 10:00:01 web-1 CRON[123]: session opened for the user\n```'],
    ['the key is with Tom', 'Noted.'],
  ])('is none after %j and %j', (asked, reply) => {
    expect(turn(asked, reply)).toBeUndefined();
  });

  it('is none of the offline agent, of what failed and of what was told with another task', () => {
    const reply = 'The disk of the server is full of old images.';
    expect(turn('what fills the disk?', reply)).toBe(`what fills the disk?\n→ ${reply}`);
    expect(turn('what fills the disk?', reply, { agent: 'offline' })).toBeUndefined();
    expect(turn('what fills the disk?', reply, { state: 'failed' })).toBeUndefined();
    expect(turn('what fills the disk?', reply, { outcome: 'steered' })).toBeUndefined();
  });

  it('is made of what was done after an assent', () => {
    expect(turn('do that', 'The letter is drafted: it cancels as of 31 December.')).toBe(
      'do that\n→ The letter is drafted: it cancels as of 31 December.',
    );
  });
});
