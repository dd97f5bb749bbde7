import { describe, expect, it } from 'vitest';
import type { DraftOutcome } from '../../../src/drafter/draft.ts';
import { addComment, commentsOf } from '../../../src/wishes/comments.ts';
import { decideWish } from '../../../src/wishes/decide.ts';
import { createDraftDesk } from '../../../src/wishes/drafting/desk.ts';
import { recheckAll, recheckDraft } from '../../../src/wishes/drafting/recheck.ts';
import { findDraft, versionsOf } from '../../../src/wishes/drafts.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import {
  aWish,
  drafted,
  fakeDraftsman,
  shortTrail,
  start,
  stateOf,
  wishTables,
} from '../../helpers/wishes.ts';

const { store } = useDatabase(...wishTables);
const worker = '6f1c1a52-0000-4000-8000-0123456789ab';
const never = new AbortController().signal;
const bus = { emit: () => undefined };
const now = (): Date => start;

function deskWith(draftsman: ReturnType<typeof fakeDraftsman>['draftsman']) {
  const desk = createDraftDesk({ store, draftsman, bus, worker, now });
  const begin = (id: number, by = 'cli') => desk.begin({ id, by, budgetUsd: 2, signal: never });
  return { desk, begin, draft: async (id: number, by?: string) => (await begin(id, by)).ended };
}

/** A draftsman that works until it is told how to end, or its signal aborts. */
function slowDraftsman() {
  let end: (outcome: DraftOutcome) => void = () => undefined;
  const fake = fakeDraftsman(
    (_, signal) =>
      new Promise((resolve) => {
        end = resolve;
        signal.addEventListener('abort', () => resolve({ kind: 'failed', reason: 'it was ended' }), {
          once: true,
        });
      }),
  );
  return { ...fake, end: (outcome: DraftOutcome) => end(outcome) };
}

describe('drafting a wish', () => {
  it('keeps the draft as a version, with all that came of it', async () => {
    const { id } = await aWish(store, 'be quiet', {
      evidence: [{ kind: 'category', ref: 'mail', note: '9 of 21 failed' }],
      expected: { metric: 'task.failureRate:mail', today: 0.4, goal: 0.1 },
    });
    const { draftsman, requests } = fakeDraftsman(() => drafted({ flags: ['touches tests'] }));
    const wish = await deskWith(draftsman).draft(id);
    expect(wish).toMatchObject({
      state: 'drafted',
      version: 1,
      draft: {
        version: 1,
        additions: 1,
        deletions: 1,
        flags: ['touches tests'],
        costUsd: 0.4,
        tests: { own: { passed: true } },
      },
    });
    expect(requests[0]).toMatchObject({
      ...{
        wishId: id,
        version: 1,
        title: 'be quiet',
        evidence: ['category mail: 9 of 21 failed'],
        budgetUsd: 2,
      },
      text: expect.stringContaining('task.failureRate:mail is 0.4 today and is to reach 0.1') as string,
    });
    expect(await shortTrail(store, id)).toEqual([
      'owner:  → proposed',
      'cli: proposed → approved',
      'cli: approved → drafting',
      'drafter: drafting → drafted',
    ]);
  });

  it('never rewrites a version, not even by hand', async () => {
    const { id } = await aWish(store, 'be quiet');
    await deskWith(fakeDraftsman().draftsman).draft(id);
    await expect(
      store.query({ text: `UPDATE wish_drafts SET patch = 'another' WHERE wish_id = ${id}` }),
    ).rejects.toThrow(`version 1 of wish ${id} is finished and cannot be rewritten`);
  });

  it('answers comments on lines with a new version, and tells them and the patch before to the draftsman', async () => {
    const { id } = await aWish(store, 'be quiet');
    const { draftsman, requests } = fakeDraftsman(({ version }) =>
      drafted({ summary: `version ${version}` }),
    );
    const { draft } = deskWith(draftsman);
    await draft(id);
    const redraft = () =>
      store.transaction((tx) => decideWish(tx, { by: 'dashboard' }, { id, decision: 'redraft' }, start));
    await expect(redraft()).rejects.toThrow('has no open comment');
    const comment = (file: string, line: number | null) =>
      store.transaction((tx) =>
        addComment(tx, { by: 'dashboard' }, { id, version: 1, file, line, text: 'say c' }, start),
      );
    await expect(comment('b.ts', 1)).rejects.toThrow('the draft does not touch b.ts: it touches a.ts');
    await comment('a.ts', 1);
    await comment('a.ts', null);
    await redraft();
    expect(await stateOf(store, id)).toBe('approved');
    expect(await draft(id, 'night')).toMatchObject({ state: 'drafted', version: 2, openComments: 0 });
    expect(requests[1]).toMatchObject({
      version: 2,
      comments: [
        { file: 'a.ts', line: 1, text: 'say c' },
        { file: 'a.ts', line: null, text: 'say c' },
      ],
      previousPatch: expect.stringContaining('+b') as string,
    });
    expect((await commentsOf(store, id)).map(({ answeredBy }) => answeredBy)).toEqual([2, 2]);
    expect((await findDraft(store, id, 1))?.summary).toBe('version 1');
    expect((await findDraft(store, id))?.summary).toBe('version 2');
  });

  it('says what to do for one that is blocked, and what went wrong for one that failed', async () => {
    const one = await aWish(store, 'one');
    const two = await aWish(store, 'two');
    const outcomes: DraftOutcome[] = [
      { kind: 'blocked', reason: 'there is no bwrap', fix: 'apt install bubblewrap' },
      { kind: 'failed', reason: 'the patch is empty', partial: { costUsd: 0.3, summary: 'nothing to do' } },
    ];
    const { draft } = deskWith(fakeDraftsman(() => outcomes.shift() as DraftOutcome).draftsman);
    expect(await draft(one.id)).toMatchObject({
      state: 'blocked',
      reason: 'there is no bwrap',
      fix: 'apt install bubblewrap',
      draft: null,
    });
    expect(await draft(two.id)).toMatchObject({ state: 'failed', reason: 'the patch is empty', fix: null });
    expect((await versionsOf(store, two.id))[0]).toMatchObject({ state: 'failed', costUsd: 0.3 });
    // The fix is made, and the owner asks again.
    outcomes.push(drafted());
    expect(await draft(one.id)).toMatchObject({ state: 'drafted', version: 2, reason: null, fix: null });
  });

  it('is a failure of the draft where the draftsman throws, and leaves the desk free', async () => {
    const { id } = await aWish(store, 'be quiet');
    const { draft } = deskWith(fakeDraftsman(() => Promise.reject(new Error('no space left'))).draftsman);
    expect(await draft(id)).toMatchObject({ state: 'failed', reason: 'the drafter failed: no space left' });
    expect(await draft(id)).toMatchObject({ state: 'failed', version: 2 });
  });

  it('keeps texts that Postgres cannot store', async () => {
    const { id } = await aWish(store, 'be quiet');
    const files = [{ path: 'a\0\n.ts', additions: 1, deletions: 0, flags: ['\uD800'] }];
    const { draft } = deskWith(fakeDraftsman(() => drafted({ summary: 'a\0b', files })).draftsman);
    expect((await draft(id)).draft).toMatchObject({ summary: 'a\uFFFDb', files: [{ path: 'a\uFFFD\n.ts' }] });
  });

  it('takes one at a time, here and in other daemons', async () => {
    const one = await aWish(store, 'one');
    const two = await aWish(store, 'two');
    const slow = slowDraftsman();
    const { begin } = deskWith(slow.draftsman);
    const other = createDraftDesk({
      ...{ store, bus, now, draftsman: fakeDraftsman().draftsman },
      worker: '6f1c1a52-0000-4000-8000-0123456789ff',
    });
    const { ended } = await begin(one.id);
    await expect(begin(two.id)).rejects.toThrow(
      `wish ${one.id} is being drafted, and one is drafted at a time`,
    );
    await expect(begin(one.id)).rejects.toThrow(`wish ${one.id} is being drafted already`);
    await expect(other.begin({ id: two.id, by: 'cli', budgetUsd: 1, signal: never })).rejects.toThrow(
      'another wish is being drafted',
    );
    expect(await stateOf(store, two.id)).toBe('approved');
    slow.end(drafted());
    expect((await ended).state).toBe('drafted');
  });

  it('wants an approved wish', async () => {
    const { id } = await aWish(store, 'be quiet', { approve: false });
    const { draft } = deskWith(fakeDraftsman().draftsman);
    await expect(draft(id)).rejects.toThrow(`wish ${id} is proposed: approve it first`);
    await expect(draft(77)).rejects.toThrow('there is no wish 77');
    await store.transaction((tx) => decideWish(tx, { by: 'cli' }, { id, decision: 'approve' }, start));
    await draft(id);
    await expect(draft(id)).rejects.toThrow('comment on its lines');
  });
});

describe('a decision while a wish is drafted', () => {
  it('that rejects it ends the drafting, and the wish stays rejected', async () => {
    const { id } = await aWish(store, 'be quiet');
    const { desk, begin } = deskWith(slowDraftsman().draftsman);
    const { ended } = await begin(id);
    await store.transaction((tx) =>
      decideWish(tx, { by: 'discord' }, { id, decision: 'reject', reason: 'no' }, start),
    );
    desk.stop(id);
    expect(await ended).toMatchObject({ state: 'rejected', reason: 'no' });
    expect((await versionsOf(store, id))[0]).toMatchObject({ state: 'failed', reason: 'it was ended' });
    expect(await shortTrail(store, id)).toHaveLength(4);
  });

  it('that rejects it holds, too, where the draft is finished all the same; its version is kept', async () => {
    const { id } = await aWish(store, 'be quiet');
    const slow = slowDraftsman();
    const { ended } = await deskWith(slow.draftsman).begin(id);
    await store.transaction((tx) => decideWish(tx, { by: 'cli' }, { id, decision: 'reject' }, start));
    slow.end(drafted());
    expect((await ended).state).toBe('rejected');
    expect((await versionsOf(store, id))[0]).toMatchObject({ state: 'drafted' });
  });

  it('that approves it once more is refused', async () => {
    const { id } = await aWish(store, 'be quiet');
    const slow = slowDraftsman();
    const { ended } = await deskWith(slow.draftsman).begin(id);
    await expect(
      store.transaction((tx) => decideWish(tx, { by: 'cli' }, { id, decision: 'approve' }, start)),
    ).rejects.toThrow(`wish ${id} is drafting: there is nothing to approve`);
    slow.end(drafted());
    expect((await ended).state).toBe('drafted');
  });
});

describe('a daemon that ends while a wish is drafted', () => {
  it('leaves it approved, and the next life drafts it as a version of its own', async () => {
    const { id } = await aWish(store, 'be quiet');
    // A life that never comes to write anything.
    await deskWith(slowDraftsman().draftsman).begin(id);
    expect(await stateOf(store, id)).toBe('drafting');
    const { desk, draft } = deskWith(fakeDraftsman().draftsman);
    await desk.settleLeft();
    expect(await stateOf(store, id)).toBe('approved');
    expect(await draft(id, 'night')).toMatchObject({ state: 'drafted', version: 2 });
    expect(await versionsOf(store, id)).toMatchObject([
      { version: 2, state: 'drafted' },
      { version: 1, state: 'failed', reason: 'the daemon ended meanwhile' },
    ]);
  });

  it('puts it back when it stops in order', async () => {
    const { id } = await aWish(store, 'be quiet');
    const { desk, begin } = deskWith(slowDraftsman().draftsman);
    const { ended } = await begin(id);
    desk.close();
    expect(await ended).toMatchObject({
      state: 'approved',
      reason: 'the daemon ended meanwhile; it is drafted again',
    });
  });

  it('three times over lets the wish fail, so that it does not end the daemon for ever', async () => {
    const { id } = await aWish(store, 'be quiet');
    for (let life = 1; life <= 3; life += 1) {
      await deskWith(slowDraftsman().draftsman).begin(id, 'night');
      await deskWith(slowDraftsman().draftsman).desk.settleLeft();
    }
    expect(await stateOf(store, id)).toBe('failed');
    await deskWith(fakeDraftsman().draftsman).draft(id);
    expect(await stateOf(store, id)).toBe('drafted');
  });

  it('leaves the drafts of other daemons alone, for a day', async () => {
    const { id } = await aWish(store, 'be quiet');
    await deskWith(slowDraftsman().draftsman).begin(id);
    const later = (ms: number) =>
      createDraftDesk({
        ...{
          store,
          bus,
          draftsman: fakeDraftsman().draftsman,
          worker: '6f1c1a52-0000-4000-8000-0123456789ff',
        },
        now: () => new Date(start.getTime() + ms),
      });
    await later(3_600_000).settleLeft();
    expect(await stateOf(store, id)).toBe('drafting');
    await later(25 * 3_600_000).settleLeft();
    expect(await stateOf(store, id)).toBe('approved');
  });
});

describe('a moved base', () => {
  const answers = (kind: 'applies' | 'stale') => ({
    stillApplies: () => Promise.resolve(kind === 'applies' ? { kind } : { kind, reason: 'a.ts has changed' }),
  });

  it('is looked at: the draft still applies, or its wish is stale and may be drafted anew', async () => {
    const { id } = await aWish(store, 'be quiet');
    const { draft } = deskWith(fakeDraftsman().draftsman);
    await draft(id);
    const check = (draftsman: ReturnType<typeof answers>) =>
      recheckDraft({ store, draftsman, now }, { id, by: 'cli' });
    expect(await check(answers('applies'))).toMatchObject({ outcome: 'applies', wish: { state: 'drafted' } });
    expect(await check(answers('stale'))).toMatchObject({
      outcome: 'stale',
      wish: { state: 'stale', reason: 'a.ts has changed' },
    });
    await expect(check(answers('stale'))).rejects.toThrow('it has no draft to be applied');
    expect(await draft(id)).toMatchObject({ state: 'drafted', version: 2 });
  });

  it('that nobody can look at changes nothing', async () => {
    const { id } = await aWish(store, 'be quiet');
    await deskWith(fakeDraftsman().draftsman).draft(id);
    const draftsman = { stillApplies: () => Promise.reject(new Error('the repository is gone')) };
    expect(await recheckDraft({ store, draftsman, now }, { id, by: 'cli' })).toMatchObject({
      outcome: 'unknown',
      reason: 'the repository is gone',
    });
    expect(await recheckAll({ store, draftsman, now })).toEqual([]);
    expect(await stateOf(store, id)).toBe('drafted');
  });
});
