import { describe, expect, it } from 'vitest';
import {
  countUnseen,
  keepNotice,
  listNotices,
  type NoticeOrigin,
  putOffNotices,
  seeNotices,
  settleNotices,
} from '../../src/notices/rows.ts';
import { listUnseen } from '../../src/notices/unseen.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase('owner_notices');

const now = new Date('2026-11-25T08:00:00Z');
const keep = (origin: NoticeOrigin, text: string) =>
  keepNotice(store, { origin, text, taskId: origin === 'task' ? 7 : null, now });
const unseen = async () => (await listNotices(store, { unseen: true, limit: 10 })).map(({ text }) => text);

describe('what the owner is told', () => {
  it('stays unseen until they say so, one by one or all up to one', async () => {
    for (const text of ['a', 'b', 'c', 'd']) await keep('task', text);
    expect(await unseen()).toEqual(['d', 'c', 'b', 'a']);
    expect(await seeNotices(store, { ids: [2], now })).toEqual({ unseen: 3, ids: [2] });
    expect(await seeNotices(store, { until: 3, now })).toEqual({ unseen: 1, ids: [1, 3] });
    expect(await unseen()).toEqual(['d']);
    expect(await countUnseen(store)).toBe(1);
  });

  it('keeps when it was seen first', async () => {
    await keep('task', 'a');
    await seeNotices(store, { ids: [1], now });
    await seeNotices(store, { ids: [1], now: new Date('2026-12-01T00:00:00Z') });
    expect(await listNotices(store, { unseen: false, limit: 10 })).toEqual([
      { id: 1, at: now, origin: 'task', text: 'a', taskId: 7, seenAt: now, putOffUntil: null },
    ]);
  });

  it('is of spending and of the agent only what still holds, and of tasks everything', async () => {
    await keep('spend', 'the cap is reached');
    await keep('agent', 'not logged in');
    await keep('task', 'one');
    await keep('task', 'two');
    await keep('spend', 'there is money again');
    expect(await unseen()).toEqual(['there is money again', 'two', 'one', 'not logged in']);
    await settleNotices(store, { origin: 'agent', now });
    expect(await unseen()).toEqual(['there is money again', 'two', 'one']);
  });

  it('waits for nobody while it is put off, seen or not, and waits again then', async () => {
    for (const text of ['a', 'b', 'c']) await keep('task', text);
    await seeNotices(store, { ids: [2], now });
    const tomorrow = new Date(Date.now() + 86_400_000);
    expect(await putOffNotices(store, { ids: [1, 2], until: tomorrow, now })).toBe(1);
    expect(await unseen()).toEqual(['c']);
    const alarmed = await listUnseen(store, { origins: ['task'], before: new Date() });
    expect(alarmed.map(({ text }) => text)).toEqual(['c']);
    // As if a day had passed.
    expect(await putOffNotices(store, { ids: [2], until: new Date(Date.now() - 1_000), now })).toBe(2);
    expect(await unseen()).toEqual(['c', 'b']);
    expect(await putOffNotices(store, { ids: [1], until: null, now })).toBe(3);
  });

  it('that was put off and no longer holds is told no more', async () => {
    await keep('spend', 'the cap is reached');
    await putOffNotices(store, { ids: [1], until: new Date(Date.now() - 1_000), now });
    expect(await unseen()).toEqual(['the cap is reached']);
    await settleNotices(store, { origin: 'spend', now });
    expect(await unseen()).toEqual([]);
  });

  it('comes in pages', async () => {
    for (const text of ['a', 'b', 'c']) await keep('task', text);
    const first = await listNotices(store, { unseen: false, limit: 2 });
    const before = first.at(-1)?.id;
    const second = await listNotices(store, { unseen: false, before, limit: 2 });
    expect([...first, ...second].map(({ text }) => text)).toEqual(['c', 'b', 'a']);
  });
});
