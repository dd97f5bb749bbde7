/**
 * The value that a record holds itself under a key from outside. A plain lookup by `constructor` or `toString` finds what
 * every object inherits; a lint rule (`lint/own-lookups.js`) sends such lookups here.
 */
export function ownValue<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
