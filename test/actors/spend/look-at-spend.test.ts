import { describe, expect, it, vi } from 'vitest';
import { createActor, toPromise } from 'xstate';
import { createLookAtSpend } from '../../../actors/spend/look-at-spend.ts';
import { createBus } from '../../../src/bus.ts';
import { createSpendLedger } from '../../../src/spend/ledger.ts';
import { listNotices } from '../../../src/notices/rows.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import { claimNext, queueTask } from '../tasks/tasks-harness.ts';

const { store } = useDatabase('tasks', 'task_costs', 'activity_log', 'owner_notices');

/** A daemon's eye on its spending; `at` is its clock. */
function watcher(cap: { usd: number | null }) {
  const clock = { at: new Date(2026, 10, 22, 12) };
  const notices: string[] = [];
  const bus = createBus((thrown) => {
    throw thrown;
  });
  bus.on('owner.told', ({ text }) => notices.push(text));
  const ledger = createSpendLedger({
    dailyCapUsd: () => cap.usd,
    monthlyCapUsd: () => null,
    openLanes: () => 2,
  });
  const loadCaps = vi.fn(() => Promise.resolve());
  const look = createLookAtSpend({ store, ledger, bus, loadCaps, now: () => clock.at });
  return { clock, notices, ledger, loadCaps, look: () => toPromise(createActor(look).start()) };
}

const spend = (usd: number, at: Date) =>
  store.query({
    text: `INSERT INTO task_costs (at, task_id, category, model, cost_usd) VALUES ($1, 1, 'ask', 'm', $2)`,
    values: [at, usd],
  });
const logged = async () =>
  (await store.query({ text: `SELECT action FROM activity_log ORDER BY id` })).rows.map(
    ({ action }) => action as string,
  );

describe('a look at the spending', () => {
  it('reads the caps first, then the sums, once', async () => {
    const { loadCaps, ledger, look } = watcher({ usd: null });
    await look();
    await look();
    expect(loadCaps).toHaveBeenCalledTimes(1);
    expect(ledger.mayAdmit()).toBe(true);
  });

  it('tells the owner once that the cap is reached, and once that tasks run again', async () => {
    const cap = { usd: 1 as number | null };
    const { clock, notices, ledger, look } = watcher(cap);
    await spend(0.6, clock.at);
    await look();
    expect(notices).toEqual([]);
    await spend(0.6, clock.at);
    await look();
    await look();
    expect(notices).toEqual([
      expect.stringMatching(/^Tasks cost \$1\.20 today, and the cap is \$1\.00: only your own messages/),
    ]);
    clock.at = new Date(2026, 10, 23);
    await look();
    await look();
    expect(notices.slice(1)).toEqual(['There is money again: tasks that waited for it go on.']);
    expect(ledger.state()).toMatchObject({ todayUsd: 0, monthUsd: 1.2, reached: null });
    expect(await logged()).toEqual(['spend.capped', 'spend.resumed']);
    const kept = await listNotices(store, { unseen: true, limit: 10 });
    expect(kept.map(({ origin, text }) => [origin, text])).toEqual([['spend', notices[1]]]);
  });

  it('does not repeat itself after a restart', async () => {
    const first = watcher({ usd: 1 });
    await spend(2, first.clock.at);
    await first.look();
    const second = watcher({ usd: 1 });
    await second.look();
    expect(second.notices).toEqual([]);
    const third = watcher({ usd: 5 });
    await third.look();
    expect(third.notices).toEqual(['There is money again: tasks that waited for it go on.']);
    expect(await logged()).toEqual(['spend.capped', 'spend.resumed']);
  });

  it('looks again at midnight, and after five minutes at the latest', async () => {
    const { clock, look } = watcher({ usd: 1 });
    expect(await look()).toBe(5 * 60_000);
    clock.at = new Date(2026, 10, 22, 23, 59, 59);
    expect(await look()).toBe(1001);
  });

  it('keeps what is promised to a run until that has ended and its cost is in the sums', async () => {
    const { ledger, look } = watcher({ usd: 1 });
    await look();
    await queueTask(store);
    const task = await claimNext(store);
    ledger.promise(task);
    await look();
    expect(ledger.promised()).toEqual([{ id: task.id, attempt: 1 }]);
    await store.query({
      text: `UPDATE tasks SET state = 'done', finished_at = now() WHERE id = $1`,
      values: [task.id],
    });
    await look();
    expect(ledger.promised()).toEqual([]);
  });
});
