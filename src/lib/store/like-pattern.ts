/** A text to be found anywhere, for ILIKE; null for none. */
export function likePattern(text: string | undefined): string | null {
  return text === undefined ? null : `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
