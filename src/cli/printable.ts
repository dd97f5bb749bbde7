// C0 without tab and newline, DEL, C1, and the marks that reorder a line. Escape sequences begin with one of these.
const unsafe = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/**
 * Text from outside without what could command the terminal: control characters become U+FFFD, newlines and tabs stay.
 * Mail, sensors and models write what we print, so every text that is printed for people passes here.
 */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unsafe, '\uFFFD');
}

/** The same on one line, with runs of white space as one blank. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ').trim());
}

/** At most `width` characters, the last one an ellipsis where some were cut. */
export function cut(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}
