import { expect, it } from 'vitest';
import { compileRules } from '../../../src/reflexes.ts';
import { createRuleHits } from '../../../src/events/router/rule-hits.ts';
import { routeMail } from '../../../src/events/router/routed-event.ts';
import type { RuleInput } from '../../../src/events/router/rule.ts';
import { createThrottles } from '../../../src/events/router/throttles.ts';
import { writeSpool } from '../../../src/lib/wire/spool.ts';
import { claimTask, untilNextDue } from '../../../src/tasks/rows/claim.ts';
import { recordingDesk } from '../../helpers/recording-desk.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('events', 'tasks', 'journals');
const now = Date.UTC(2026, 10, 28, 23);
const morning = Date.UTC(2026, 10, 29, 7);

/** A desk whose lines meet these rules at `now`, with throttles that count. */
function shapedDesk(...rules: RuleInput[]) {
  const desk = recordingDesk({ store, now });
  const book = compileRules(rules);
  const throttles = createThrottles();
  const hits = createRuleHits();
  const changes = { rules: () => book, throttles, hits };
  const route = (...lines: string[]) =>
    routeMail(desk.rig.journal, desk.rig.accept(lines, now), book, 0, throttles);
  return {
    ...desk,
    hits,
    route,
    record: (events: ReturnType<typeof route>) => desk.record(events, changes),
    changes,
  };
}
const rows = async (text: string): Promise<unknown[]> => (await store.query({ text })).rows;
const claim = (at: number) =>
  claimTask(store, {
    worker: '00000000-0000-4000-8000-000000000000',
    now: new Date(at),
    leaseMs: 1_000,
    humanOnly: false,
  });

it('keeps a held task as a row that is due when the quiet hours end', async () => {
  const quiet = { hours: '22:00-07:00', zone: 'UTC' };
  const { route, record, hits } = shapedDesk({ name: 'night', source: 'cron:*', route: 'task', quiet });
  await record(route('NORMAL|cron:a||job|later', 'URGENT|cron:a||job|now'));
  const reason = 'held until 07:00 (UTC): quiet hours of the rule night';
  expect(await rows('SELECT status, reason FROM events ORDER BY id')).toEqual([
    { status: 'task', reason },
    { status: 'task', reason: null },
  ]);
  expect(await rows('SELECT run_after, outcome, reason, held_by FROM tasks ORDER BY id')).toEqual([
    { run_after: new Date(morning), outcome: 'held', reason, held_by: 'night' },
    { run_after: new Date(now), outcome: null, reason: null, held_by: null },
  ]);
  expect((await claim(now))?.prompt).toBe('now');
  expect(await claim(now + 1_000)).toBeUndefined();
  // A clock that goes back makes it none of the day's either.
  expect(await claim(now - 3_600_000)).toBeUndefined();
  expect(await untilNextDue(store, new Date(now))).toBe(morning - now);
  expect((await claim(morning))?.prompt).toBe('later');
  expect(hits.take().get('night')).toMatchObject({ taken: 2, held: 1 });
});

it('gives a task the priority and the permissions that rules say', async () => {
  const { route, record } = shapedDesk(
    { name: 'calm', source: 'cron:*', setPriority: 'LOW' },
    { name: 'job', category: 'job', route: 'task', permissionCategory: 'backup' },
  );
  await record(route('HIGH|cron:a||job|x', 'HIGH|shell||task|y'));
  expect(await rows('SELECT priority, category, permission_category FROM tasks ORDER BY id')).toEqual([
    { priority: 4, category: 'job', permission_category: 'backup' },
    { priority: 2, category: 'task', permission_category: null },
  ]);
  expect(await rows('SELECT priority, rule FROM events ORDER BY id')).toEqual([
    { priority: 4, rule: 'job' },
    { priority: 2, rule: 'asked-for' },
  ]);
  expect(await claim(now)).toMatchObject({ prompt: 'y', permissionCategory: null });
  expect(await claim(now)).toMatchObject({ prompt: 'x', permissionCategory: 'backup' });
});

it('gives a task to the agent of its rule, unless the owner asks for another by name', async () => {
  const { route, record } = shapedDesk({ name: 'job', category: 'job', route: 'task', agent: 'codex' });
  const wanted = (agent: string) => JSON.stringify({ text: 'x', agent });
  await record(
    route(
      `HIGH|shell||job|x`,
      `HIGH|shell||job|${wanted('gemini')}`,
      `HIGH|shell||job|${wanted('nobody')}`,
      `HIGH|email||job|${wanted('gemini')}`,
    ),
  );
  expect(await rows('SELECT wants_agent FROM tasks ORDER BY id')).toEqual(
    ['codex', 'gemini', 'codex', 'codex'].map((wants_agent) => ({ wants_agent })),
  );
});

it('drops what is over a throttle with its reason, and counts it', async () => {
  const { route, record, hits } = shapedDesk({
    name: 'few',
    source: 'cron:*',
    throttle: { count: 1, per: '1h' },
  });
  expect(
    await record(route('LOW|cron:a||metric|1', 'LOW|cron:a||metric|2', 'LOW|cron:b||metric|3')),
  ).toMatchObject({
    done: 1,
    dropped: 2,
  });
  expect(await rows('SELECT payload, status, rule, reason FROM events ORDER BY id')).toEqual([
    { payload: '1', status: 'done', rule: 'otherwise', reason: null },
    ...['2', '3'].map((payload) => ({
      ...{ payload, status: 'dropped', rule: 'few' },
      reason: 'one too many: the rule few lets 1 through in 1h',
    })),
  ]);
  const counts = hits.take();
  expect(counts.get('few')).toMatchObject({ taken: 3, throttled: 2 });
  expect(counts.get('otherwise')).toMatchObject({ taken: 1 });
});

it('counts a spooled event once, however often its recording is tried', async () => {
  const desk = shapedDesk({
    name: 'boss',
    fields: { from: 'boss@*' },
    setPriority: 'URGENT',
    throttle: { count: 2, per: '1h' },
  });
  const payload = JSON.stringify({ text: 'x'.repeat(5_000), from: 'boss@a' });
  const spools = [1, 2, 3].map(() => writeSpool(desk.spoolDir, payload));
  const events = desk.route(...(await Promise.all(spools)).map((name) => `LOW|mail||mail|@spool:${name}`));
  expect(events.map(({ rule }) => rule)).toEqual(['otherwise', 'otherwise', 'otherwise']);
  desk.outage.when = ({ name }) => name?.startsWith('record-') === true;
  for (let attempt = 0; attempt < 5; attempt += 1)
    await expect(desk.record(events)).rejects.toThrow('the line is cut');
  expect(desk.hits.waiting().size).toBe(0);
  desk.outage.when = () => false;
  expect(await desk.record(events)).toMatchObject({ tasks: 2, dropped: 1 });
  expect(await rows('SELECT priority, rule, status FROM events ORDER BY id')).toEqual([
    { priority: 1, rule: 'urgent', status: 'task' },
    { priority: 1, rule: 'urgent', status: 'task' },
    { priority: 4, rule: 'boss', status: 'dropped' },
  ]);
  expect(desk.hits.take().get('boss')).toMatchObject({ taken: 3, throttled: 1 });
});
