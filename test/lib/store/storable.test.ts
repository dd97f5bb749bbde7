import { describe, expect, it } from 'vitest';
import { storable, storableText } from '../../../src/lib/store/storable.ts';

const lost = '\uFFFD';

describe('what Postgres cannot store', () => {
  it('is taken out of texts, and nothing else is', () => {
    expect(storableText('a\0b')).toBe(`a${lost}b`);
    expect(storableText('half \ud83e of one, and \udd77 the other')).toBe(
      `half ${lost} of one, and ${lost} the other`,
    );
    expect(storableText('忍者 🥷\n\t\u001b[1m "\\"')).toBe('忍者 🥷\n\t\u001b[1m "\\"');
  });

  it('is taken out wherever it stands, names of fields among it', () => {
    const at = new Date(0);
    expect(
      storable({ 'na\0me': ['\0', { deep: '\ud83e' }], n: NaN, i: Infinity, z: 0, at, u: undefined }),
    ).toEqual({
      [`na${lost}me`]: [lost, { deep: lost }],
      n: null,
      i: null,
      z: 0,
      at,
      u: undefined,
    });
    expect(Object.keys(storable(JSON.parse('{"__proto__":"x\\u0000"}') as object))).toEqual(['__proto__']);
  });

  it('is cut off where it is nested so deep that others would give up', () => {
    const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`) as unknown;
    expect(JSON.stringify(storable(deep)).length).toBeLessThan(300);
  });
});
