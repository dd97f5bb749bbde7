import { beforeEach, describe, expect, it } from 'vitest';
import { admitProposal, type Proposal } from '../../src/wishes/admit.ts';
import { alike, hasChanged } from '../../src/wishes/alike.ts';
import { acceptance } from '../../src/wishes/acceptance.ts';
import { decideWish } from '../../src/wishes/decide.ts';
import type { Evidence } from '../../src/wishes/evidence.ts';
import { findWish } from '../../src/wishes/rows.ts';
import { useDatabase } from '../helpers/use-database.ts';
import { aWish, start, wishTables } from '../helpers/wishes.ts';

const { store } = useDatabase(...wishTables, 'tasks', 'events');
const period = { from: new Date(start.getTime() - 3 * 86_400_000), to: start };

/** Four mails of which two failed. */
beforeEach(async () => {
  await store.query({
    text: `
    INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
      SELECT id, 3, 'email', 'mail', 'x', now(), now(), 'task', 'r', 'done' FROM generate_series(1, 4) AS id;
    INSERT INTO tasks (event_id, state, priority, source, category, prompt, outcome, queued_at, run_after, started_at, finished_at)
      SELECT id, CASE WHEN id <= 2 THEN 'dead' ELSE 'done' END, 3, 'email', 'mail', 'x', 'x', $1, $1, $1, $1
        FROM generate_series(1, 4) AS id`.replaceAll('$1', `'2026-11-27T00:00:00Z'::timestamptz`),
  });
});

const category: Evidence = { kind: 'category', ref: 'mail', note: '2 of 4 failed' };
const proposal = (changes: Partial<Proposal> = {}): Proposal => ({
  title: 'Cut long mails before they are read',
  description: 'Half of the mails fail.',
  evidence: [category],
  expected: { metric: 'task.failureRate:mail', goal: 0.1 },
  measuredBy: 'the rate',
  effort: 'small',
  risk: 'an attachment is missed',
  ...changes,
});
const admit = (changes: Partial<Proposal> = {}) =>
  store.transaction((tx) => admitProposal(tx, proposal(changes), { now: start, period }));
const decide = (id: number, decision: 'reject' | 'approve', reason?: string) =>
  store.transaction((tx) => decideWish(tx, { by: 'cli' }, { id, decision, reason }, start));

describe('a proposal of the retrospective', () => {
  it('becomes a wish with evidence and a promise, whose value of today we measure ourselves', async () => {
    expect(await admit()).toMatchObject({ became: 'proposed', wish: 1 });
    expect(await findWish(store, 1)).toMatchObject({
      ...{ origin: 'retrospective', state: 'proposed', evidence: [category], effort: 'small' },
      why: 'Half of the mails fail.',
      expected: { metric: 'task.failureRate:mail', today: 0.5, goal: 0.1 },
    });
  });

  it.each([
    [{ evidence: [] }, 'it names no evidence'],
    [{ evidence: [category, { kind: 'task', ref: '77', note: '' }] }, 'its evidence does not exist: task 77'],
    [{ evidence: [{ kind: 'task', ref: "1' OR true --", note: '' }] }, 'its evidence does not exist'],
    [{ expected: { metric: 'task.happiness', goal: 1 } }, 'there is no metric "task.happiness"'],
    [{ expected: { metric: 'task.failureRate:mail', goal: 0.6 } }, 'is 0.5 already'],
  ] as const)('is refused for what is wrong with it: %j', async (changes, reason) => {
    const admitted = await admit(changes as Partial<Proposal>);
    expect(admitted).toMatchObject({ became: 'refused', wish: null });
    expect(admitted.reason).toContain(reason);
    expect(await findWish(store, 1)).toBeUndefined();
  });

  it('that is like an open one is dropped, or adds its evidence to it', async () => {
    await admit();
    expect(await admit({ title: 'Cut the long mails before they are read!' })).toMatchObject({
      became: 'dropped',
      wish: 1,
    });
    const task: Evidence = { kind: 'task', ref: '1', note: 'ran into its limit' };
    expect(await admit({ evidence: [category, task] })).toMatchObject({ became: 'merged', wish: 1 });
    expect((await findWish(store, 1))?.evidence).toEqual([category, task]);
  });

  it('that was rejected stays rejected until its evidence changes', async () => {
    await admit();
    await decide(1, 'reject', 'I read them whole');
    const again = await admit();
    expect(again).toMatchObject({ became: 'dropped', wish: 1 });
    expect(again.reason).toBe('wish 1 was rejected (I read them whole), and its evidence is the same');
    // Another task of the same category is the same evidence once more; another source is not.
    expect(await admit({ evidence: [category, { kind: 'task', ref: '2', note: '' }] })).toMatchObject({
      became: 'dropped',
    });
    expect(await admit({ evidence: [category, { kind: 'source', ref: 'email', note: '' }] })).toMatchObject({
      became: 'proposed',
    });
  });

  it('has no room while five of its own are open', async () => {
    await admit();
    for (const [index, title] of ['Watch nas', 'Cache answers', 'Shorten prompts', 'Batch reports'].entries())
      expect(
        await admit({ title, evidence: [{ kind: 'task', ref: String(index + 1), note: '' }] }),
      ).toMatchObject({ became: 'proposed' });
    const sixth = await admit({
      title: 'Answer by reflex',
      evidence: [{ kind: 'source', ref: 'email', note: '' }],
    });
    expect(sixth).toMatchObject({ became: 'dropped', reason: '5 of its own are open already' });
    await decide(1, 'approve');
    expect(
      await admit({ title: 'Answer by reflex', evidence: [{ kind: 'source', ref: 'email', note: '' }] }),
    ).toMatchObject({ became: 'proposed' });
  });

  it('shows in the acceptance rate once it is decided', async () => {
    await aWish(store, 'mine');
    await admit();
    await admit({ title: 'Answer by reflex', evidence: [{ kind: 'source', ref: 'email', note: '' }] });
    await decide(2, 'approve');
    await decide(3, 'reject');
    expect(await acceptance(store)).toEqual([
      { origin: 'owner', open: 0, accepted: 1, rejected: 0, rate: 1, kept: 0, unkept: 0 },
      { origin: 'retrospective', open: 0, accepted: 1, rejected: 1, rate: 0.5, kept: 0, unkept: 0 },
    ]);
  });
});

describe('likeness', () => {
  const one = { title: 'Say nothing while a disk does not change', metric: null, evidence: [] };

  it.each([
    ['Say nothing while the disk does not change', true],
    ['SAY NOTHING, while a disk does not change.', true],
    ['Say nothing while disks do not change', true],
    ['Say more while a fan does not change', false],
    ['Answer questions about the nas by a reflex', false],
  ])('of %j', (title, is) => {
    expect(alike(one, { ...one, title })).toBe(is);
  });

  it('of evidence that is only tasks changes with each new one', () => {
    const task = (ref: string): Evidence => ({ kind: 'task', ref, note: '' });
    expect(hasChanged([task('1')], [task('1')])).toBe(false);
    expect(hasChanged([task('1')], [task('2')])).toBe(true);
    expect(hasChanged([category, task('1')], [category, task('2')])).toBe(false);
  });
});
