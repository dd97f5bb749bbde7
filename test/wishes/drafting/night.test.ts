import { describe, expect, it } from 'vitest';
import type { DraftOutcome, DraftRequest } from '../../../src/drafter/draft.ts';
import { instantsOf, nextInstants } from '../../../src/schedule/instants.ts';
import type { Fire, JobDefinition } from '../../../src/schedule/job.ts';
import { planJob } from '../../../src/schedule/plan.ts';
import { decideWish } from '../../../src/wishes/decide.ts';
import { createDraftDesk } from '../../../src/wishes/drafting/desk.ts';
import { createDraftNights } from '../../../src/wishes/drafting/night.ts';
import { keepNotice } from '../../../src/notices/rows.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import { aWish, drafted, fakeDraftsman, start, stateOf, wishTables } from '../../helpers/wishes.ts';

const { store } = useDatabase(...wishTables);
const worker = '6f1c1a52-0000-4000-8000-0123456789ab';
const never = new AbortController().signal;
const fire = (startedAt = start): Fire => ({
  ...{ id: 1, jobId: 'drafts:nightly', nominalAt: startedAt, startedAt, byHand: false },
});

type Answer = (request: DraftRequest, signal: AbortSignal) => DraftOutcome | Promise<DraftOutcome>;

/** A night with a draftsman that answers so. */
function nightWith(answer?: Answer, { budgetUsd = 5, at = '03:45', stale = false, now = () => start } = {}) {
  const fake = fakeDraftsman(answer);
  const bus = { emit: () => undefined };
  const desk = createDraftDesk({ store, bus, worker, now, draftsman: fake.draftsman });
  const told: string[] = [];
  const kind = createDraftNights({
    store,
    desk,
    draftsman: {
      stillApplies: () =>
        Promise.resolve(stale ? { kind: 'stale', reason: 'it moved' } : { kind: 'applies' }),
    },
    settings: { get: (key: string) => (key === 'drafter.at' ? at : budgetUsd) } as never,
    now,
    async tell(text) {
      told.push(text);
      await store.transaction((tx) => keepNotice(tx, { origin: 'wish', text, taskId: null, now: now() }));
    },
  });
  return { ...fake, kind, desk, told };
}

async function jobOf(at = '03:45'): Promise<JobDefinition> {
  const [job] = await nightWith(undefined, { at }).kind.list();
  return job as JobDefinition;
}

const inZone = async (zone: string, at = '03:45'): Promise<JobDefinition> => {
  const job = await jobOf(at);
  if (job.schedule.kind !== 'cron') throw new Error('expected a cron job');
  return { ...job, schedule: { ...job.schedule, zone } };
};

describe('a night of drafts', () => {
  it('drafts what is approved one after the other, in the order of approval, and tells the owner once', async () => {
    const ids: number[] = [];
    for (const [index, title] of ['one', 'two', 'three'].entries())
      ids.push((await aWish(store, title, { now: new Date(start.getTime() - (3 - index) * 60_000) })).id);
    await aWish(store, 'not approved', { approve: false });
    const { kind, requests, seen, told } = nightWith(({ wishId }) =>
      wishId === ids[1] ? { kind: 'blocked', reason: 'no bwrap', fix: 'install it' } : drafted(),
    );
    expect(await kind.run(fire(), never)).toMatchObject({ state: 'done' });
    expect(requests.map(({ wishId }) => wishId)).toEqual(ids);
    expect(seen.most).toBe(1);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('wish 1 (one) is drafted and waits for your review');
    expect(told[0]).toContain('wish 2 (two) is blocked: no bwrap; install it');
    const { rows } = await store.query({ text: 'SELECT origin, text FROM owner_notices' });
    expect(rows).toEqual([{ origin: 'wish', text: told[0] }]);
  });

  it('says nothing where there is nothing to draft', async () => {
    const { kind, told } = nightWith();
    expect(await kind.run(fire(), never)).toEqual({ state: 'done' });
    expect(told).toEqual([]);
  });

  it('gives each draft what is left of the budget, and lets the rest wait for the next night', async () => {
    for (const title of ['one', 'two', 'three']) await aWish(store, title);
    const { kind, requests } = nightWith(() => drafted({ costUsd: 0.6 }), { budgetUsd: 1 });
    const end = await kind.run(fire(), never);
    expect(requests.map(({ budgetUsd }) => budgetUsd)).toEqual([1, expect.closeTo(0.4)]);
    expect(end.reason).toContain('the budget of the night is used up, and wish 3 waits for the next one');
    expect(await stateOf(store, 3)).toBe('approved');
    const tomorrow = new Date(start.getTime() + 24 * 3_600_000);
    await nightWith(undefined, { budgetUsd: 1, now: () => tomorrow }).kind.run(fire(tomorrow), never);
    expect(await stateOf(store, 3)).toBe('drafted');
  });

  it('counts what failed drafts have cost, and those of a former life of the same night', async () => {
    for (const title of ['one', 'two']) await aWish(store, title);
    const failing = nightWith(() => ({ kind: 'failed', reason: 'empty', partial: { costUsd: 1.5 } }), {
      budgetUsd: 1,
    });
    await failing.kind.run(fire(), never);
    expect(failing.requests).toHaveLength(1);
    const { kind, requests } = nightWith(undefined, { budgetUsd: 1 });
    await kind.resume?.(fire(), never);
    expect(requests).toEqual([]);
  });

  it('begins none after four hours', async () => {
    for (const title of ['one', 'two']) await aWish(store, title);
    let hours = 0;
    const { kind, requests } = nightWith(
      () => {
        hours = 5;
        return drafted();
      },
      { now: () => new Date(start.getTime() + hours * 3_600_000) },
    );
    expect((await kind.run(fire(), never)).reason).toContain(
      'the night is over, and wish 2 waits for the next one',
    );
    expect(requests).toHaveLength(1);
  });

  it('leaves out what was rejected meanwhile, and takes what was approved meanwhile', async () => {
    for (const title of ['one', 'two']) await aWish(store, title);
    const late = await aWish(store, 'three', { approve: false });
    const { kind, requests } = nightWith(async ({ wishId }) => {
      if (wishId !== 1) return drafted();
      await store.transaction((tx) => decideWish(tx, { by: 'cli' }, { id: 2, decision: 'reject' }, start));
      await store.transaction((tx) =>
        decideWish(tx, { by: 'cli' }, { id: late.id, decision: 'approve' }, start),
      );
      return drafted();
    });
    await kind.run(fire(), never);
    expect(requests.map(({ wishId }) => wishId)).toEqual([1, 3]);
    expect(await stateOf(store, 2)).toBe('rejected');
  });

  it('looks first which drafts have become stale', async () => {
    await aWish(store, 'one');
    await nightWith().kind.run(fire(), never);
    const { kind, told } = nightWith(undefined, { stale: true });
    await kind.run(fire(), never);
    expect(await stateOf(store, 1)).toBe('stale');
    expect(told[0]).toContain('wish 1 (one) is stale: it moved');
  });

  it('that is cut off by the end of the daemon goes on with the wish that it was at', async () => {
    for (const title of ['one', 'two']) await aWish(store, title);
    const end = new AbortController();
    const cut = nightWith(({ wishId }, signal) => {
      if (wishId === 1) return drafted();
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ kind: 'failed', reason: 'it was ended' }));
        end.abort('shutdown');
      });
    });
    expect(await cut.kind.run(fire(), end.signal)).toMatchObject({ state: 'cancelled' });
    expect(await stateOf(store, 2)).toBe('approved');
    const next = nightWith();
    expect(await next.kind.resume?.(fire(), never)).toMatchObject({ state: 'done' });
    expect(next.requests.map(({ wishId, version }) => [wishId, version])).toEqual([[2, 2]]);
    expect(await stateOf(store, 2)).toBe('drafted');
  });

  it('that was killed is settled by the first look of the scheduler at the next start', async () => {
    await aWish(store, 'one');
    void nightWith(() => new Promise(() => undefined)).kind.run(fire(), never);
    await expect.poll(() => stateOf(store, 1), { timeout: 30_000 }).toBe('drafting');
    await nightWith().kind.list();
    expect(await stateOf(store, 1)).toBe('approved');
  });
});

describe('the time of the night', () => {
  it('is the one of the setting, by the clock of this machine', async () => {
    expect((await jobOf('23:05')).schedule).toMatchObject({ kind: 'cron', cron: '5 23 * * *' });
  });

  it('comes once in the night in which the clocks skip it', async () => {
    const { schedule } = await inZone('Europe/Helsinki', '03:30');
    // 2026-03-29: 03:00 becomes 04:00.
    expect(nextInstants(schedule, new Date('2026-03-28T12:00:00Z'), 2).map((at) => at.toISOString())).toEqual(
      ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'],
    );
  });

  it('comes once in the night in which the clocks show it twice', async () => {
    const { schedule } = await inZone('Europe/Helsinki');
    // 2026-10-25: 04:00 becomes 03:00.
    expect(nextInstants(schedule, new Date('2026-10-24T12:00:00Z'), 2).map((at) => at.toISOString())).toEqual(
      ['2026-10-25T00:45:00.000Z', '2026-10-26T01:45:00.000Z'],
    );
  });

  it('that was missed twice is made up for once', async () => {
    const job = await inZone('UTC');
    const now = new Date('2026-11-28T09:00:00Z');
    const plan = planJob(job, instantsOf(job.schedule), new Date('2026-11-26T04:00:00Z'), {
      ...{ now, missedUntil: now, isCutOff: false },
      because: () => 'the daemon was not running',
    });
    expect(plan.madeUp).toEqual([new Date('2026-11-28T03:45:00Z')]);
    expect(plan.missed.map(({ nominalAt }) => nominalAt)).toEqual([new Date('2026-11-27T03:45:00Z')]);
  });
});
