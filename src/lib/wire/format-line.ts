import { isSpoolName, spoolPrefix } from './scan-line.ts';
import type { Priority, PriorityName } from './priority.ts';

/** The fields of a line to write. */
export interface LineFields {
  priority: PriorityName | Priority;
  source: string;
  /** A date or epoch milliseconds; left out = the time of receipt. */
  timestamp?: Date | number;
  category: string;
  /** Text, or an object that is written as JSON. */
  payload: string | Record<string, unknown>;
}

/** The wire line of an event, with its newline. `parseLine` reads back what went in. */
export function formatLine(fields: LineFields): string {
  const { timestamp } = fields;
  const time = timestamp === undefined ? '' : new Date(timestamp).toISOString();
  return `${fields.priority}|${fields.source}|${time}|${fields.category}|${formatPayload(fields.payload)}\n`;
}

/** The payload field of a line: JSON for an object, else text with `\n`, `\r` and `\\` escaped. */
export function formatPayload(payload: string | Record<string, unknown>): string {
  if (typeof payload !== 'string') return JSON.stringify(payload);
  // A text that would be read as something else travels as JSON.
  if (payload.startsWith(spoolPrefix) || payload.startsWith('{')) return JSON.stringify({ text: payload });
  return payload.replace(/[\\\n\r]/g, (char) => (char === '\n' ? '\\n' : char === '\r' ? '\\r' : '\\\\'));
}

/** The payload that stands for a spooled file. Throws a `RangeError` on a name that the wire would refuse. */
export function spoolReference(name: string): string {
  if (!isSpoolName(name)) throw new RangeError(`not a spool name: ${JSON.stringify(name)}`);
  return `${spoolPrefix}${name}`;
}
