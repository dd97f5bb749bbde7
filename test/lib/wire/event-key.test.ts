import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventKey, markOfKey, markOfSpool } from '../../../src/lib/wire/event-key.ts';

describe('the key of an event', () => {
  it('is the dedupKey among the owner’s sources, and the source’s own elsewhere', () => {
    expect(eventKey('cli', 'k')).toBe('k');
    expect(eventKey('shell:laptop', 'k')).toBe('k');
    expect(eventKey('web:form', 'k')).toBe('web:form/k');
    expect(eventKey('self', 'self:1')).toBe('self/self:1');
  });

  it('is never another’s, whatever is written', () => {
    const part = fc.constantFrom('a', 'b', '/', 'cron', ':', 'cli');
    const key = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
    const source = fc.constantFrom('cli', 'a', 'b', 'cron', 'cron:a', 'email', 'dashboard');
    const owners = new Set(['cli', 'dashboard']);
    fc.assert(
      fc.property(source, key, source, key, (one, oneKey, other, otherKey) => {
        const areOne = oneKey === otherKey && (one === other || (owners.has(one) && owners.has(other)));
        expect(eventKey(one, oneKey) === eventKey(other, otherKey)).toBe(areOne);
      }),
    );
  });

  it('fits an index however long it is, and tells long ones apart', () => {
    const long = '字'.repeat(3_500);
    const keys = [
      eventKey('email', long),
      eventKey('email', `${long}x`),
      eventKey(`e${'x'.repeat(63)}`, '字'.repeat(256)),
    ];
    for (const key of keys) expect(Buffer.byteLength(key)).toBeLessThan(2_704);
    expect(new Set(keys).size).toBe(3);
    expect(eventKey('email', long)).toBe(keys[0]);
  });

  it('can be sent and stored whatever its characters', () => {
    expect(() => encodeURIComponent(eventKey('cli', 'half \uD800 pair'))).not.toThrow();
  });

  it('shows in the name of a spool file', () => {
    const mark = markOfKey('k');
    expect(markOfSpool(`${mark}-abc`)).toBe(mark);
    expect(markOfSpool('lx1-abc')).toBeUndefined();
  });
});
