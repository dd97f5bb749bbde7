import { describe, expect, it } from 'vitest';
import { ruleSchema } from '../../../src/events/router/rule.ts';

const good = { name: 'disk', category: 'metric', route: 'drop' };

describe('ruleSchema', () => {
  it('takes single patterns and lists alike', () => {
    expect(
      ruleSchema.parse({ ...good, source: 'cron:*', text: ['*full*', '*fail*'], priority: 'LOW' }),
    ).toEqual({
      name: 'disk',
      source: ['cron:*'],
      category: ['metric'],
      text: ['*full*', '*fail*'],
      priority: ['LOW'],
      route: 'drop',
    });
  });

  it.each(['task', 'drop', 'reflex:note', 'reflex:a-b'])('takes the route %s', (route) => {
    expect(ruleSchema.parse({ name: 'a', route })).toEqual({ name: 'a', route });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown key', { ...good, colour: 'red' }, 'colour'],
    ['a missing route', { name: 'disk' }, 'route'],
    ['an unknown route', { ...good, route: 'delete' }, 'expected "task", "drop" or "reflex:<name>"'],
    ['a reflex without a name', { ...good, route: 'reflex:' }, 'expected "task", "drop" or "reflex:<name>"'],
    [
      'a route with more behind it',
      { ...good, route: 'task\n' },
      'expected "task", "drop" or "reflex:<name>"',
    ],
    ['a name with spaces', { ...good, name: 'my rule' }, 'expected lower-case letters, digits and dashes'],
    ['an empty name', { ...good, name: '' }, 'expected lower-case letters, digits and dashes'],
    ['an unknown priority', { ...good, priority: 'SOON' }, 'priority'],
    ['no priority at all', { ...good, priority: [] }, 'priority'],
    ['an empty pattern', { ...good, text: '' }, 'text'],
    ['an endless pattern', { ...good, text: '*'.repeat(257) }, 'text'],
    [
      'too many patterns',
      { ...good, source: Array.from({ length: 65 }, (_, index) => `s${index}`) },
      'source',
    ],
    ['a pattern that is no text', { ...good, source: 5 }, 'source'],
  ])('refuses %s', (_, rule, complaint) => {
    const parsed = ruleSchema.safeParse(rule);
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.error?.issues)).toContain(JSON.stringify(complaint).slice(1, -1));
  });
});
