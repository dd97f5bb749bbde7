import pg from 'pg';
import { messageOf, StoreAwayError } from '../errors.ts';

/**
 * What an error of the store is about.
 * `lost`: nobody answers, or this connection can be used no more. `refused`: Postgres answers and takes nothing at the
 * moment, whatever it is asked. `own`: the statement or its row is at fault, and would be again.
 */
export type StoreVerdict = 'lost' | 'refused' | 'own';

/** Codes of the system that stand for a network or a socket, such as ECONNREFUSED; EMFILE and its like pass too. */
const systemCode = /^E[A-Z]{2,}$/;

/**
 * Shut down, crashed, starting up, dropped, too many connections, transactions that were ended for their silence or their
 * length, class 08 (connection exception), 28 (the login is refused) and 3D (the database is gone).
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const lostStates = /^(57P0[1-5]|53300|25P0[34]|08...|28...|3D...)$/;

/** Prepared statements that the connection does not know any more, such as after somebody's DISCARD ALL. */
const forgottenStatement = '26000';
/** A prepared statement whose table was altered; its code says only "not supported". */
const staleStatement = /^cached plan must not change result type/;

/**
 * What a single row can cause: its values (22), a constraint (23), a view's check (44), a limit such as the size of an index
 * entry (54000), a text that an index or a trigger of the owner's reads as a query or a name (three of class 42), and a row
 * that comes twice in its own statement (21).
 */
const ownStates = /^(21...|22...|23...|44...|54000|42601|42602|42622)$/;

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

/**
 * Judges an error of the store, by its SQLSTATE where it has one; undefined for what is none, such as a bug of ours.
 * The one place that decides: nothing else looks at the codes of Postgres to tell an outage from a bad row.
 */
export function judgeStoreError(thrown: unknown): StoreVerdict | undefined {
  if (thrown instanceof StoreAwayError) return thrown.refused ? 'refused' : 'lost';
  const code = (thrown as { code?: unknown } | undefined)?.code;
  if (thrown instanceof pg.DatabaseError) return judgeState(String(code), thrown.message);
  if (typeof code === 'string' && systemCode.test(code)) return 'lost';
  return pgMessages.has(messageOf(thrown)) ? 'lost' : undefined;
}

/** True where the connection on which this came must not be used again. */
export function spoilsConnection(thrown: unknown): boolean {
  return judgeStoreError(thrown) === 'lost';
}

/** True where the statement met others and was rolled back for it: it may be sent again at once. */
export function isCollision(thrown: unknown): boolean {
  return thrown instanceof pg.DatabaseError && thrown.code?.startsWith('40') === true;
}

/**
 * True where less at once may pass: memory, and limits of a statement. Postgres has no code of its own for a request of too
 * much memory, which it calls an internal error.
 */
export function mayBeTooMuch(thrown: unknown): boolean {
  const code = codeOf(thrown instanceof StoreAwayError ? thrown.cause : thrown);
  return code !== undefined && /^(53200|53400|54...|XX000)$/.test(code);
}

/**
 * True for an outage that waiting may end whatever the statement is. A migration is stricter than other statements: one that
 * lacks a right or a table fails for good, and says so at once.
 */
export function isPassing(thrown: unknown): boolean {
  const code = codeOf(thrown);
  if (code === undefined) return judgeStoreError(thrown) !== undefined;
  return judgeStoreError(thrown) === 'lost' || /^(25006|40...|53...|55...|57...|58...)$/.test(code);
}

/** An outage as everybody else hears of it; undefined where the statement itself is at fault. */
export function storeAway(thrown: unknown): StoreAwayError | undefined {
  if (thrown instanceof StoreAwayError) return thrown;
  switch (judgeStoreError(thrown)) {
    case 'lost':
      return new StoreAwayError(`the database cannot be reached: ${messageOf(thrown)}`, { cause: thrown });
    case 'refused':
      return new StoreAwayError(
        `the database takes nothing now: ${messageOf(thrown)} (SQLSTATE ${codeOf(thrown) ?? '?'})`,
        { cause: thrown, refused: true },
      );
    default:
      return undefined;
  }
}

function judgeState(code: string, message: string): StoreVerdict {
  if (lostStates.test(code) || code === forgottenStatement || staleStatement.test(message)) return 'lost';
  return ownStates.test(code) ? 'own' : 'refused';
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof pg.DatabaseError ? thrown.code : undefined;
}
