import { isUtf8 } from 'node:buffer';
import { isOwnerSource, parseLine } from '../../lib/wire/parse-line.ts';
import { type PriorityName, PRIORITIES } from '../../lib/wire/priority.ts';
import type { NewEvent } from '../../lib/wire/put-event.ts';
import { selfSource } from '../../lib/wire/standing.ts';
import { sourceOfSensor } from '../name.ts';
import type { OwnSensor } from './own-sensor.ts';

/** The output of a program as events, and what was wrong with it. */
export interface ReadOutput {
  events: NewEvent[];
  isBinary: boolean;
  /** Lines past the bound, which are dropped. */
  dropped: number;
}

const maxLineChars = 64 * 1024;

/**
 * Each line of a program's output as an event: a wire line as it says, any other text in the program's own name. The source is
 * the sensor's own, unless the line names one that the sensor may speak for; never one of the owner, whose words are trusted,
 * nor `self`. Bytes that are no text make no event at all.
 */
export function readOutput(
  output: Buffer,
  sensor: Pick<OwnSensor, 'name' | 'priority' | 'category' | 'sources'>,
  maxLines: number,
): ReadOutput {
  if (output.includes(0) || !isUtf8(output)) return { events: [], isBinary: true, dropped: 0 };
  const lines = output
    .toString('utf8')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line.trim() !== '');
  return {
    events: lines.slice(0, maxLines).map((line) => eventOf(line, sensor)),
    isBinary: false,
    dropped: Math.max(0, lines.length - maxLines),
  };
}

function eventOf(
  line: string,
  sensor: Pick<OwnSensor, 'name' | 'priority' | 'category' | 'sources'>,
): NewEvent {
  const { name, priority, category } = sensor;
  const plain = { priority, source: sourceOfSensor(name), category, payload: line.slice(0, maxLineChars) };
  const parsed = parseLine(line);
  // The spool holds what others have laid aside, which is not the sensor's to send.
  if (!parsed.ok || parsed.event.spool !== undefined) return plain;
  const { event } = parsed;
  return {
    priority: lowered(PRIORITIES[event.priority]),
    source: mayName(event.source, sensor) ? event.source : plain.source,
    category: event.category,
    payload: jsonObject(event.payload) ?? event.payload,
    ...(event.occurredAt !== undefined && { timestamp: event.occurredAt }),
  };
}

function lowered(priority: PriorityName): PriorityName {
  return priority === 'HUMAN' ? 'URGENT' : priority;
}

function mayName(source: string, { name, sources }: Pick<OwnSensor, 'name' | 'sources'>): boolean {
  const own = sourceOfSensor(name);
  if (isOwnerSource(source) || /^self(?:$|[:._-])/i.test(source) || source === selfSource) return false;
  return source === own || source.startsWith(`${own}:`) || sources.includes(source);
}

function jsonObject(payload: string): Record<string, unknown> | undefined {
  if (!payload.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(payload) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
