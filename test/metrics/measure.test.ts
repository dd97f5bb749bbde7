import { describe, expect, it } from 'vitest';
import { metricNamed, metricNames, reaches } from '../../src/metrics/catalogue.ts';
import { compareAll, measure, measureAll } from '../../src/metrics/measure.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase(
  'events',
  'tasks',
  'task_costs',
  'activity_log',
  'goals',
  'job_fires',
  'deliveries',
  'memory_embeddings',
  'memory_lexemes',
  'self_samples',
);

const period = { from: new Date('2026-11-24T00:00:00Z'), to: new Date('2026-11-28T00:00:00Z') };
const before = { from: new Date('2026-11-20T00:00:00Z'), to: period.from };

const worker = '6f1c1a52-0000-4000-8000-0123456789ab';

/** Two mails of which one failed after a retry, two questions, a goal, deliveries, and samples of every span. */
async function scene(): Promise<void> {
  await store.query({
    text: `
    INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
      SELECT id, 3, source, 'x', 'x', now(), at, 'task', 'r', status
        FROM (VALUES (1, 'email', '2026-11-24T10:00:00Z'::timestamptz, 'done'), (2, 'email', '2026-11-27T10:00:00Z', 'dead'),
                     (3, 'cli', '2026-11-25T10:00:00Z', 'done'), (4, 'cli', '2026-11-21T10:00:00Z', 'done')) AS rows (id, source, at, status);
    INSERT INTO memory_embeddings (kind, content, source, trust, prepared, created_at, last_seen_at)
      VALUES ('note', 'the nas stands in the basement', 'cli', 'owner', true, now(), now()),
             ('note', 'pancakes need buttermilk', 'cli', 'owner', true, now(), now());
    INSERT INTO tasks (event_id, state, priority, source, category, prompt, reply, outcome, attempts, memories, queued_at, run_after, started_at, finished_at)
      VALUES (1, 'done', 3, 'email', 'mail', 'ab', 'ok', 'succeeded', 1, '[]',
              '2026-11-24T10:00:00Z', '2026-11-24T10:00:00Z', '2026-11-24T10:00:02Z', '2026-11-24T10:00:12Z'),
             (2, 'dead', 3, 'email', 'mail', 'abcd', NULL, 'timed-out', 3, '[]',
              '2026-11-27T10:00:00Z', '2026-11-27T10:30:00Z', '2026-11-27T10:30:04Z', '2026-11-27T10:31:04Z'),
             (3, 'done', 3, 'cli', 'ask', 'where is it', 'It is in the basement.', 'succeeded', 1,
              '[{"id": "memory:1", "kind": "note"}, {"id": "memory:2", "kind": "note"}, {"id": "entity:9"}, {"id": "memory:777"}]',
              '2026-11-25T10:00:00Z', '2026-11-25T10:00:00Z', '2026-11-25T10:00:00Z', '2026-11-25T10:00:01Z'),
             (4, 'failed', 3, 'cli', 'ask', 'x', NULL, 'crashed', 1, '[]',
              '2026-11-21T10:00:00Z', '2026-11-21T10:00:00Z', '2026-11-21T10:00:00Z', '2026-11-21T10:00:01Z');
    INSERT INTO activity_log (at, actor, action, summary, task_id, detail)
      VALUES ('2026-11-27T10:10:00Z', 'tasks', 'task.requeued', 's', 2, '{"outcome": "timed-out"}'),
             ('2026-11-27T10:20:00Z', 'tasks', 'task.requeued', 's', 2, '{"outcome": "timed-out"}'),
             ('2026-11-27T10:20:00Z', 'tasks', 'task.requeued', 's', 2, '{"outcome": "shutdown"}');
    INSERT INTO task_costs (at, task_id, category, model, cost_usd, input_tokens, output_tokens, cache_read_tokens)
      VALUES ('2026-11-24T10:00:12Z', 1, 'mail', 'm', 0.2, 100, 10, 300), ('2026-11-27T10:31:04Z', 2, 'mail', 'm', 0.6, 100, 10, 0),
             ('2026-11-27T10:31:04Z', 2, 'mail', 'm2', 0.2, 300, 10, 0), ('2026-11-21T10:00:01Z', 4, 'ask', 'm', 9, 1, 1, 0);
    INSERT INTO goals (name, schedule, time_zone, prompt, created_at, updated_at)
      VALUES ('backup', '0 7 * * *', 'UTC', 'x', now(), now());
    INSERT INTO job_fires (job_id, kind, nominal_at, state, reason, instants, worker, claimed_at, due_at, started_at, ended_at)
      SELECT 'goal:1', 'goal', at, state, 'r', 1, '${worker}', at, at, at, at + interval '10 s'
        FROM (VALUES ('2026-11-24T07:00:00Z'::timestamptz, 'done'), ('2026-11-25T07:00:00Z', 'failed'), ('2026-11-26T07:00:00Z', 'skipped')) AS rows (at, state);
    INSERT INTO deliveries (channel, address, kind, subject, body, state, reason, created_at, queued_at, due_at, ended_at)
      SELECT 'discord', 'a', 'news', subject, '{}', state, 'r', '2026-11-25T00:00:00Z', now(), now(), '2026-11-25T00:00:04Z'
        FROM (VALUES ('a', 'delivered'), ('b', 'delivered'), ('c', 'delivered'), ('d', 'failed')) AS rows (subject, state);
    INSERT INTO self_samples (worker, step_s, at, figures)
      VALUES ('${worker}', 3600, '2026-11-24T10:00:00Z', '{"loopP99Ms": [10, 5, 20, 300], "loopMaxMs": [50, 10, 400, 300], "restarts": [0, 0, 1, 300]}'),
             ('${worker}', 60, '2026-11-24T10:05:00Z', '{"loopP99Ms": [999, 999, 999, 6]}'),
             ('${worker}', 60, '2026-11-24T11:05:00Z', '{"loopP99Ms": [40, 40, 40, 100], "loopMaxMs": [60, 10, 700, 100], "restarts": [3, 3, 3, 100]}'),
             ('${worker}', 10, '2026-11-24T11:05:10Z', '{"loopP99Ms": 999, "restarts": 3}'),
             ('${worker}', 10, '2026-11-24T12:00:10Z', '{"slowStatements": 8, "restarts": 2}');`,
  });
}

const valueOf = async (name: string, over = period) => (await measure(store, name, over))?.value;

describe('metrics', () => {
  it('measure tasks by category and as a whole', async () => {
    await scene();
    expect(await valueOf('task.perDay')).toBe(0.75);
    expect(await valueOf('task.failureRate')).toBeCloseTo(1 / 3);
    expect(await measure(store, 'task.failureRate:mail', period)).toMatchObject({
      ...{ metric: 'task.failureRate:mail', unit: 'share', better: 'lower', value: 0.5, samples: 2 },
    });
    expect(await valueOf('task.failureRate:ask')).toBe(0);
    expect(await valueOf('task.failureRate:ask', before)).toBe(1);
    expect(await valueOf('task.durationP50Ms:mail')).toBe(35_000);
    expect(await valueOf('task.durationP95Ms:ask')).toBe(1_000);
    expect(await valueOf('task.waitP50Ms:mail')).toBe(3_000);
    expect(await valueOf('task.attempts:mail')).toBe(2);
    expect(await valueOf('task.promptChars:mail')).toBe(3);
    expect(await valueOf('task.memories:ask')).toBe(4);
    expect(await valueOf('task.retriesPerDay:mail')).toBe(0.5);
  });

  it('measure spending, and the tokens of a task over all its models', async () => {
    await scene();
    expect(await valueOf('spend.usdPerDay')).toBeCloseTo(0.25);
    expect(await valueOf('spend.usdPerTask:mail')).toBeCloseTo(0.5);
    expect(await valueOf('spend.promptTokens:mail')).toBe(400);
    expect(await valueOf('spend.cachedShare')).toBe(0.375);
  });

  it('count a memory as used where the reply says what the question did not', async () => {
    await scene();
    expect(await measure(store, 'recall.usedShare:ask', period)).toMatchObject({ value: 0.5, samples: 2 });
  });

  it('measure events, goals and deliveries', async () => {
    await scene();
    expect(await valueOf('event.perDay')).toBe(0.75);
    expect(await valueOf('event.perDay:email')).toBe(0.5);
    expect(await valueOf('event.deadPerDay:email')).toBe(0.25);
    expect(await valueOf('goal.failureRate:backup')).toBe(0.5);
    expect(await valueOf('goal.missedPerDay')).toBe(0.25);
    expect(await valueOf('goal.durationP50Ms:backup')).toBe(10_000);
    expect(await valueOf('delivery.failureRate:discord')).toBe(0.25);
    expect(await valueOf('delivery.waitP95Ms')).toBe(4_000);
  });

  it('measure samples once, by the coarsest span there is, and restarts across the lives of a daemon', async () => {
    await scene();
    expect(await valueOf('loop.p99Ms')).toBe(17.5);
    expect(await valueOf('loop.maxMs')).toBe(700);
    expect(await valueOf('statement.slowPerDay')).toBe(2);
    // 1 → 3 are two; 2 is of another life, which had two.
    expect(await valueOf('restart.perDay')).toBe(1);
    expect(await valueOf('loop.p99Ms', before)).toBeNull();
  });

  it('say none of what was counted and did not happen, and nothing of what was not measured', async () => {
    expect(await valueOf('task.failureRate:mail')).toBeNull();
    expect(await valueOf('task.retriesPerDay:mail')).toBe(0);
    expect(await valueOf('spend.usdPerDay')).toBe(0);
    expect(await valueOf('restart.perDay')).toBeNull();
    expect(await valueOf('event.perDay', { from: period.to, to: period.to })).toBe(0);
  });

  it('are known by name, with a subject where they have one', async () => {
    expect(metricNamed('task.failureRate:cron:disk')).toMatchObject({
      base: 'task.failureRate',
      subject: 'cron:disk',
    });
    for (const wrong of ['task', 'task.failureRate:', 'loop.p99Ms:x', 'constructor', ''])
      expect(metricNamed(wrong)).toBeUndefined();
    expect(await measure(store, 'nothing.atAll', period)).toBeUndefined();
    expect(reaches({ better: 'lower' }, 0.1, 0.2)).toBe(true);
    expect(reaches({ better: 'higher' }, 0.1, 0.2)).toBe(false);
  });

  it('are all measured at once, each beside the period before', async () => {
    await scene();
    const all = await measureAll(store, period);
    const told = new Set(all.map(({ metric }) => metric.split(':')[0]));
    expect([...told].sort()).toEqual(
      metricNames()
        .filter(
          (name) =>
            ![
              'process.rssBytes',
              'queue.oldestMs',
              'mailbox.oldestMs',
              'statement.maxMs',
              'recall.perDay',
              'recall.meanMs',
            ].includes(name),
        )
        .sort(),
    );
    const compared = await compareAll(store, period, before);
    expect(compared.find(({ metric }) => metric === 'task.failureRate:ask')).toMatchObject({
      value: 0,
      before: 1,
      samplesBefore: 1,
    });
    expect(compared.find(({ metric }) => metric === 'task.failureRate:mail')).toMatchObject({
      value: 0.5,
      before: null,
    });
    expect(compared.find(({ metric }) => metric === 'event.perDay:email')).toMatchObject({
      value: 0.5,
      before: 0,
    });
  });
});
