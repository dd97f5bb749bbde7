import { messageOf } from '../errors.ts';

const networkCodes = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Shut down, crashed, starting up, dropped, too many connections, and class 08 (connection exception). */
const sqlStatePattern = /^(57P0[1-5]|53300|25P03|08...)$/;

/** pg raises these without any code, so their text is all there is to go by (pg 8, pg-pool 3). */
const pgMessages = new Set([
  'Cannot use a pool after calling end on the pool',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Connection terminated',
  'Connection terminated due to connection timeout',
  'Connection terminated unexpectedly',
  'Query read timeout',
  'timeout exceeded when trying to connect',
  'timeout expired',
]);

/** Whether an error of pg says that the database cannot be reached now, rather than that it refused the statement. */
export function isOutage(thrown: unknown): boolean {
  const code = (thrown as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string' && (networkCodes.has(code) || sqlStatePattern.test(code))) return true;
  return pgMessages.has(messageOf(thrown));
}
