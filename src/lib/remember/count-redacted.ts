/** How many secrets were taken out of a text, by what stands in their places. */
export function countRedacted(text: string): number {
  return text.match(/\[redacted [a-zA-Z ]+\]/g)?.length ?? 0;
}
