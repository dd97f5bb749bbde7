/** What Postgres stores in no text and no JSON: NUL, and half of a surrogate pair, which clipping may leave. */
export const unstorable = /\p{Surrogate}|\0/u;
const allUnstorable = new RegExp(unstorable, 'gu');

const maxDepth = 100;

/** A text that Postgres can store: what it cannot becomes U+FFFD. Every place in it is the same place in the given text. */
export function storableText(text: string): string {
  return text.replaceAll(allUnstorable, '\uFFFD');
}

/**
 * The same for all texts of a value as JSON knows it, the names of its fields among them. A number that is none becomes
 * null, and what is nested more than 100 deep `null` too: Postgres and JSON.stringify both give up on the stack.
 */
export function storable<Value>(value: Value): Value {
  return cleaned(value, 0) as Value;
}

function cleaned(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth >= maxDepth) return null;
  if (Array.isArray(value)) return value.map((item) => cleaned(item, depth + 1));
  const fields = Object.entries(value).map(
    ([name, field]) => [storableText(name), cleaned(field, depth + 1)] as const,
  );
  // Object.fromEntries defines fields, so that one named __proto__ is a field like any other.
  return Object.fromEntries(fields);
}
