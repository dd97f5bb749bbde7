/*
 * Postgres' text form of arrays (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO), written by hand since
 * pg's own writer, which asks each element for its type, took a quarter of the time that recording events costs here.
 */

const special = /["\\]/;

/** The array literal of texts, for a parameter of type `text[]`; undefined becomes NULL. */
export function textArray(values: readonly (string | undefined)[]): string {
  let literal = '{';
  for (const value of values) {
    if (literal.length > 1) literal += ',';
    literal +=
      value === undefined ? 'NULL' : `"${special.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`;
  }
  return `${literal}}`;
}

/** The array literal of finite numbers, for a parameter of a numeric array type. */
export function numberArray(values: readonly number[]): string {
  return `{${values.join(',')}}`;
}
