/** A pattern in which `*` stands for any characters and all else for itself, for LIKE; null for none. */
export function wildcardPattern(pattern: string | undefined): string | null {
  return pattern === undefined ? null : escaped(pattern).replaceAll('*', '%');
}

/** A text to be found anywhere, for ILIKE; null for none. */
export function likePattern(text: string | undefined): string | null {
  return text === undefined ? null : `%${escaped(text)}%`;
}

function escaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
