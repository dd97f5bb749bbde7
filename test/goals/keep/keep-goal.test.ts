import { describe, expect, it } from 'vitest';
import { goalChangeSchema, goalSchema } from '../../../src/goals/definition.ts';
import { addGoal, editGoal, removeGoal, restoreGoal, setPaused } from '../../../src/goals/keep/keep-goal.ts';
import { declareGoals } from '../../../src/goals/keep/declared.ts';
import { makerOf } from '../../../src/goals/keep/maker.ts';
import type { Maker } from '../../../src/goals/keep/terms.ts';
import { createGoalKind } from '../../../src/goals/job-kind.ts';
import { listGoals } from '../../../src/goals/rows/goals.ts';
import { goalHistory } from '../../../src/goals/rows/history.ts';
import { pruneRemoved } from '../../../src/retention/prune-removed.ts';
import { goalViews } from '../../../src/goals/goal-view.ts';
import { goalMisfits, goalSettings } from '../../../src/goals/settings.ts';
import { operations } from '../../../src/operations.ts';
import { agentToolNames } from '../../../src/tasks/mcp/tools.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import { goalHarness, goalTables } from '../goal-harness.ts';

const { store } = useDatabase(...goalTables);
const now = new Date('2026-11-28T12:00:00Z');
const owner: Maker = { by: 'cli', trust: 'owner' };
const home = '00000000-0000-0000-0000-000000000001';
const other = '00000000-0000-0000-0000-000000000002';

const add = (input: Record<string, unknown>, maker: Maker = owner) =>
  store.transaction((tx) =>
    addGoal(tx, goalSchema.parse({ name: 'g', when: 'every day at 9', prompt: 'look', ...input }), {
      caller: { by: 'cli' },
      maker,
      now,
    }),
  );
const declare = (goals: unknown, by = home, at = now) =>
  declareGoals(store, goalSettings.goals.parse(goals), { home: by, now: at });
const names = async () => (await listGoals(store, { limit: 1000 })).map(({ name }) => name);

describe('who makes a goal', () => {
  it('gives it no more trust than they have, and strangers none at all', async () => {
    expect(await add({})).toMatchObject({ trust: 'owner', madeBy: 'cli' });
    expect(await add({ name: 'h' }, { by: 'task 7', trust: 'local' })).toMatchObject({
      trust: 'local',
      madeBy: 'task 7',
    });
    await expect(add({ name: 'i' }, { by: 'task 8', trust: 'untrusted' })).rejects.toThrow(
      'task 8 may make no goal: what strangers wrote starts nothing by the clock',
    );
    expect(await names()).toEqual(['g', 'h']);
  });

  it('keeps commands and the owner’s voice for the owner', async () => {
    const local: Maker = { by: 'task 7', trust: 'local' };
    for (const input of [{ condition: 'true' }, { doneCheck: 'true' }])
      await expect(add(input, local)).rejects.toThrow('only the owner gives a goal commands');
    const reflex = { prompt: undefined, reflex: 'NORMAL|cli||note|remember this' };
    await expect(add(reflex, local)).rejects.toThrow("the source cli is the owner's");
    expect(await add(reflex)).toMatchObject({ reflex: reflex.reflex });
    await expect(add({ name: 'loud', prompt: undefined, reflex: 'HUMAN|cli||ask|/status' })).rejects.toThrow(
      'what runs by the clock is not HUMAN',
    );
  });

  it('is the running task where its agent asks by the command line, with the trust of that task', async () => {
    await store.query({
      text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
             SELECT id, 3, source, 'task', 'x', now(), now(), 'task', 'r', 'task'
               FROM (VALUES (1, 'cli'), (2, 'cron:disk'), (3, 'email'), (4, 'self')) AS rows (id, source);
             INSERT INTO tasks (event_id, priority, source, category, prompt, queued_at, run_after)
             SELECT id, 3, source, 'task', 'x', now(), now() FROM events ORDER BY id`,
    });
    const trusts = [];
    for (const task of [undefined, 1, 2, 3, 4, 99])
      trusts.push((await makerOf(store, { by: 'cli' }, task)).trust);
    expect(trusts).toEqual(['owner', 'owner', 'local', 'untrusted', 'untrusted', 'untrusted']);
  });

  it('may not be given more by a change, nor change what is the owner’s', async () => {
    const { id } = await add({});
    const act = { caller: { by: 'cli' as const }, maker: { by: 'task 7', trust: 'local' as const }, now };
    await expect(
      store.transaction((tx) => editGoal(tx, { id, change: { prompt: 'other' } }, act)),
    ).rejects.toThrow("the goal g is the owner's: task 7 may not change it");
  });

  it('is nobody by way of the tools of agents or of a line in the pipe', () => {
    expect(agentToolNames.filter((tool) => /goal/.test(tool))).toEqual([]);
    // What faces may ask for is asked by the owner; events have no operation that makes one.
    const making = Object.entries(operations).filter(
      ([, { path, method }]) => method === 'POST' && path === '/goals',
    );
    expect(making.map(([name]) => name)).toEqual(['goal.add']);
  });
});

describe('a goal that is changed', () => {
  it('is given to another agent, or to the default one again, and to none that nobody knows', async () => {
    const { id, agent } = await add({ agent: 'gemini' });
    expect(agent).toBe('gemini');
    const edit = (change: unknown) =>
      store.transaction((tx) =>
        editGoal(
          tx,
          { id, change: goalChangeSchema.parse(change) },
          { caller: { by: 'cli' }, maker: owner, now },
        ),
      );
    expect(await edit({ agent: 'codex' })).toMatchObject({ agent: 'codex' });
    expect(await edit({ prompt: 'look again' })).toMatchObject({ agent: 'codex' });
    expect(await edit({ agent: null })).toMatchObject({ agent: null });
    expect(() => goalChangeSchema.parse({ agent: 'codec' })).toThrow(
      'expected claude, codex, gemini, opencode or command',
    );
    const report = { when: 'every day at 9', prompt: 'look', agent: 'opencode' };
    await declare({ report });
    expect(await listGoals(store, { limit: 10 })).toContainEqual(
      expect.objectContaining({ name: 'report', agent: 'opencode' }),
    );
  });

  it('is due from the change on where its schedule is another one, and only then', async () => {
    const { id, since } = await add({});
    const later = new Date('2026-11-29T12:00:00Z');
    const edit = (change: Parameters<typeof editGoal>[1]['change']) =>
      store.transaction((tx) =>
        editGoal(tx, { id, change }, { caller: { by: 'cli' }, maker: owner, now: later }),
      );
    expect((await edit({ prompt: 'look again' })).since).toEqual(since);
    expect(await edit({ when: 'every 90 minutes' })).toMatchObject({
      since: later,
      cron: null,
      everyMs: 5_400_000,
      anchor: later,
      spoken: 'every 90 minutes',
    });
    expect(await edit({ when: 'tomorrow at 8', zone: 'Asia/Tokyo' })).toMatchObject({
      everyMs: null,
      anchor: null,
      dueAt: new Date('2026-11-29T23:00:00Z'),
    });
    expect(await edit({ reflex: 'LOW|cron:x||metric|1' })).toMatchObject({ prompt: null });
    expect(await edit({ doneCheck: { command: 'true' }, quiet: '22:00-07:00' })).toMatchObject({
      doneCheck: 'true',
    });
    expect(await edit({ doneCheck: null, quiet: null })).toMatchObject({ doneCheck: null, quiet: null });
  });

  it('does not make up for what passed while it was paused', async () => {
    const { id } = await add({});
    const at = new Date('2026-12-24T12:00:00Z');
    await setPaused(store, { by: 'cli' }, { id, paused: true, reason: 'holiday' }, now);
    expect(await createGoalKind(goalHarness(store).deps).list()).toMatchObject([
      { id: `goal:${id}`, paused: true },
    ]);
    expect(await setPaused(store, { by: 'cli' }, { id, paused: false }, at)).toMatchObject({
      since: at,
      enabled: true,
    });
  });

  it('is not there any more once it is removed', async () => {
    const { id } = await add({});
    await store.transaction((tx) => removeGoal(tx, id, { caller: { by: 'cli' }, now }));
    expect(await names()).toEqual([]);
    await expect(
      store.transaction((tx) => removeGoal(tx, id, { caller: { by: 'cli' }, now })),
    ).rejects.toThrow(`there is no goal ${id}`);
  });

  it('comes back within a week with its number and history, and without what was due meanwhile', async () => {
    const { id } = await add({});
    await store.query({
      text: `WITH fire AS (
               INSERT INTO job_fires (job_id, kind, nominal_at, state, worker, claimed_at, due_at, started_at, ended_at)
               VALUES ('goal:' || $1::bigint, 'goal', $2, 'done', gen_random_uuid(), $2, $2, $2, $2) RETURNING id)
             INSERT INTO goal_runs (fire_id, goal_id, terms, dedup_key, event_key) SELECT id, $1, '{}', 'a', 'b' FROM fire`,
      values: [id, now],
    });
    const act = { caller: { by: 'cli' as const }, now };
    const restore = (later = now) => store.transaction((tx) => restoreGoal(tx, id, { ...act, now: later }));
    await expect(restore()).rejects.toThrow(`no goal ${id} was removed within the week`);
    await store.transaction((tx) => removeGoal(tx, id, act));
    expect(await createGoalKind(goalHarness(store).deps).list()).toEqual([]);
    const later = new Date(now.getTime() + 60_000);
    expect(await restore(later)).toMatchObject({ id, name: 'g', since: later, enabled: true });
    expect(await names()).toEqual(['g']);
    expect(await goalHistory(store, { goalId: id, limit: 5 })).toHaveLength(1);

    await store.transaction((tx) => removeGoal(tx, id, act));
    await add({});
    await expect(restore()).rejects.toThrow('there is another goal g now: rename it first');
    const days = (count: number) => new Date(now.getTime() + count * 86_400_000);
    expect(await pruneRemoved(store, days(6))).toBe(0);
    expect(await pruneRemoved(store, days(8))).toBe(1);
    await expect(restore()).rejects.toThrow(`no goal ${id} was removed within the week`);
    expect(await names()).toEqual(['g']);
  });
});

describe('goals of config.json', () => {
  it('are added, changed and removed with it, by name or as a list', async () => {
    expect(
      await declare({ a: { when: 'every day at 9', prompt: 'x' }, b: { when: '0 9 * * *', prompt: 'y' } }),
    ).toMatchObject({
      added: ['a', 'b'],
    });
    expect(await declare([{ name: 'a', when: 'every day at 9', prompt: 'x' }])).toEqual({
      added: [],
      changed: [],
      removed: ['b'],
      problems: [],
    });
    expect(
      await declare({ a: { when: 'every day at 10', prompt: 'x', budget: 1, timeout: '5m' } }),
    ).toMatchObject({
      changed: ['a'],
    });
    const [view] = await goalViews(store, await listGoals(store, { limit: 9 }), now);
    expect(view).toMatchObject({
      cron: '0 10 * * *',
      budgetUsd: 1,
      timeout: '5m',
      declaredIn: 'config.json',
    });
  });

  it('are changed there and not by commands; they may be paused', async () => {
    await declare({ a: { when: 'every day at 9', prompt: 'x' } });
    const [goal] = await listGoals(store, { limit: 1 });
    const id = goal?.id ?? 0;
    await expect(
      store.transaction((tx) =>
        editGoal(tx, { id, change: { prompt: 'y' } }, { caller: { by: 'cli' }, maker: owner, now }),
      ),
    ).rejects.toThrow('the goal a is declared in config.json');
    await setPaused(store, { by: 'cli' }, { id, paused: true }, now);
    await declare({ a: { when: 'every day at 9', prompt: 'x' } });
    expect(await listGoals(store, { limit: 1 })).toMatchObject([{ enabled: false }]);
  });

  it('stay on the day that "tomorrow" was when it was first read, and on the beat of a span', async () => {
    const goals = {
      once: { when: 'tomorrow at 8', prompt: 'x' },
      often: { when: 'every 7 minutes', prompt: 'x' },
    };
    await declare(goals);
    const before = await listGoals(store, { limit: 9 });
    const done = await declare(goals, home, new Date('2027-01-01T00:00:00Z'));
    expect(done).toEqual({ added: [], changed: [], removed: [], problems: [] });
    expect(await listGoals(store, { limit: 9 })).toEqual(before);
  });

  it('leave alone what another home declares and what commands made, and say what they cannot have', async () => {
    await declare({ theirs: { when: 'every day at 9', prompt: 'x' } }, other);
    await add({ name: 'made' });
    const done = await declare({
      made: { when: 'every day at 9', prompt: 'x' },
      theirs: { when: 'every day at 9', prompt: 'x' },
    });
    expect(done).toMatchObject({ added: [], removed: [] });
    expect(done.problems).toEqual([
      'the goal made of config.json is not taken: there is one of that name',
      'the goal theirs of config.json is not taken: there is one of that name',
    ]);
    await declare({});
    expect(await names()).toEqual(['made', 'theirs']);
  });

  it.each([
    [{ a: { when: 'every day at 9' } }, 'needs a prompt'],
    [{ a: { when: 'banana', prompt: 'x' } }, 'did you mean "every weekday at 9"'],
    [{ a: { when: 'every day at 9', prompt: 'x', zone: 'Mars/Phobos' } }, 'no time zone'],
    [{ a: { when: 'every day at 9', reflex: 'x' } }, 'refused by the wire'],
    [{ a: { when: '0 0 30 2 *', prompt: 'x' } }, 'never due'],
  ])('are refused at the start with the place and the reason: %j', (goals, why) => {
    const [misfit] = goalMisfits({ goals: goalSettings.goals.parse(goals) });
    expect(misfit?.message).toContain('goals["a"] in config.json: ');
    expect(misfit?.message).toContain(why);
  });

  it('know no other keys', () => {
    const parsed = goalSettings.goals.safeParse({ a: { when: 'every day at 9', prompt: 'x', promt: 'y' } });
    expect(parsed.error?.issues[0]?.message).toContain('promt');
  });
});

describe('ten thousand goals', () => {
  it(
    'are listed for the scheduler and for people, without holding up the loop',
    { timeout: 120_000 },
    async () => {
      await store.query({
        text: `INSERT INTO goals (name, schedule, time_zone, prompt, created_at, updated_at)
             SELECT 'goal ' || lpad(n::text, 5, '0'), (n % 60) || ' ' || (n % 24) || ' * * *', 'Europe/Berlin', 'x', now(), now()
               FROM generate_series(1, 10000) n`,
      });
      const jobs = await createGoalKind(goalHarness(store).deps).list();
      expect(jobs).toHaveLength(10_000);
      let longestMs = 0;
      const beganAt = performance.now();
      let last = beganAt;
      const timer = setInterval(() => {
        longestMs = Math.max(longestMs, performance.now() - last);
        last = performance.now();
      }, 1);
      const views = await goalViews(store, await listGoals(store, { limit: 1000 }), now);
      clearInterval(timer);
      expect(views).toHaveLength(1000);
      expect(views[999]?.nextRuns).toHaveLength(3);
      // A part of the whole, however slow the machine is: in one go it would be nearly all of it.
      expect(longestMs).toBeLessThan((performance.now() - beganAt) / 2);
    },
  );
});
