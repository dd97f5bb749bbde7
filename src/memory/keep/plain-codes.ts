import { isPlainEnglish } from './plain-english.ts';

/**
 * The codes and days of a plain English text, as `memory_codes` of the database finds them; undefined where the text may be
 * anything else, and the database has to find its words. With them the words are `to_tsvector('english', text)` and the codes.
 */
export function plainCodes(text: string): string[] | undefined {
  const lowered = text.toLowerCase();
  if (!isPlainEnglish(lowered)) return undefined;
  if (!/[0-9]/.test(lowered)) return [];
  const codes = [...spelt(lowered), ...numbers(lowered), ...days(lowered)];
  return [...new Set(codes.filter((code) => code.length >= 2 && code.length <= 64 && /[0-9]/.test(code)))];
}

function spelt(text: string): string[] {
  const found =
    text.match(/[a-z0-9]+(?:[-_./:#][a-z0-9]+)+|[a-z]+[0-9][a-z0-9]*|[0-9]+[a-z][a-z0-9]*/g) ?? [];
  return found.map((code) => code.replace(/[^a-z0-9]/g, '').replace(/([a-z])0+([0-9])/g, '$1$2'));
}

function numbers(text: string): string[] {
  return [...text.matchAll(/[a-z][-_./:#]?0*([1-9][0-9]+)/g)].map(([, number]) => number as string);
}

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const month = `(${months.join('|')})[a-z]*`;
const monthDays = new RegExp(
  `\\b([0-9]{1,2})(?:st|nd|rd|th)?(?: of)? ${month}\\b|\\b${month} ([0-9]{1,2})(?:st|nd|rd|th)?\\b`,
  'g',
);

function days(text: string): string[] {
  const two = (part: string | number): string => String(part).padStart(2, '0');
  const named = [...text.matchAll(monthDays)].map(
    ([, dayBefore, monthAfter, monthBefore, dayAfter]) =>
      `day${two(months.indexOf((monthAfter ?? monthBefore) as string) + 1)}-${two((dayBefore ?? dayAfter) as string)}`,
  );
  const numbered = [...text.matchAll(/\b[0-9]{4}-([0-9]{2})-([0-9]{2})\b/g)].map(
    ([, monthOf, day]) => `day${monthOf as string}-${day as string}`,
  );
  return [...named, ...numbered];
}
