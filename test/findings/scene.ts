import type { Store } from '../../src/lib/store/store.ts';

/** The evening of the look. */
export const now = new Date('2026-11-28T03:15:00Z');
export const worker = '6f1c1a52-0000-4000-8000-0123456789ab';

/** The tables that detectors read. */
export const sceneTables = [
  'events',
  'tasks',
  'task_costs',
  'activity_log',
  'goals',
  'job_fires',
  'memory_embeddings',
  'memory_lexemes',
  'embedding_models',
  'rule_versions',
  'rule_days',
  'config',
  'slow_statements',
  'self_samples',
  'optimization_findings',
  'finding_detectors',
  'wishlist',
] as const;

/** Tasks that are alike. */
export interface Tasks {
  category: string;
  count: number;
  state?: 'done' | 'failed' | 'dead' | 'queued';
  outcome?: string;
  /** How long ago the last of them ended, or was queued; one an hour before that. */
  hoursAgo?: number;
  ranS?: number;
  waitedS?: number;
  attempts?: number;
  usd?: number;
  tokens?: number;
  prompt?: string;
  reply?: string;
  memories?: readonly number[];
}

/** Puts tasks with their events, costs and retries into the store. Resolves to the first task's id. */
export async function putTasks(store: Store, tasks: Tasks): Promise<number> {
  const { category, count, state = 'done', hoursAgo = 1, ranS = 20, waitedS = 0, attempts = 1 } = tasks;
  const { prompt = 'what is new', reply = 'nothing', memories = [], usd = 0, tokens = 0 } = tasks;
  const outcome = tasks.outcome ?? (state === 'done' ? 'succeeded' : 'crashed');
  const { rows } = await store.query<{ id: number }>({
    text: `
    WITH times AS (
      SELECT n, $1::timestamptz - make_interval(hours => $2 + n - 1) AS ended FROM generate_series(1, $3::int) AS n),
    made AS (
      INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
      SELECT (SELECT coalesce(max(id), 0) FROM events) + n, 3, 'cli', $4, 'x', ended, ended, 'task', 'default-task', 'done' FROM times
      RETURNING id, received_at),
    tasks AS (
      INSERT INTO tasks (event_id, state, priority, source, category, prompt, reply, outcome, reason, attempts, memories, queued_at, run_after, started_at, finished_at)
      SELECT id, $5, 3, 'cli', $4, $6, $7, $8, CASE $5 WHEN 'done' THEN NULL ELSE 'the agent ended with ' || $8 END, $9::int, $10::jsonb,
             received_at - make_interval(secs => $11::int + $12::int), received_at - make_interval(secs => $11::int + $12::int),
             CASE $5 WHEN 'queued' THEN NULL ELSE received_at - make_interval(secs => $11::int) END,
             CASE $5 WHEN 'queued' THEN NULL ELSE received_at END
        FROM made RETURNING id, finished_at),
    costs AS (
      INSERT INTO task_costs (at, task_id, category, model, cost_usd, input_tokens)
      SELECT finished_at, id, $4, 'm', $13::numeric, $14::int FROM tasks WHERE $13::numeric > 0 OR $14::int > 0)
    SELECT min(id) AS id FROM tasks`,
    values: [
      now,
      hoursAgo,
      count,
      category,
      state,
      prompt,
      state === 'done' ? reply : null,
      outcome,
      attempts,
      JSON.stringify(memories.map((id) => ({ id: `memory:${id}`, kind: 'note', score: 1 }))),
      ranS,
      waitedS,
      usd,
      tokens,
    ],
  });
  return rows[0]?.id ?? 0;
}

/** Puts events of a source into the store, one a minute up to then. */
export async function putEvents(store: Store, source: string, count: number, hoursAgo = 1): Promise<void> {
  await store.query({
    text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
           SELECT (SELECT coalesce(max(id), 0) FROM events) + n, 3, $1, 'disk', 'x', at, at, 'drop', 'r', 'dropped'
             FROM generate_series(1, $2::int) AS n
            CROSS JOIN LATERAL (SELECT $3::timestamptz - make_interval(hours => $4, secs => n * 30) AS at) AS time`,
    values: [source, count, now, hoursAgo],
  });
}

/** Puts memories with these texts into the store. */
export async function putMemories(store: Store, texts: readonly string[]): Promise<void> {
  await store.query({
    text: `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at, prepared)
           SELECT 'note', text, 'cli', 'owner', $2, $2, true FROM unnest($1::text[]) AS text`,
    values: [texts, now],
  });
}

/** Puts samples into the store, one each ten seconds up to then, the oldest first. */
export async function putSamples(
  store: Store,
  figures: ReadonlyArray<Readonly<Record<string, number>>>,
  { minutesAgo = 60 }: { minutesAgo?: number } = {},
): Promise<void> {
  await store.query({
    text: `INSERT INTO self_samples (worker, step_s, at, figures)
           SELECT $1, 10, $2::timestamptz + make_interval(secs => 10 * n), figures
             FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS given (figures, n)`,
    values: [
      worker,
      new Date(now.getTime() - minutesAgo * 60_000 - figures.length * 10_000),
      JSON.stringify(figures),
    ],
  });
}

/** Puts a goal and its runs, the oldest first, into the store. */
export async function putGoal(store: Store, name: string, states: readonly string[]): Promise<void> {
  await store.query({
    text: `
    WITH goal AS (
      INSERT INTO goals (name, schedule, time_zone, prompt, created_at, updated_at) VALUES ($1, '0 7 * * *', 'UTC', 'x', $2, $2) RETURNING id)
    INSERT INTO job_fires (job_id, kind, nominal_at, state, reason, worker, claimed_at, due_at, started_at, ended_at)
    SELECT 'goal:' || goal.id, 'goal', at, state, 'the task ran out of time', $3, at, at, at, at + interval '1 minute'
      FROM goal, unnest($4::text[]) WITH ORDINALITY AS given (state, n)
     CROSS JOIN LATERAL (SELECT $2::timestamptz - make_interval(hours => 12 * ($5::int - n::int + 1)) AS at) AS time`,
    values: [name, now, worker, states, states.length],
  });
}

/** Puts a rule of the owner's into the store as it was made then, and what rules took since. */
export async function putRule(
  store: Store,
  name: string,
  { daysAgo, taken, others }: { daysAgo: number; taken: number; others: number },
): Promise<void> {
  await store.query({
    text: `INSERT INTO rule_versions (at, by, action, summary, rules, origin)
           VALUES ($1::timestamptz - make_interval(days => $2), 'cli', 'added', 's', jsonb_build_array(jsonb_build_object('name', $3::text)), 'table')`,
    values: [now, daysAgo, name],
  });
  await store.query({
    text: `INSERT INTO rule_days (rule, day, taken, throttled, held, lowered, last_at)
           SELECT rule, ($1::timestamptz - interval '1 day')::date, taken, 0, 0, 0, $1::timestamptz - interval '1 day'
             FROM (VALUES ($2::text, $3::int), ('default-task', $4::int)) AS given (rule, taken) WHERE taken > 0`,
    values: [now, name, taken, others],
  });
}

/** Puts a slow statement of yesterday into the store. */
export async function putStatement(
  store: Store,
  { text, calls, totalMs, maxMs }: { text: string; calls: number; totalMs: number; maxMs: number },
): Promise<void> {
  await store.query({
    text: `INSERT INTO slow_statements (worker, day, hash, text, calls, total_ms, max_ms, last_at)
           VALUES ($1, ($2::timestamptz - interval '1 day')::date, md5($3) || md5($3), $3, $4, $5, $6, $2::timestamptz - interval '1 day')`,
    values: [worker, now, text, calls, totalMs, maxMs],
  });
}

/** Puts failed attempts after which a task was queued again into the log, one a second up to then. */
export async function putRetries(store: Store, taskId: number, count: number, hoursAgo = 1): Promise<void> {
  await store.query({
    text: `INSERT INTO activity_log (at, actor, action, summary, task_id, detail)
           SELECT date_trunc('hour', $1::timestamptz - make_interval(hours => $2)) + make_interval(secs => n), 'tasks', 'task.requeued', 's', $3, '{"outcome": "overloaded"}'
             FROM generate_series(1, $4::int) AS n`,
    values: [now, hoursAgo, taskId, count],
  });
}

/** Five weeks in which all went as it should: nothing is to be found in them. */
export async function putHealthyWeeks(store: Store): Promise<void> {
  await putMemories(store, [
    'the nas stands in the basement',
    'pancakes need buttermilk',
    'the backup runs at two',
  ]);
  for (const weeksAgo of [0, 1, 2, 3, 4]) {
    const hoursAgo = 1 + weeksAgo * 168;
    await putTasks(store, {
      category: 'ask',
      count: 20,
      hoursAgo,
      usd: 0.05,
      tokens: 12_000,
      memories: [1],
      reply: 'in the basement',
    });
    await putTasks(store, {
      category: 'mail',
      count: 20,
      hoursAgo,
      usd: 0.2,
      tokens: 30_000,
      ranS: 90,
      waitedS: 30,
    });
    await putTasks(store, {
      category: 'mail',
      count: 1,
      hoursAgo,
      state: 'failed',
      outcome: 'timed-out',
      attempts: 2,
    });
    await putEvents(store, 'sensor:disk', 20, hoursAgo);
    await putEvents(store, 'dashboard', 150, hoursAgo);
  }
  await putRetries(store, 1, 2);
  await putGoal(store, 'backup', ['done', 'done', 'failed', 'failed', 'done', 'failed']);
  await putRule(store, 'builds', { daysAgo: 60, taken: 3, others: 500 });
  await putStatement(store, { text: 'SELECT 1', calls: 4, totalMs: 900, maxMs: 300 });
  await putSamples(
    store,
    Array.from({ length: 60 }, (_, index) => ({
      loopP99Ms: 12,
      loopMaxMs: index === 7 ? 600 : 40,
      restarts: index > 30 ? 1 : 0,
      uptimeMs: index * 10_000,
    })),
  );
}
