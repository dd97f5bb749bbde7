import { describe, expect, it } from 'vitest';
import { digestOf, planOf } from '../../src/discord/catch-up.ts';
import type { MessagePayload } from '../../src/discord/payloads.ts';
import { idAt } from '../../src/discord/snowflake.ts';
import { HOUR, MINUTE } from '../../src/lib/time.ts';

const now = Date.parse('2026-11-28T12:00:00Z');
const message = (ageMs: number, content = `${ageMs} ms old`): MessagePayload => ({
  id: idAt(now - ageMs),
  channel_id: '1',
  author: { id: '2' },
  content,
  type: 0,
  attachments: [],
});
const none = { batchUntil: null };
const contents = (messages: readonly MessagePayload[]) => messages.map(({ content }) => content);

describe('catching up', () => {
  it('takes what was missed by a moment one by one', () => {
    const { single, batch, older } = planOf([message(3_000, 'a'), message(1_000, 'b')], none, now);
    expect(single.map(({ message: { content } }) => content)).toEqual(['a', 'b']);
    expect([batch, older]).toEqual([[], []]);
  });

  it('takes a backlog of a conversation as one turn, and commands by themselves before the cursor moves', () => {
    const messages = [message(20 * HOUR, 'a'), message(HOUR, '/remember b'), message(10 * MINUTE, 'c')];
    const plan = planOf([...messages, message(1_000, 'fresh')], none, now);
    expect(contents(plan.batch)).toEqual(['a', 'c']);
    expect(plan.until).toBe(messages[2]?.id);
    expect(plan.single).toEqual([{ message: messages[1], isBeforeBatch: true }]);
  });

  it('looks at the age by the id: what is older than a day is listed and not acted on', () => {
    const plan = planOf([message(25 * HOUR, 'old'), message(23 * HOUR, 'young')], none, now);
    expect(contents(plan.older)).toEqual(['old']);
    expect(plan.single.map(({ message: { content } }) => content)).toEqual(['young']);
  });

  it('acts on 50 at most, the newest', () => {
    const plan = planOf(
      Array.from({ length: 62 }, (_, index) => message(20 * HOUR - index * MINUTE, `m${index}`)),
      none,
      now,
    );
    expect(contents(plan.older)).toEqual(Array.from({ length: 12 }, (_, index) => `m${index}`));
    expect(plan.batch).toHaveLength(50);
  });

  it('takes a batch that was begun before a crash as it was, whatever has come since', () => {
    const messages = [message(2 * HOUR, 'a'), message(HOUR, 'b'), message(30 * MINUTE, 'later')];
    const plan = planOf(messages, { batchUntil: messages[1]?.id ?? '' }, now);
    expect(contents(plan.batch)).toEqual(['a', 'b']);
    expect(plan.until).toBe(messages[1]?.id);
    expect(plan.older).toEqual([]);
  });

  it('lists in one line what it does not act on', () => {
    const text = digestOf([message(30 * HOUR, 'water\nthe plants'), message(29 * HOUR, 'x'.repeat(100))]);
    expect(text).toMatch(/^2 messages on Discord came while ninjad was away for long \([^)]*\)/);
    expect(text).toContain(`"water the plants", "${'x'.repeat(60)}"`);
    expect(text).not.toContain('\n');
  });
});
