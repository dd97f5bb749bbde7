import { messageOf, NinjadError } from '../errors.ts';
import { ownValue } from '../own-value.ts';

/** An error as a face answers it. */
export interface ErrorAnswer {
  /** HTTP status. */
  status: number;
  error: { code: string; message: string };
}

const statusOfCode: Readonly<Record<string, number>> = {
  USAGE: 400,
  NOT_FOUND: 404,
  UNAVAILABLE: 404,
  CONFLICT: 409,
  CONFIRM: 409,
  STORE_AWAY: 503,
};

/** The answer to anything thrown while a request was served. */
export function answerOf(thrown: unknown): ErrorAnswer {
  const message = messageOf(thrown);
  if (thrown instanceof NinjadError)
    return { status: ownValue(statusOfCode, thrown.code) ?? 500, error: { code: thrown.code, message } };
  const { status, severity, code } = fieldsOf(thrown);
  // Express and its body parser put the status of a bad request on the error.
  if (typeof status === 'number' && status >= 400 && status < 500)
    return { status, error: { code: 'USAGE', message } };
  // pg's DatabaseError: Postgres refused the statement and says why.
  if (typeof severity === 'string' && typeof code === 'string') {
    return { status: 422, error: { code: `SQL_${code}`, message: `${severity}: ${message}` } };
  }
  return { status: 500, error: { code: 'INTERNAL', message } };
}

function fieldsOf(thrown: unknown): Partial<Record<'status' | 'severity' | 'code', unknown>> {
  return typeof thrown === 'object' && thrown !== null ? thrown : {};
}
