import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import { createEventIds, epochBytes, registerJournal } from '../../../src/events/rows/register-journal.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('journals');

const now = Date.UTC(2026, 10, 22);

describe('registerJournal', () => {
  it('gives a journal a number once for each epoch, and every journal its own', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const register = (uuid: string, epoch: number) => registerJournal(store, { uuid }, epoch, new Date(now));
    const spans = await register(one, 0);
    expect(spans).toEqual([{ number: expect.any(Number) as number, from: 0 }]);
    expect(await register(one, 0)).toEqual(spans);
    const all = [...spans, ...(await register(one, 1)), ...(await register(other, 0))];
    expect(new Set(all.map(({ number }) => number)).size).toBe(3);
    const { rows } = await store.query({
      text: 'SELECT uuid, epoch, host, created_at FROM journals ORDER BY id',
    });
    expect(rows).toEqual([
      { uuid: one, epoch: 0, host: hostname(), created_at: new Date(now) },
      { uuid: one, epoch: 1, host: hostname(), created_at: new Date(now) },
      { uuid: other, epoch: 0, host: hostname(), created_at: new Date(now) },
    ]);
  });
});

describe('createEventIds', () => {
  it('makes ids of journal number and position, past the end of an epoch too', async () => {
    const uuid = randomUUID();
    const ids = createEventIds(store, { uuid }, () => now);
    const positions = [0, epochBytes - 10, epochBytes, 2 * epochBytes + 5];
    await ids.prepare(positions);
    const numbers = await Promise.all(
      [0, 1, 2].map((epoch) => registerJournal(store, { uuid }, epoch, new Date(now))),
    );
    const [first = 0, second = 0, third = 0] = numbers.flat().map(({ number }) => number);
    expect(positions.map((position) => ids.idOf(position))).toEqual([
      first * epochBytes,
      first * epochBytes + epochBytes - 10,
      second * epochBytes,
      third * epochBytes + 5,
    ]);
  });

  it('stays exact at the last number that the schema allows', async () => {
    await store.query({ text: 'ALTER SEQUENCE journals_id_seq RESTART WITH 8190' });
    const ids = createEventIds(store, { uuid: randomUUID() }, () => now);
    await ids.prepare([epochBytes - 1]);
    expect(ids.idOf(epochBytes - 1)).toBe(8_190 * epochBytes + epochBytes - 1);
    expect(Number.isSafeInteger(ids.idOf(epochBytes - 1))).toBe(true);
    await expect(ids.prepare([epochBytes])).rejects.toThrow('journals_id_fits_event_ids');
  });

  it('asks the store once an epoch, and again only after it was away', async () => {
    let away = true;
    let asked = 0;
    const ids = createEventIds(
      {
        query: (statement) => {
          asked += 1;
          return away ? Promise.reject(new StoreAwayError('away')) : store.query(statement);
        },
      },
      { uuid: randomUUID() },
    );
    await expect(ids.prepare([5])).rejects.toThrow(StoreAwayError);
    expect(() => ids.idOf(5)).toThrow('not registered');
    away = false;
    await ids.prepare([5, 6, 7]);
    await ids.prepare([8]);
    // One that was away, one that finds nothing, one that registers.
    expect(asked).toBe(3);
    expect(ids.idOf(8) - ids.idOf(5)).toBe(3);
  });
});
