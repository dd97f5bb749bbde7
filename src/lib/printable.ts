// C0 without tab and newline, DEL, C1, and what reorders, breaks or annotates a line. Escape sequences begin with one of these.
const unsafe =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u206F\uFFF9-\uFFFB]/g;

/**
 * Text from outside without what could command the terminal: control characters become U+FFFD, newlines and tabs stay.
 * Mail, sensors and models write what we print, so every text that is printed for people passes here.
 */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unsafe, '\uFFFD');
}
