import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markerValueIn } from '../../../src/lib/process/environ.ts';

const environ = (...entries: string[]) => Buffer.from(entries.map((entry) => `${entry}\0`).join(''));

describe('a variable in the bytes of an environment', () => {
  it.each([
    ['first', environ('M=1', 'A=2'), '1'],
    ['last', environ('A=2', 'M=1'), '1'],
    ['with an equals sign and spaces in it', environ('M=a=b c'), 'a=b c'],
    ['empty', environ('M='), ''],
    ['without the last NUL', Buffer.from('A=1\0M=2'), '2'],
    ['behind a name that ends like it', environ('XM=3', 'M=1'), '1'],
  ])('is found %s', (_, bytes, value) => {
    expect(markerValueIn(bytes, 'M')).toBe(value);
  });

  it.each([
    ['in another value', environ('A=M=1')],
    ['as the end of another name', environ('XM=1')],
    ['as the beginning of another name', environ('MX=1')],
    ['without a value', environ('M')],
    ['in nothing', Buffer.alloc(0)],
  ])('is not found %s', (_, bytes) => {
    expect(markerValueIn(bytes, 'M')).toBeUndefined();
  });

  it('is what a plain split would find', () => {
    const entry = fc.string({ unit: fc.constantFrom('M', '=', 'x'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        expect(markerValueIn(environ(...entries), 'M')).toBe(
          entries.find((text) => text.startsWith('M='))?.slice('M='.length),
        );
      }),
    );
  });
});
