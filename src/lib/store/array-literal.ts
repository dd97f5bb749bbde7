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

/** Of PostgreSQL's `real`, the same in every database. */
const realOid = 700;
const headerBytes = 20;
const elementBytes = 8;

/**
 * The floats of vectors of one length, one after the other, in Postgres' binary form of `real[]`, for a parameter of that type:
 * their text form is three times as long, and takes both sides ten times as long.
 * Source: array_recv and array_send in PostgreSQL's src/backend/utils/adt/arrayfuncs.c.
 */
export function realArray(vectors: readonly Float32Array[]): Buffer {
  const count = vectors.reduce((sum, { length }) => sum + length, 0);
  const bytes = Buffer.allocUnsafe(headerBytes + count * elementBytes);
  // One dimension without NULLs, counted from 1.
  for (const [index, value] of [1, 0, realOid, count, 1].entries()) bytes.writeInt32BE(value, index * 4);
  let at = headerBytes;
  for (const vector of vectors)
    for (const value of vector) {
      bytes.writeInt32BE(4, at);
      bytes.writeFloatBE(value, at + 4);
      at += elementBytes;
    }
  return bytes;
}
