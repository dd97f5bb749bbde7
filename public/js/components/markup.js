/** Longest text that is turned; a page of a book has some 3,000 characters. */
const mostChars = 50_000;
/** Marks of emphasis within one paragraph: the time to pair them grows with their square, 1,500 take a quarter second. */
const mostMarks = 1_500;
/** Quotes and lists within one another; each is a call within a call. */
const mostDepth = 60;

/** Blanks, or ticks, in a row: their time grows with the square, too. */
const longRun = /[^\S\n]{1000}|`{1000}|~{1000}/;

const fence = /^(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^\1|$(?![\s\S]))/gm;
const paragraphEnd = /\n[ \t]*\n|\n(?=[ \t]*[-+*][ \t]+\S)/;
const mark = /_+|\*+|~+/g;
const nested = new RegExp(`^(?:[ \\t]*(?:>|[-+*](?=[ \\t])|\\d{1,9}[.)](?=[ \\t]))){${mostDepth}}`, 'm');

/**
 * A text as markup, or null where it has to stand as it is: it is very long, would hold the page while it is turned, or
 * cannot be turned at all. Whatever an agent writes, the page goes on.
 * @param {string} text @param {(text: string) => string} toHtml
 * @returns {string | null}
 */
export function markupOf(text, toHtml) {
  if (text.length > mostChars || nested.test(text) || longRun.test(text) || hasTooManyMarks(text))
    return null;
  try {
    return toHtml(text);
  } catch {
    return null;
  }
}

/** @param {string} text */
function hasTooManyMarks(text) {
  return text
    .replace(fence, '')
    .split(paragraphEnd)
    .some((paragraph) => (paragraph.match(mark)?.length ?? 0) > mostMarks);
}
