import { expect, it } from 'vitest';
import { clipText } from '../../../src/lib/inference/clip-text.ts';

it('leaves an ordinary text of any script as it is', () => {
  const text = 'Grüße, 東京 и Москва, مرحبا 👋🏽 — done.';
  expect(clipText(text)).toBe(text);
  expect(clipText('')).toBe('');
});

it('turns control characters into blanks and lone surrogates into the replacement character, each in its place', () => {
  expect(clipText('a\0b\nc\ud800d\udc00e')).toBe('a b c\u{FFFD}d\u{FFFD}e');
});

it('cuts a text of 5 MB, and never a character in two', () => {
  expect(clipText('x'.repeat(5_000_000))).toBe('x'.repeat(16_384));
  expect(clipText(`${'x'.repeat(16_383)}👋 and more`)).toBe('x'.repeat(16_383));
  expect(clipText(`${'x'.repeat(16_382)}👋 and more`)).toBe(`${'x'.repeat(16_382)}👋`);
});
