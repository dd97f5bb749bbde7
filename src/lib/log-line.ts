import { printable } from './printable.ts';
import { withoutSecrets } from './secrets/secret-patterns.ts';

const maxTextChars = 8_000;

/**
 * A line of the log as it may be read by anybody and printed on any terminal: the texts in it are without secrets and control
 * characters, and of 8,000 characters at most.
 */
export function safeLogLine(line: string): string {
  try {
    return `${JSON.stringify(safe(JSON.parse(line)))}\n`;
  } catch {
    return `${safeText(line)}\n`;
  }
}

function safe(value: unknown): unknown {
  if (typeof value === 'string') return safeText(value);
  if (Array.isArray(value)) return value.map(safe);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [printable(key), safe(held)]));
}

function safeText(text: string): string {
  const shown = printable(withoutSecrets(text.slice(0, 2 * maxTextChars)));
  return shown.length <= maxTextChars ? shown : `${shown.slice(0, maxTextChars)}…`;
}
