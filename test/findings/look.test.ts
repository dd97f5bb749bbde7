import { describe, expect, it } from 'vitest';
import { decideFinding } from '../../src/findings/decide.ts';
import { listDetectors } from '../../src/findings/detector-view.ts';
import { detectors } from '../../src/findings/detectors/all.ts';
import { createFindingsKind } from '../../src/findings/jobs.ts';
import { look, type LookTerms } from '../../src/findings/look.ts';
import { createLookout } from '../../src/findings/lookout.ts';
import { findFinding, listFindings } from '../../src/findings/rows.ts';
import { createSettings } from '../../src/settings.ts';
import { addWish, decideWish } from '../../src/wishes/decide.ts';
import { findWish, listWishes } from '../../src/wishes/rows.ts';
import { useDatabase } from '../helpers/use-database.ts';
import { now, putTasks, sceneTables } from './scene.ts';

const { store } = useDatabase(...sceneTables);
const never = new AbortController().signal;
const failing = detectors.filter(({ kind }) => kind === 'failing_category');

const hours = (number: number) => new Date(now.getTime() + number * 3_600_000);

function lookAt(at: Date, changes: Partial<LookTerms> = {}) {
  return look(store, { detectors: failing, days: 7, thresholds: {}, rules: [], now: at, ...changes }, never);
}

/** Makes a category fail: so many tasks that ended in the hours before `now`. */
const fail = (category: string, count: number, hoursAgo = 1) =>
  putTasks(store, { category, count, state: 'failed', hoursAgo });

const decide = (
  id: number,
  decision: 'accept' | 'dismiss' | 'snooze' | 'reopen',
  at: Date,
  more: { reason?: string; until?: Date } = {},
) => store.transaction((tx) => decideFinding(tx, { by: 'cli' }, { id, decision, ...more }, at));

const states = async (at: Date) =>
  (await listFindings(store, { limit: 100, now: at })).map(({ subject, state }) => `${subject} ${state}`);

describe('a look', () => {
  it('keeps what it finds once, with first and last sight, and closes what is gone', async () => {
    await fail('mail', 6);
    expect(await lookAt(now)).toMatchObject({ opened: 1, reopened: 0, gone: 0 });
    expect(await lookAt(hours(24))).toMatchObject({ opened: 0 });
    expect(await findFinding(store, 1)).toMatchObject({
      ...{ kind: 'failing_category', subject: 'mail', state: 'open', seenCount: 2, severity: 'critical' },
      ...{
        firstSeenAt: now,
        lastSeenAt: hours(24),
        metric: { metric: 'task.failureRate:mail', today: 1, goal: 0.15 },
      },
    });
    expect(await lookAt(hours(8 * 24))).toMatchObject({ gone: 1 });
    expect(await findFinding(store, 1)).toMatchObject({ state: 'gone', goneAt: hours(8 * 24), seenCount: 2 });
    await expect(decide(1, 'accept', hours(8 * 24))).rejects.toThrow('finding 1 is not measured any more');
  });

  it('opens again what is back after it was gone', async () => {
    await fail('mail', 6);
    await lookAt(now);
    await store.query({ text: 'DELETE FROM tasks' });
    await lookAt(hours(1));
    await fail('mail', 7);
    expect(await lookAt(hours(2))).toMatchObject({ opened: 0, reopened: 1 });
    expect(await findFinding(store, 1)).toMatchObject({
      state: 'open',
      reopened: 1,
      firstSeenAt: now,
      lastSeenAt: hours(2),
    });
  });

  it('leaves what was dismissed alone, until enough has happened since', async () => {
    await fail('mail', 6);
    await lookAt(now);
    expect(await decide(1, 'dismiss', now, { reason: 'the provider was down' })).toMatchObject({
      ...{ state: 'dismissed', reason: 'the provider was down', decidedAt: now },
    });
    await lookAt(hours(24));
    expect(await states(hours(24))).toEqual(['mail dismissed']);
    // Six of an hour each, from two hours after the decision on.
    await putTasks(store, { category: 'mail', count: 6, state: 'failed', hoursAgo: -24 });
    await lookAt(hours(25));
    expect(await states(hours(25))).toEqual(['mail open']);
    await expect(decide(2, 'dismiss', now)).rejects.toThrow('there is no finding 2');
  });

  it('rests a detector after three dismissals, until its evidence doubles, and wakes it with an acceptance', async () => {
    for (const category of ['a', 'b', 'c']) await fail(category, 6);
    await lookAt(now);
    for (const id of [1, 2, 3]) await decide(id, 'dismiss', now);
    const settings = createSettings({ configFile: '/nowhere/config.json', env: {} });
    await fail('d', 6);
    expect(await lookAt(hours(1))).toMatchObject({ opened: 0, detectors: [{ found: 4, held: 1 }] });
    expect((await listDetectors(store, settings))[0]).toMatchObject({
      ...{ kind: 'failing_category', state: 'resting', dismissals: 3, restsUntil: 12, held: 1 },
    });
    expect(await listFindings(store, { state: 'open', limit: 9, now: hours(1) })).toEqual([]);
    await fail('e', 12);
    expect(await lookAt(hours(2))).toMatchObject({ opened: 1 });
    const [open] = await listFindings(store, { state: 'open', limit: 9, now: hours(2) });
    expect(open).toMatchObject({ subject: 'e' });
    await decide(open?.id ?? 0, 'accept', hours(2));
    expect((await listDetectors(store, settings))[0]).toMatchObject({ state: 'looking', dismissals: 0 });
    expect(await lookAt(hours(3))).toMatchObject({ opened: 1 });
  });

  it('makes a wish of what is accepted, with its evidence, and leaves it alone while that waits', async () => {
    await fail('mail', 6);
    await lookAt(now);
    const accepted = await decide(1, 'accept', now);
    expect(accepted).toMatchObject({ state: 'accepted', wishId: 1 });
    const wish = await findWish(store, 1);
    expect(wish).toMatchObject({ origin: 'finding', state: 'proposed', findingId: 1 });
    expect(wish?.title).toBe(accepted.summary);
    expect(wish?.description).toContain('category mail: 6 of 6 failed');
    await putTasks(store, { category: 'mail', count: 30, state: 'failed', hoursAgo: -2 });
    await lookAt(hours(3));
    expect(await states(hours(3))).toEqual(['mail accepted']);
    await store.query({ text: `UPDATE wishlist SET state = 'rejected', decided_at = $1`, values: [now] });
    await lookAt(hours(4));
    expect(await states(hours(4))).toEqual(['mail open']);
  });

  it('keeps quiet about what is snoozed until then', async () => {
    await fail('mail', 6);
    await lookAt(now);
    await expect(decide(1, 'snooze', now, { until: now })).rejects.toThrow(
      'expected a time within the next year',
    );
    expect(await decide(1, 'snooze', now, { until: hours(48) })).toMatchObject({
      state: 'snoozed',
      snoozedUntil: hours(48),
    });
    await lookAt(hours(24));
    expect(await states(hours(24))).toEqual(['mail snoozed']);
    expect(await states(hours(48))).toEqual(['mail open']);
    expect(await lookAt(hours(49))).toMatchObject({ reopened: 1 });
    expect(await findFinding(store, 1, hours(49))).toMatchObject({
      state: 'open',
      snoozedUntil: null,
      seenCount: 3,
    });
    expect((await decide(1, 'snooze', now)).snoozedUntil).toEqual(hours(7 * 24));
  });

  it('takes a decision back as if nothing had been said, and where there is none says so', async () => {
    await fail('mail', 6);
    await lookAt(now);
    const dismissals = async () =>
      (await store.query({ text: 'SELECT dismissals::int, dismissed_weight::float8 FROM finding_detectors' }))
        .rows;
    await decide(1, 'dismiss', now, { reason: 'by mistake' });
    expect(await dismissals()).toEqual([{ dismissals: 1, dismissed_weight: expect.any(Number) as number }]);
    expect(await decide(1, 'reopen', now)).toMatchObject({ state: 'open', reason: null, decidedAt: null });
    expect(await dismissals()).toEqual([{ dismissals: 0, dismissed_weight: 0 }]);
    await decide(1, 'snooze', now);
    expect(await decide(1, 'reopen', now)).toMatchObject({ state: 'open', snoozedUntil: null });
    await expect(decide(1, 'reopen', now)).rejects.toThrow(
      'finding 1 is open: there is no decision to take back',
    );
    await expect(decide(99, 'reopen', now)).rejects.toThrow('there is no finding 99');
  });

  it('takes an acceptance back with its wish, unless something was done about that already', async () => {
    await fail('mail', 6);
    await lookAt(now);
    await decide(1, 'accept', now);
    expect(await decide(1, 'reopen', hours(1))).toMatchObject({ state: 'open', wishId: null });
    expect(await listWishes(store, { limit: 9 })).toEqual([]);

    const again = await decide(1, 'accept', hours(2));
    const wish = again.wishId ?? expect.fail();
    await store.transaction((tx) =>
      decideWish(tx, { by: 'cli' }, { id: wish, decision: 'approve' }, hours(3)),
    );
    await expect(decide(1, 'reopen', hours(4))).rejects.toThrow(
      `wish ${wish} came of finding 1 and is approved`,
    );
    expect(await states(hours(4))).toEqual(['mail accepted']);
    await store.transaction((tx) =>
      decideWish(tx, { by: 'cli' }, { id: wish, decision: 'reopen' }, hours(5)),
    );
    await expect(decide(1, 'reopen', hours(6))).rejects.toThrow(`wish ${wish} came of finding 1`);
  });

  it('leaves a wish alone that the acceptance did not make', async () => {
    await fail('mail', 6);
    await lookAt(now);
    const { summary } = (await findFinding(store, 1)) ?? expect.fail();
    const own = await store.transaction((tx) =>
      addWish(tx, { by: 'cli' }, { title: summary.slice(0, 200), description: 'mine' }, now),
    );
    await decide(1, 'accept', now);
    await decide(1, 'reopen', now);
    expect((await listWishes(store, { limit: 9 })).map(({ id }) => id)).toEqual([own.id]);
  });

  it('goes on where a detector cannot look, and says so', async () => {
    await fail('mail', 6);
    await lookAt(now);
    const broken = {
      ...(failing[0] ?? expect.fail()),
      detect: () => Promise.reject(new Error('no such column')),
    };
    const sound = { ...broken, kind: 'sound_one', detect: () => Promise.resolve([]) };
    const report = await lookAt(hours(1), { detectors: [broken, sound] });
    expect(report.detectors).toMatchObject([{ problem: 'no such column' }, { problem: null }]);
    expect(await states(hours(1))).toEqual(['mail open']);
    const settings = createSettings({ configFile: '/nowhere/config.json', env: {} });
    expect((await listDetectors(store, settings))[0]).toMatchObject({
      state: 'failing',
      problem: 'no such column',
      lookedAt: now,
    });
  });

  it('stops between two detectors when it is called off', async () => {
    const controller = new AbortController();
    controller.abort(new Error('shutdown'));
    await expect(
      look(store, { detectors: failing, days: 7, thresholds: {}, rules: [], now }, controller.signal),
    ).rejects.toThrow('shutdown');
  });

  it('runs each night as a job, one at a time, by the settings', async () => {
    const settings = createSettings({ configFile: '/nowhere/config.json', env: {} });
    const told: string[] = [];
    const bus = { emit: (_: 'list.changed', { list }: { list: string }) => void told.push(list) };
    const lookout = createLookout({ store, settings, bus, now: () => now });
    const kind = createFindingsKind({ lookout, settings });
    expect(await kind.list()).toMatchObject([
      { id: 'findings', schedule: { kind: 'cron', cron: '15 3 * * *' }, missed: 'once' },
    ]);
    await fail('mail', 6);
    const both = [lookout.look(), lookout.look()];
    expect(await both[0]).toBe(await both[1]);
    const fire = { id: 1, jobId: 'findings', nominalAt: now, startedAt: now, byHand: false };
    expect(await kind.run(fire, never)).toEqual({ state: 'done' });
    expect(await findFinding(store, 1)).toMatchObject({ subject: 'mail', seenCount: 2 });
    expect(told).toEqual(['findings.list', 'findings.list']);
  });
});
