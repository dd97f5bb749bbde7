import { ownValue } from '../../lib/own-value.ts';

const maxTextChars = 60_000;
const maxSentences = 200;
const maxSentenceChars = 400;

const looksLikeHtml =
  /<(?:!doctype|html|head|body|script|style|div|p|br|table|td|span|a|ul|li|h[1-6])\b[^<>]{0,500}>/i;
const blockTag =
  /^\/?(?:p|div|br|tr|td|th|li|ul|ol|table|h[1-6]|section|article|header|footer|blockquote)\b/i;
const silentTag = /^(?:script|style|head|title|noscript|template)\b/i;
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  '#39': "'",
  '#160': ' ',
};

/** Ends of a piece after which no sentence ends. */
const abbreviation =
  /(?:^|\s)(?:dr|mr|mrs|ms|prof|st|sr|jr|no|vs|inc|ltd|corp|co|e\.g|i\.e|approx|dept|\p{Lu})\.\s*$/iu;
const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/**
 * The sentences of any text (mail, HTML, a report, 5 MB of noise), each at most 400 characters, at most 200 of the
 * first 60,000 characters. HTML loses its tags; NUL, other controls and lone surrogates become blanks.
 */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  for (const paragraph of paragraphsOf(plainText(text))) {
    for (const sentence of splitParagraph(paragraph)) {
      for (const piece of piecesOf(sentence)) {
        if (!/[\p{L}\p{N}]/u.test(piece)) continue;
        sentences.push(piece);
        if (sentences.length === maxSentences) return sentences;
      }
    }
  }
  return sentences;
}

function plainText(text: string): string {
  const bounded = text.slice(0, maxTextChars);
  const plain = looksLikeHtml.test(bounded.slice(0, 5_000)) ? withoutTags(bounded) : bounded;
  return plain
    .replace(
      /[\p{Cs}\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF\uFFFD]/gu,
      ' ',
    )
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .normalize('NFC');
}

/** One pass, so that no text, however broken, takes more than linear time. */
function withoutTags(html: string): string {
  const lower = html.toLowerCase();
  let plain = '';
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) break;
    const close = html.indexOf('>', open);
    if (close < 0) break;
    plain += html.slice(at, open);
    const tag = html.slice(open + 1, close);
    plain += blockTag.test(tag) ? '\n' : ' ';
    at = close + 1;
    const silent = silentTag.exec(tag)?.[0].toLowerCase();
    if (silent !== undefined) {
      const end = lower.indexOf(`</${silent}`, at);
      at = end < 0 ? html.length : end;
    }
  }
  return (plain + html.slice(at)).replace(
    /&(#?\w{1,8});/g,
    (whole, name: string) => ownValue(entities, name) ?? whole,
  );
}

/** Lines, but one that goes on in lower case belongs to the line before: mail is wrapped. */
function paragraphsOf(text: string): string[] {
  return text.replace(/([^\s.!?:])[ \t]*\n[ \t]*(?:>[ \t]*)?(?=\p{Ll})/gu, '$1 ').split('\n');
}

function splitParagraph(paragraph: string): string[] {
  const sentences: string[] = [];
  let open = '';
  for (const { segment } of segmenter.segment(paragraph)) {
    open += segment;
    // A sentence ends before a blank: not within an address, not after a title.
    if (!/\s$/.test(open) || abbreviation.test(open.slice(-12))) continue;
    sentences.push(open.trim());
    open = '';
  }
  sentences.push(open.trim());
  return sentences.filter((sentence) => sentence !== '');
}

function piecesOf(sentence: string): string[] {
  const pieces: string[] = [];
  let rest = sentence;
  while (rest.length > maxSentenceChars) {
    const blank = rest.lastIndexOf(' ', maxSentenceChars);
    const end = blank > 0 ? blank : maxSentenceChars;
    pieces.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  return [...pieces, rest];
}
