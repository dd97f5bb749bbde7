import { printable } from '../lib/printable.ts';

export { printable } from '../lib/printable.ts';

/** The same on one line, with runs of white space as one blank. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ').trim());
}

/** At most `width` characters, the last one an ellipsis where some were cut. */
export function cut(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}
