import { isUtf8 } from 'node:buffer';
import { parseTimestamp } from './timestamp.ts';
import { HUMAN, type Priority, URGENT } from './priority.ts';
import { createScannedLine, type RejectionReason, scanLine, spoolPrefix } from './scan-line.ts';
import { ownValue } from '../own-value.ts';

/** One event as its wire line says it. */
export interface WireEvent {
  priority: Priority;
  /** True where the line claimed HUMAN but its source may not. */
  lowered: boolean;
  source: string;
  /** Milliseconds since the epoch, undefined where the line leaves it to the time of receipt. */
  occurredAt: number | undefined;
  category: string;
  /** The payload with its escapes undone: text, or the JSON source of an object. */
  payload: string;
  /** Text for a person or an agent: `text` of a JSON payload, else the payload. */
  text: string;
  conversation: string | undefined;
  /** The conversation whose session this one begins from. */
  fork: string | undefined;
  /** The agent that it asks for; only the owner's own words are heard in this. */
  agent?: string;
  replyTo: string | undefined;
  dedupKey: string | undefined;
  /** Name of the spool file that holds the real payload. */
  spool: string | undefined;
}

export type ParsedLine = { ok: true; event: WireEvent } | { ok: false; reason: RejectionReason };

const OWNER_SOURCES: ReadonlySet<string> = new Set(['dashboard', 'discord', 'cli', 'shell']);
const scratch = createScannedLine();

/** True for the sources that the owner speaks through: `dashboard`, `discord`, `cli`, `shell`, also as `shell:laptop`. */
export function isOwnerSource(source: string): boolean {
  const colon = source.indexOf(':');
  return OWNER_SOURCES.has(colon === -1 ? source : source.slice(0, colon));
}

/** Parses one wire line without its newline. Never throws: a bad line is a value with its reason. */
export function parseLine(line: Buffer | string): ParsedLine {
  const bytes = typeof line === 'string' ? Buffer.from(line) : line;
  return parseBytes(bytes, 0, bytes.length);
}

/** `parseLine` for the part `[start, end)` of a larger buffer, without copying it first. */
export function parseBytes(bytes: Buffer, start: number, end: number): ParsedLine {
  const reason = scanLine(bytes, start, end, scratch);
  if (reason !== undefined) return { ok: false, reason };
  if (!isUtf8(bytes.subarray(start, end))) return { ok: false, reason: 'bad-utf8' };

  const source = bytes.toString('latin1', scratch.sourceStart, scratch.sourceEnd);
  const lowered = scratch.priority === HUMAN && !isOwnerSource(source);
  const raw = bytes.toString('utf8', scratch.payloadStart, scratch.payloadEnd);
  const spool = raw.startsWith(spoolPrefix) ? raw.slice(spoolPrefix.length) : undefined;
  const event: WireEvent = {
    priority: lowered ? URGENT : scratch.priority,
    lowered,
    source,
    occurredAt:
      scratch.timestampEnd === scratch.timestampStart
        ? undefined
        : parseTimestamp(bytes.toString('latin1', scratch.timestampStart, scratch.timestampEnd)),
    category: bytes.toString('latin1', scratch.categoryStart, scratch.categoryEnd),
    spool,
    ...readPayload(raw),
  };
  return { ok: true, event };
}

/** The parts of an event that its payload decides; also used for the contents of a spool file. */
export type PayloadParts = Pick<
  WireEvent,
  'payload' | 'text' | 'conversation' | 'fork' | 'agent' | 'replyTo' | 'dedupKey'
>;

const noKeys = { conversation: undefined, fork: undefined, replyTo: undefined, dedupKey: undefined };

/**
 * Reads a payload: a JSON object is taken as it stands, anything else is text in which the wire's escapes are undone.
 * NUL becomes U+FFFD, since Postgres cannot store it.
 */
export function readPayload(raw: string): PayloadParts {
  const object = raw.startsWith('{') ? parseObject(raw) : undefined;
  if (object === undefined) {
    const text = withoutNul(unescapeText(raw));
    return { ...noKeys, payload: text, text };
  }
  const payload = withoutNul(raw);
  const agent = stringAt(object, 'agent');
  return {
    payload,
    text: stringAt(object, 'text') ?? payload,
    conversation: stringAt(object, 'conversation'),
    fork: stringAt(object, 'fork'),
    ...(agent !== undefined && { agent }),
    replyTo: stringAt(object, 'replyTo'),
    dedupKey: stringAt(object, 'dedupKey'),
  };
}

/** Undoes `\n`, `\r` and `\\`; any other backslash stands for itself. */
export function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([nr\\])/g, (_, letter: string) =>
    letter === 'n' ? '\n' : letter === 'r' ? '\r' : '\\',
  );
}

function parseObject(raw: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function stringAt(object: Record<string, unknown>, key: string): string | undefined {
  const value = ownValue(object, key);
  return typeof value === 'string' && value !== '' ? withoutNul(value) : undefined;
}

function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}
