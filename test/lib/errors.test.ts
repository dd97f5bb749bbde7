import { describe, expect, it } from 'vitest';
import { coded, NinjadError, StoreAwayError, UsageError } from '../../src/lib/errors.ts';

describe('an error that ninjad raises on purpose', () => {
  it('carries the name of its class, its code, its sentence and its cause', () => {
    const cause = new Error('connect ECONNREFUSED');

    const error = new StoreAwayError('the database cannot be reached', { cause });

    expect(error).toMatchObject({
      name: 'StoreAwayError',
      code: 'STORE_AWAY',
      message: 'the database cannot be reached',
      cause,
    });
    expect(String(error)).toBe('StoreAwayError: the database cannot be reached');
  });

  it('is of its own class and of every one above it, and of no other', () => {
    class TooLateError extends coded('TOO_LATE') {}

    const error = new TooLateError('it is over');

    expect(error).toBeInstanceOf(TooLateError);
    expect(error).toBeInstanceOf(NinjadError);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(UsageError);
  });
});
