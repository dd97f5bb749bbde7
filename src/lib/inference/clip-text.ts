/** More than any model's window takes, in UTF-16 code units: 512 tokens are seldom more than 4,000 characters. */
const longestUnits = 16_384;

/**
 * The part of a text that a model may look at, at most 16,384 UTF-16 code units, fit for every tokenizer: control
 * characters are blanks, lone surrogates the replacement character. Every place in it is the same place in the text.
 */
export function clipText(text: string): string {
  const cutsPair =
    text.length > longestUnits && text.codePointAt(longestUnits - 1) !== text.charCodeAt(longestUnits - 1);
  return text
    .slice(0, cutsPair ? longestUnits - 1 : longestUnits)
    .replace(/\p{Cc}/gu, ' ')
    .replace(/\p{Surrogate}/gu, '\u{FFFD}');
}
