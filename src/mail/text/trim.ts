/** A text without quotes and signature, and what was left out. */
export interface Trimmed {
  text: string;
  quotedLines: number;
  hasSignature: boolean;
}

/** A run of quotes up to this long within a text stays: it says what is answered. */
const shortQuoteLines = 3;
const maxAttributionLines = 3;
const attribution =
  /(?:wrote|writes|schrieb|écrit|escribió|ha scritto|schreef|skrev|napisał\(a\)|escreveu|написал[а(]?.*)\s*:\s*$/i;
const original =
  /^\s*-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale|reply above this line|oorspronkelijk bericht)\s*-{2,}\s*$/i;
const headerBlock = [
  /^\s*\*?(?:from|von|de|da|van)\s*:\*?\s/i,
  /^\s*\*?(?:sent|date|gesendet|datum|envoyé|enviado|inviato|verzonden)\s*:\*?\s/i,
];

/**
 * Leaves out the signature, the quotes that end a text, and long ones within it. Where nothing else would be left the text
 * stays as it is.
 */
export function trimQuotes(text: string): Trimmed {
  const lines = text.split('\n');
  const signed = withoutSignature(lines);
  const { kept, quoted } = withoutQuotes(signed.lines);
  const trimmed = tidy(kept.join('\n'));
  if (trimmed === '') return { text: tidy(text), quotedLines: 0, hasSignature: false };
  return { text: trimmed, quotedLines: quoted, hasSignature: signed.hasSignature };
}

/** Blank lines in a row become one. */
export function tidy(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return lines
    .filter((line, index) => line !== '' || lines[index - 1] !== '')
    .join('\n')
    .replace(/^\n+/, '')
    .trimEnd();
}

function withoutSignature(lines: readonly string[]): { lines: readonly string[]; hasSignature: boolean } {
  const at = lines.findIndex(
    (line, index) => line === '-- ' || (line === '--' && index > 0 && lines.length - index < 15),
  );
  if (at <= 0 || lines.slice(0, at).every((line) => line.trim() === '' || isQuote(line)))
    return { lines, hasSignature: false };
  return { lines: lines.slice(0, at), hasSignature: true };
}

function withoutQuotes(lines: readonly string[]): { kept: string[]; quoted: number } {
  const end = lines.findIndex((line, index) => original.test(line) || startsHeaderBlock(lines, index));
  const own = end > 0 && lines.slice(0, end).some((line) => line.trim() !== '') ? lines.slice(0, end) : lines;
  const kept: string[] = [];
  const lastOwn = own.findLastIndex((line) => line.trim() !== '');
  let quoted = lines.length - own.length;
  for (let index = 0; index < own.length;) {
    if (!isQuote(own[index] as string)) {
      kept.push(own[index] as string);
      index += 1;
      continue;
    }
    const after = endOfQuote(own, index);
    const isLast = after > lastOwn;
    if (!isLast && after - index <= shortQuoteLines) kept.push(...own.slice(index, after));
    else {
      quoted += after - index;
      quoted += dropAttribution(kept);
    }
    index = after;
  }
  return { kept, quoted };
}

/** The line after a run of quotes; blank lines between two of them belong to it. */
function endOfQuote(lines: readonly string[], start: number): number {
  let end = start;
  for (let index = start; index < lines.length; index += 1) {
    if (isQuote(lines[index] as string)) end = index + 1;
    else if ((lines[index] as string).trim() !== '') break;
  }
  return end;
}

/** Takes away "On …, somebody wrote:" at the end; it may be broken over lines. */
function dropAttribution(kept: string[]): number {
  while (kept.length > 0 && kept.at(-1)?.trim() === '') kept.pop();
  for (let count = 1; count <= Math.min(maxAttributionLines, kept.length); count += 1) {
    const words = kept.slice(-count).join(' ');
    if (
      words.length < 400 &&
      attribution.test(words) &&
      /^\s*(?:on|am|le|el|il|op|den|dnia|em|\d|.{0,60}<?\S+@)/i.test(words)
    ) {
      kept.splice(-count, count);
      return count;
    }
  }
  return 0;
}

/** Mail programs of an office quote by a block of headers and no marks. */
function startsHeaderBlock(lines: readonly string[], index: number): boolean {
  const [from, date] = headerBlock as [RegExp, RegExp];
  return (
    index > 0 &&
    from.test(lines[index] as string) &&
    lines.slice(index + 1, index + 5).some((line) => date.test(line))
  );
}

function isQuote(line: string): boolean {
  return /^\s{0,3}>/.test(line);
}
