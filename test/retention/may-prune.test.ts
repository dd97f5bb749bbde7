import { expect, it } from 'vitest';
import { mayPrune } from '../../src/retention/may-prune.ts';
import { listNotices } from '../../src/notices/rows.ts';
import { DAY } from '../../src/lib/time.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase('pruning_clock', 'events', 'owner_notices');

it('waits while the clock is far from before, tells the owner once, and takes it back when the clock comes back', async () => {
  const now = Date.parse('2026-11-28T10:00:00Z');
  const told: unknown[] = [];
  const bus = { emit: (_: string, fact: unknown) => void told.push(fact) };
  const ask = (days: number) => mayPrune({ store, bus }, new Date(now + days * DAY));
  const unseen = async () =>
    (await listNotices(store, { unseen: true, limit: 5 })).map(({ origin }) => origin);

  expect(await ask(0)).toBe(true);
  expect([await ask(1_095), await ask(1_095.1)]).toEqual([false, false]);
  expect(told).toEqual([
    { origin: 'clock', text: expect.stringMatching(/^The clock says 2029-11-2\d /) as string, taskId: null },
  ]);
  expect(await unseen()).toEqual(['clock']);
  expect(await ask(0.1)).toBe(true);
  expect(await unseen()).toEqual([]);
});
