/** The command that a text begins with, e.g. `stop` for "/stop 12"; undefined for other texts, paths among them. */
export function commandOf(text: string): string | undefined {
  return /^\/([a-z][a-z-]{0,31})(?:\s|$)/.exec(text)?.[1];
}

/** The rest of a text behind its command, e.g. `12` for "/stop 12". */
export function argumentOf(text: string): string {
  return text.replace(/^\/\S+\s*/, '').trim();
}
