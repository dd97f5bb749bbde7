/**
 * Characters that nobody sees: zero-width ones, joiners and fillers, bidirectional controls, tags, and selectors of variants
 * beyond those of ordinary text.
 */
const invisible =
  /[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]|[\uFE00-\uFE0F](?=[\uFE00-\uFE0F])/gu;
const controls = /[\0-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\uFFF9-\uFFFB]/g;

/** A text without what nobody sees, and how many characters that were. Newlines become `\n`, control characters U+FFFD. */
export function visible(text: string): { text: string; removed: number } {
  let removed = 0;
  const seen = text.replaceAll(invisible, (characters) => {
    removed += characters.length;
    return '';
  });
  const lines = seen.replaceAll(/\r\n|[\r\u2028\u2029\u0085]/g, '\n').replaceAll(controls, '\uFFFD');
  return { text: wellFormed(lines), removed };
}

/** A text of a header on one line of at most `maxChars` characters, without what nobody sees. */
export function oneLine(text: string, maxChars: number): string {
  const line = visible(text.slice(0, 8 * maxChars))
    .text.replaceAll(/[\s\uFFFD]+/g, ' ')
    .trim();
  return line.length <= maxChars ? line : `${wellFormed(line.slice(0, maxChars - 1))}…`;
}

/** The beginning of a text that fits in so many bytes of UTF-8, cut between characters. */
export function cutBytes(text: string, maxBytes: number): { text: string; cutChars: number } {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return { text, cutChars: 0 };
  let end = maxBytes;
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end -= 1;
  const kept = bytes.toString('utf8', 0, end);
  return { text: kept, cutChars: text.length - kept.length };
}

function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}
