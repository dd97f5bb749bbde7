/**
 * A text that Postgres, JSON and every tokenizer can take: NUL and halves of surrogate pairs become U+FFFD. Every place in
 * it is the same place in the given text.
 */
export function cleanText(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, '\u{FFFD}');
}
