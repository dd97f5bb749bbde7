import { ownValue } from '../../lib/own-value.ts';

/** Values of a list that are compared, such as recipients. */
const maxValues = 64;

/** The JSON object of a payload; undefined for a text. */
export function payloadObject(payload: string): Readonly<Record<string, unknown>> | undefined {
  if (!payload.startsWith('{')) return undefined;
  try {
    return JSON.parse(payload) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/**
 * The values of a field as texts: none where it is missing, several where it is a list. `path` is the name of a field, or
 * names with dots between them for a field of an object within, such as `list.id`.
 */
export function fieldTexts(object: Readonly<Record<string, unknown>>, path: string): string[] {
  const value = valueAt(object, path);
  const values: unknown[] = Array.isArray(value) ? value.slice(0, maxValues) : [value];
  return values.filter(isPlain).map(String);
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function valueAt(object: Readonly<Record<string, unknown>>, path: string): unknown {
  // A name may have dots of its own.
  const own = ownValue(object, path);
  if (own !== undefined || !path.includes('.')) return own;
  let value: unknown = object;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = ownValue(value as Record<string, unknown>, name);
  }
  return value;
}
