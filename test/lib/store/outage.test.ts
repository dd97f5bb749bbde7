import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { NinjadError, StoreAwayError } from '../../../src/lib/errors.ts';
import { isPassing, judgeStoreError, mayBeTooMuch, storeAway } from '../../../src/lib/store/outage.ts';

/** What pg throws where Postgres refuses. */
function refusal(code: string, message = 'no'): Error {
  return Object.assign(new pg.DatabaseError(message, 1, 'error'), { code, severity: 'ERROR' });
}
const judge = (code: string) => judgeStoreError(refusal(code));

describe('the judge of what the store says', () => {
  it('holds a row responsible only for what is about the row', () => {
    const own = ['22021', '22P02', '22P05', '22003', '23502', '23505', '23514', '44000', '54000', '42601'];
    expect(own.map(judge)).toEqual(own.map(() => 'own'));
  });

  it('takes every other refusal for an outage, those that it does not know among them', () => {
    const passing = [
      '25006',
      '40001',
      '40P01',
      '53100',
      '53200',
      '53400',
      '54001',
      '55P03',
      '55006',
      '57014',
    ];
    const lasting = [
      '42501',
      '42P01',
      '42703',
      '42883',
      '3F000',
      '58030',
      'XX000',
      'XX001',
      'P0001',
      '0A000',
    ];
    expect([...passing, ...lasting, '99999'].map(judge)).toEqual(Array.from({ length: 21 }, () => 'refused'));
  });

  it('knows a connection that is lost, cannot be made, or has forgotten its statements', () => {
    const lost = [
      '57P01',
      '57P02',
      '57P03',
      '53300',
      '25P03',
      '08006',
      '08P01',
      '28P01',
      '28000',
      '3D000',
      '26000',
    ];
    expect(lost.map(judge)).toEqual(lost.map(() => 'lost'));
    expect(judgeStoreError(refusal('0A000', 'cached plan must not change result type'))).toBe('lost');
    for (const code of ['ECONNREFUSED', 'EMFILE', 'EACCES', 'EHOSTDOWN'])
      expect(judgeStoreError(Object.assign(new Error('no'), { code }))).toBe('lost');
    expect(judgeStoreError(new Error('Connection terminated unexpectedly'))).toBe('lost');
  });

  it('judges nothing that does not come from the store', () => {
    expect(judgeStoreError(new TypeError('a bug'))).toBeUndefined();
    expect(judgeStoreError(new NinjadError('USAGE', 'no'))).toBeUndefined();
    expect(judgeStoreError(undefined)).toBeUndefined();
    expect(storeAway(new TypeError('a bug'))).toBeUndefined();
    expect(storeAway(refusal('23505'))).toBeUndefined();
  });

  it('tells an outage with its reason and its code, and keeps one that is told already', () => {
    const away = storeAway(refusal('25006', 'cannot execute INSERT in a read-only transaction'));
    expect(away).toMatchObject({ refused: true });
    expect(away?.message).toBe(
      'the database takes nothing now: cannot execute INSERT in a read-only transaction (SQLSTATE 25006)',
    );
    expect(storeAway(away)).toBe(away);
    expect(storeAway(refusal('57P01'))).toMatchObject({ refused: false });
    expect(judgeStoreError(new StoreAwayError('away'))).toBe('lost');
  });

  it('knows which refusals less at once may get past', () => {
    for (const code of ['53200', '54001', 'XX000']) expect(mayBeTooMuch(storeAway(refusal(code)))).toBe(true);
    for (const code of ['53100', '25006', '40P01']) expect(mayBeTooMuch(refusal(code))).toBe(false);
  });

  it('lets a migration fail for what it lacks, and wait for what passes', () => {
    expect(['25006', '53100', '57014', '08006'].map((code) => isPassing(refusal(code)))).toEqual(
      Array.from({ length: 4 }, () => true),
    );
    expect(['42501', '42P01', '22012', 'P0001'].map((code) => isPassing(refusal(code)))).toEqual(
      Array.from({ length: 4 }, () => false),
    );
  });
});
