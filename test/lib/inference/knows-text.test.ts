import { describe, expect, it } from 'vitest';
import { knowsText } from '../../../src/lib/inference/knows-text.ts';

const pieces = (text: string, unknown = 0) => ({ text, count: 10, unknown });

describe('what an encoder for English may judge', () => {
  it.each(['Who has the spare key?', 'Wer hat den Schlüssel?', 'Who is 田中?', 'ERR-4711', '10.0.0.7 → 🔑'])(
    '%s',
    (text) => {
      expect(knowsText(pieces(text))).toBe(true);
    },
  );

  it.each(['где запасной ключ?', '备用钥匙在谁那里？', '合鍵は誰が持っていますか nas', 'أين المفتاح'])(
    'not %s',
    (text) => {
      expect(knowsText(pieces(text))).toBe(false);
    },
  );

  it('not a text of which it knows few pieces', () => {
    expect(knowsText(pieces('qxzv wvvx', 2))).toBe(true);
    expect(knowsText(pieces('qxzv wvvx', 3))).toBe(false);
  });
});
