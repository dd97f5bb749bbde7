/** Counts the secrets that were taken out of a text, by the marks that stand in their places. */
export function countRedacted(text: string): number {
  return text.match(/\[redacted [a-zA-Z ]+\]/g)?.length ?? 0;
}
