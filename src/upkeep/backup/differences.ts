import { ownValue } from '../../lib/own-value.ts';

/** Which tables have other rows than they should, a sentence each; those that nobody expects do not count. */
export function differences(
  expected: Readonly<Record<string, number>>,
  got: Readonly<Record<string, number>>,
): string[] {
  return Object.entries(expected)
    .filter(([table, count]) => ownValue(got, table) !== count)
    .map(([table, count]) => `${table} has ${ownValue(got, table) ?? 'no'} rows instead of ${count}`);
}
