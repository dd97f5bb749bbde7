import { storable } from '../../lib/store/storable.ts';

/** An object that an agent has said, of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a line as a JSON object; undefined where it is none. Whatever an agent says is made storable here, before anything
 * else of it is read.
 */
export function parseObject(line: string): Json | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return asObject(storable(JSON.parse(line)));
  } catch {
    return undefined;
  }
}

/** The value where it is an object. */
export function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** The value where it is a list, else an empty one. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value where it is a text. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The value where it is a finite number. */
export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
