import type { TestDaemon } from './daemon.ts';

type Daemon = Pick<TestDaemon, 'rows'>;

/** Texts that must stay text, wherever a page shows them; what runs sets `window.ran`. */
export const hostile = [
  `<img src=x onerror="window.ran='img'">`,
  `</script><script>window.ran='script'</script>`,
  `<svg/onload=window.ran='svg'>`,
  `[a link](javascript:window.ran='link')`,
  `<a href="javascript:window.ran='anchor'">click</a>`,
  `![picture](https://elsewhere.invalid/tracker.png)`,
  `\u202Egnorw si eman siht\u202C`,
  'w'.repeat(400),
].join(' ');

/** A value as an SQL literal. */
export function sql(value: string | number | boolean | null | object): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `'${text.replaceAll("'", "''")}'`;
}

/** What an ordinary week leaves behind: a few of everything. */
export async function littleScene(daemon: Daemon): Promise<void> {
  await putWishes(daemon, wishes);
  await putFindings(daemon, findings);
  await daemon.rows(goals);
  await daemon.rows(machines);
  await putMemories(daemon, memories);
  await daemon.rows(people);
  await daemon.rows(pastTasks(12));
  await daemon.rows(activity(8));
}

/** Much of everything, and all of it hostile: hundreds of rows, 2,000 entities, ten conversations. */
export async function floodScene(daemon: Daemon): Promise<void> {
  await putWishes(
    daemon,
    Array.from({ length: 40 }, (_, index) => ({
      title: `${index} ${hostile.slice(0, 160)}`,
      description: hostile,
      origin: 'agent',
      state: index % 4 === 0 ? 'drafted' : 'proposed',
      patch: hostilePatch,
      summary: `# Summary\n\n${hostile}`,
      testReport: hostile,
    })),
  );
  await putFindings(
    daemon,
    Array.from({ length: 60 }, (_, index) => ({
      kind: 'slow_query',
      severity: index % 9 === 0 ? 'critical' : 'warning',
      summary: `${index} ${hostile}`,
      evidence: { query: hostile, p95Ms: 900 + index },
    })),
  );
  await daemon.rows(
    `INSERT INTO goals (name, schedule, time_zone, prompt, enabled, failures_in_a_row, created_at, updated_at)
     SELECT 'goal ' || n || ' ' || ${sql(hostile.slice(0, 90))}, '0 7 * * *', 'Europe/Berlin', ${sql(hostile)}, n % 3 > 0, n % 4,
            now(), now() FROM generate_series(1, 25) n`,
  );
  await daemon.rows(
    `INSERT INTO job_fires (job_id, kind, nominal_at, state, reason, worker, claimed_at, due_at, started_at, ended_at)
     SELECT 'job ' || n % 30 || ' ' || ${sql(hostile.slice(0, 200))}, 'goal', now() - n * interval '3 minutes',
            (ARRAY['done','failed','missed','skipped','cancelled'])[n % 5 + 1], ${sql(hostile)}, gen_random_uuid(), now(), now(),
            CASE WHEN n % 5 < 2 THEN now() - n * interval '3 minutes' END, now() FROM generate_series(1, 600) n`,
  );
  await daemon.rows(
    `INSERT INTO machines (name, kind, address, state, state_since, last_seen_at, created_at, poll_every_ms, next_poll_at, memory)
     SELECT 'host-' || n, 'ssh', ${sql(hostile)}, state, now() - n * interval '1 hour', now(), now(), 86400000, now() + interval '1 day',
            jsonb_build_object('told', state)
       FROM (SELECT n, (ARRAY['up','up','up','degraded','down'])[n % 5 + 1] AS state FROM generate_series(1, 60) n) hosts;
     INSERT INTO fleet_alerts (machine_id, kind, since, text)
     SELECT id, state, now(), name FROM machines WHERE name LIKE 'host-%' AND state <> 'up';
     ${reports(`SELECT id FROM machines WHERE name LIKE 'host-%'`, 30)}`,
  );
  await daemon.rows(
    `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at, title, tags)
     SELECT (ARRAY['note','fact','event','document'])[n % 4 + 1], n || ' the backup of the nas ' || ${sql(hostile)}, 'cli',
            (ARRAY['owner','local','untrusted'])[n % 3 + 1], now() - n * interval '1 hour', now(),
            CASE WHEN n % 7 = 0 THEN ${sql(hostile.slice(0, 120))} END, ARRAY[${sql(hostile.slice(0, 50))}]
       FROM generate_series(1, 300) n`,
  );
  await daemon.rows(
    `INSERT INTO entities (kind, canonical, name, trust, mentions, first_seen_at, last_seen_at, evidence)
     SELECT (ARRAY['person','organisation','place','host','service','repository','url','other'])[n % 8 + 1], 'thing ' || n,
            CASE WHEN n % 50 = 0 THEN ${sql(hostile.slice(0, 120))} || n ELSE 'thing ' || n END, 'local', 2000 / n, now() - interval '9 days', now(),
            jsonb_build_array(jsonb_build_object('memoryId', 1, 'taskId', NULL, 'eventId', NULL, 'snippet', ${sql(hostile.slice(0, 180))}, 'trust', 'untrusted', 'at', '2026-11-20T10:00:00.000Z'))
       FROM generate_series(1, 2000) n;
     INSERT INTO entity_relations (subject_id, predicate, object_id, trust, mentions, weight, first_seen_at, last_seen_at)
     SELECT a.id, 'works_with', b.id, 'local', 1, 1, now(), now()
       FROM entities a JOIN entities b ON b.canonical = 'thing ' || (substr(a.canonical, 7)::int / 2 + 1)
      WHERE a.canonical LIKE 'thing %' AND a.id <> b.id;
     INSERT INTO entity_names (entity_id, kind, key, name) SELECT id, kind, canonical, name FROM entities`,
  );
  await daemon.rows(pastTasks(400, hostile));
  await daemon.rows(conversations(10, hostile));
  await daemon.rows(activity(300, hostile));
}

/** A wish to be put into the table. */
interface WishSeed {
  title: string;
  description: string;
  origin: string;
  state: string;
  patch?: string;
  summary?: string;
  testReport?: string;
}

export async function putWishes(daemon: Daemon, seeds: readonly WishSeed[]): Promise<void> {
  await daemon.rows(
    seeds
      .map(({ title, description, origin, state, patch, summary, testReport }) => {
        const isDrafted = state === 'drafted';
        const wish = `INSERT INTO wishlist (title, description, fingerprint, origin, state, version, created_at, decided_at, drafted_at)
          VALUES (${sql(title)}, ${sql(description)}, ${sql(title.toLowerCase())}, ${sql(origin)}, ${sql(state)}, ${isDrafted ? 1 : 0},
                  now() - interval '2 days', ${state === 'proposed' ? 'NULL' : `now() - interval '1 day'`},
                  ${isDrafted ? `now() - interval '5 hours'` : 'NULL'})`;
        if (!isDrafted) return wish;
        const run = {
          ran: true,
          passed: true,
          command: 'npm test',
          exitCode: 0,
          output: testReport ?? '',
          durationMs: 1210,
        };
        return `WITH wish AS (${wish} RETURNING id)
          INSERT INTO wish_drafts (wish_id, version, state, started_by, base, patch, summary, files, additions, deletions, tests, flags, cost_usd,
                                   started_at, ended_at)
          SELECT id, 1, 'drafted', 'night', '4585e9b0c1d2e3f405162738495a6b7c8d9e0f11', ${sql(patch ?? '')}, ${sql(summary ?? '')},
                 ${sql(filesOf(patch ?? ''))}, 12, 1, ${sql({ draft: run })}, '["touches tests"]', 0.42,
                 now() - interval '6 hours', now() - interval '5 hours' FROM wish`;
      })
      .join(';\n'),
  );
}

/** The files that a patch touches. */
function filesOf(patch: string): object[] {
  return [...patch.matchAll(/^\+\+\+ b\/(.+)$/gm)].map(([, path]) => ({
    ...{ path, additions: 6, deletions: 1 },
    flags: path?.startsWith('test/') === true ? ['test'] : [],
  }));
}

/** A finding to be put into the table. */
interface FindingSeed {
  kind: string;
  severity: string;
  summary: string;
  evidence: object;
  figures?: object;
  remedy?: string;
}

export async function putFindings(daemon: Daemon, seeds: readonly FindingSeed[]): Promise<void> {
  await daemon.rows(
    seeds
      .map(
        ({ kind, severity, summary, evidence, figures = [], remedy = '' }) =>
          `INSERT INTO optimization_findings (kind, fingerprint, severity, summary, evidence, figures, remedy, seen_count, first_seen_at, last_seen_at)
           VALUES (${sql(kind)}, ${sql(summary)}, ${sql(severity)}, ${sql(summary)}, ${sql(evidence)}, ${sql(figures)}, ${sql(remedy)}, 3, now() - interval '3 days', now() - interval '2 hours')`,
      )
      .join(';\n'),
  );
}

/** Notes as the owner would tell them: kind, trust, text. */
export async function putMemories(
  daemon: Daemon,
  seeds: ReadonlyArray<readonly [kind: string, trust: string, content: string]>,
): Promise<void> {
  await daemon.rows(
    seeds
      .map(
        ([kind, trust, content], index) =>
          `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at)
           VALUES (${sql(kind)}, ${sql(content)}, ${sql(trust === 'untrusted' ? 'email' : 'cli')}, ${sql(trust)}, now() - ${index + 1} * interval '7 hours', now())`,
      )
      .join(';\n'),
  );
}

const patch = `diff --git a/src/lib/sensors/disk.ts b/src/lib/sensors/disk.ts
index 4585e9b..122b19b 100644
--- a/src/lib/sensors/disk.ts
+++ b/src/lib/sensors/disk.ts
@@ -12,9 +12,14 @@ export function measureDisk(path: string): DiskReport {
   const { blocks, bfree, bsize } = statfsSync(path);
   const used = (blocks - bfree) / blocks;
-  return { path, used };
+  // Steady states are no news: below a change of one percent nothing is written.
+  const last = lastReport.get(path);
+  if (last !== undefined && Math.abs(last - used) < 0.01) return { path, used, isNews: false };
+  lastReport.set(path, used);
+  return { path, used, isNews: true };
 }
diff --git a/test/lib/sensors/disk.test.ts b/test/lib/sensors/disk.test.ts
new file mode 100644
index 0000000..54d8c2e
--- /dev/null
+++ b/test/lib/sensors/disk.test.ts
@@ -0,0 +1,7 @@
+import { expect, it } from 'vitest';
+import { measureDisk } from '../../../src/lib/sensors/disk.ts';
+
+it('says nothing when nothing changed', () => {
+  measureDisk('/');
+  expect(measureDisk('/')).toMatchObject({ isNews: false });
+});
`;

const hostilePatch = `diff --git a/<img src=x onerror=window.ran='file'>.ts b/<img src=x onerror=window.ran='file'>.ts
--- a/<img src=x onerror=window.ran='file'>.ts
+++ b/<img src=x onerror=window.ran='file'>.ts
@@ -1,2 +1,3 @@ </script><script>window.ran='hunk'</script>
 const a = 1;
-const b = '${'w'.repeat(300)}';
+const b = "</td></tr></table><img src=x onerror=window.ran='line'>";
+const c = '\u202Eevil\u202C';
`;

const wishes: readonly WishSeed[] = [
  {
    title: 'Say nothing while a disk does not change',
    description:
      'The disk sensor writes a line every five minutes, also when nothing changed: 288 events a day that no rule needs. It should only speak when the figure has moved by a percent.',
    origin: 'retrospective',
    state: 'drafted',
    patch,
    summary:
      'The sensor remembers its last figure and stays silent below a change of **one percent**.\n\n- `measureDisk` says whether its report is news\n- a test holds that',
    testReport: ' Test Files  1 passed (1)\n      Tests  3 passed (3)\n   Duration  1.21s',
  },
  {
    title: 'Answer “is the nas well?” without the agent',
    description: 'Asked 14 times in a week; a reflex could read the last fleet report at no cost.',
    origin: 'agent',
    state: 'proposed',
  },
  {
    title: 'Keep the morning report below 200 words',
    description: 'It has grown to 900 words, of which you read the first lines.',
    origin: 'owner',
    state: 'approved',
  },
];

const findings: readonly FindingSeed[] = [
  {
    kind: 'failing_category',
    severity: 'critical',
    summary: 'Tasks of category “mail” fail three times as often as the others',
    evidence: [
      { kind: 'category', ref: 'mail', note: '9 of 21 tasks failed' },
      { kind: 'task', ref: '4', note: 'the agent exited with 7: cannot go on, out of coffee' },
    ],
    figures: [
      { name: 'failed', value: 0.43, usual: 0.14, unit: 'share' },
      { name: 'tasks', value: 21, unit: 'count' },
    ],
    remedy: 'A rule of yours can hand mails to another agent, or to none: most of these were newsletters.',
  },
  {
    kind: 'cost_outlier',
    severity: 'warning',
    summary: 'Task 8 cost eleven times the median of its category',
    evidence: [{ kind: 'task', ref: '8', note: 'cost $1.31' }],
    figures: [{ name: 'cost', value: 1.31, usual: 0.12, unit: 'usd' }],
    remedy: 'What a day may cost is the setting `spend.dailyUsd`.',
  },
];

const memories = [
  ['fact', 'owner', 'The nas holds the photos; its backup runs every night at 02:30 to the shed.'],
  ['preference', 'owner', 'Reports in the morning, short, the worst first.'],
  ['note', 'owner', 'Anna Lindqvist looks after web-1 while I am away; her number is in the red book.'],
  ['event', 'local', 'fleet:web-1 was down from 03:12 to 03:19: the certificate had expired.'],
  [
    'document',
    'untrusted',
    'Newsletter of Acme Hosting: we move the Frankfurt region to new racks on 3 December.',
  ],
  [
    'task_result',
    'local',
    'The slow page was the gallery: 41 queries for one album. An index on album_id made it 2.',
  ],
] as const;

const goals = `
  INSERT INTO goals (name, schedule, time_zone, prompt, reflex, enabled, failures_in_a_row, paused_reason, last_success_at, created_at, updated_at)
  VALUES ('morning report', '0 7 * * *', 'Europe/Berlin', 'What happened in the night that I should know? The worst first, at most ten lines.', NULL, true, 0, NULL, now() - interval '15 hours', now(), now()),
         ('weekly cost', '0 18 * * 0', 'Europe/Berlin', NULL, 'NORMAL|cron:weekly||note|/cost', true, 0, NULL, now() - interval '2 days', now(), now()),
         ('certificates', '0 6 * * 1', 'Europe/Berlin', 'Which certificates of my hosts end within three weeks?', NULL, false, 10, 'ten failures in a row', now() - interval '1 day', now(), now())`;

const machines = `
  INSERT INTO machines (name, kind, address, state, state_since, last_seen_at, created_at, poll_every_ms, next_poll_at, memory, reason)
  SELECT name, kind, address, state, now() - since, now() - seen, now(), 86400000, now() + interval '1 day',
         jsonb_build_object('told', state, 'toldTroubles', CASE state WHEN 'degraded' THEN '["disk:/data"]'::jsonb ELSE '[]' END, 'failures', CASE state WHEN 'down' THEN 3 ELSE 0 END, 'why', CASE state WHEN 'down' THEN 'it does not answer' END,
                            'successes', CASE state WHEN 'down' THEN 0 ELSE 9 END, 'troubles', CASE state WHEN 'degraded'
                            THEN jsonb_build_object('disk:/data', jsonb_build_object('text', 'disk /data is 91 % full', 'held', true, 'polls', 0)) ELSE '{}' END),
         CASE state WHEN 'degraded' THEN 'disk /data is 91 % full' WHEN 'down' THEN 'it does not answer' END
    FROM (VALUES ('desk', 'local', NULL, 'up', interval '9 days', interval '0'),
                 ('nas', 'ssh', 'ninja@nas.lan', 'degraded', interval '3 hours', interval '0'),
                 ('web-1', 'http', 'https://web-1.example/health', 'up', interval '2 days', interval '0'),
                 ('shed', 'ssh', 'ninja@shed.lan', 'down', interval '40 minutes', interval '41 minutes')) v (name, kind, address, state, since, seen);
  INSERT INTO fleet_alerts (machine_id, kind, since, text)
  SELECT id, state, now(), name FROM machines WHERE state <> 'up';
  ${reports('SELECT id FROM machines', 60)}`;

function reports(of: string, number: number): string {
  return `INSERT INTO fleet_reports (machine_id, at, state, reason, took_ms, load1, cpu_count, memory_used_bytes, memory_total_bytes, disks, uptime_s, services)
    SELECT m.id, now() - n * interval '1 minute', m.state, CASE WHEN m.state = 'up' THEN NULL ELSE 'disk /data is 91 % full' END, 12 + n,
           1.2 + sin(n / 5.0 + m.id), 4, (5 + 2 * cos(n / 9.0 + m.id)) * 1e9, 16e9,
           jsonb_build_array(jsonb_build_object('path', '/data', 'usedBytes', (CASE m.state WHEN 'degraded' THEN 91 ELSE 40 + 9 * (m.id % 4) END - n / 20.0) * 1e9, 'totalBytes', 100e9)),
           86400 * (m.id + 3), '{"nginx":"up","postgres":"up"}'
      FROM machines m, generate_series(0, ${number - 1}) n WHERE m.id IN (${of}) AND NOT (m.state = 'down' AND n < 40)`;
}

const people = `
  INSERT INTO entities (kind, canonical, name, trust, mentions, first_seen_at, last_seen_at, evidence)
  SELECT kind, lower(name), name, 'owner', mentions, now() - interval '20 days', now() - interval '3 hours',
         jsonb_build_array(jsonb_build_object('memoryId', 1, 'taskId', NULL, 'eventId', NULL, 'snippet', snippet, 'trust', 'owner', 'at', '2026-11-20T10:00:00.000Z'))
    FROM (VALUES ('person', 'Anna Lindqvist', 9, 'Anna Lindqvist looks after web-1 while I am away'),
                 ('host', 'nas', 22, 'The nas holds the photos'), ('host', 'web-1', 14, 'fleet:web-1 was down'),
                 ('host', 'shed', 5, 'its backup runs to the shed'), ('organisation', 'Acme Hosting', 4, 'Newsletter of Acme Hosting'),
                 ('place', 'Frankfurt', 3, 'we move the Frankfurt region'), ('service', 'nginx', 6, 'nginx: up'),
                 ('repository', 'gallery', 7, 'The slow page was the gallery'), ('url', 'web-1.example', 3, 'https://web-1.example/health')) v (kind, name, mentions, snippet);
  INSERT INTO entity_relations (subject_id, predicate, object_id, trust, mentions, weight, evidence, first_seen_at, last_seen_at)
  SELECT s.id, v.predicate, o.id, 'owner', 2, 2, jsonb_build_array(jsonb_build_object('memoryId', 1, 'taskId', NULL, 'eventId', NULL, 'snippet', s.name || ' ' || v.predicate || ' ' || o.name, 'trust', 'owner', 'at', '2026-11-20T10:00:00.000Z')), now(), now()
    FROM (VALUES ('Anna Lindqvist', 'looks_after', 'web-1'), ('nas', 'backs_up_to', 'shed'), ('Acme Hosting', 'hosts', 'web-1'),
                 ('Acme Hosting', 'is_in', 'Frankfurt'), ('web-1', 'runs', 'nginx'), ('web-1', 'runs', 'gallery'), ('web-1', 'answers_at', 'web-1.example')) v (subject, predicate, object)
    JOIN entities s ON s.name = v.subject JOIN entities o ON o.name = v.object;
  INSERT INTO entity_names (entity_id, kind, key, name) SELECT id, kind, canonical, name FROM entities;
  INSERT INTO entity_mentions (name_id, origin, origin_id, trust, snippet, at)
  SELECT n.id, 'memory', 1, 'owner', e.evidence->0->>'snippet', now() FROM entity_names n JOIN entities e ON e.id = n.entity_id;
  INSERT INTO entity_links (subject_id, predicate, object_id, origin, origin_id, trust, snippet, at)
  SELECT s.id, r.predicate, o.id, 'memory', 1, 'owner', r.evidence->0->>'snippet', now()
    FROM entity_relations r JOIN entity_names s ON s.entity_id = r.subject_id JOIN entity_names o ON o.entity_id = r.object_id`;

const prompts = [
  'What did the nas say in the night?',
  'Why is the gallery slow?',
  'Check the backups of this week',
  'Which certificates end soon?',
];

/** Tasks that ended, with their events: done, failed, dead and cancelled ones. */
function pastTasks(number: number, text?: string): string {
  const texts = `(ARRAY[${(text === undefined ? prompts : [text]).map((each) => sql(each)).join(', ')}])[n % ${text === undefined ? prompts.length : 1} + 1]`;
  return `
    INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status, reason, reply)
    SELECT ${text === undefined ? 1_000 : 10_000} + n, n % 6, (ARRAY['cli','cron:disk','fleet:nas','email'])[n % 4 + 1], (ARRAY['task','metric','report','mail'])[n % 4 + 1], ${texts},
           now() - n * interval '23 minutes', now() - n * interval '23 minutes', 'task', 'tasks', (ARRAY['done','done','done','failed','dead'])[n % 5 + 1], NULL, NULL
      FROM generate_series(1, ${number}) n;
    INSERT INTO tasks (event_id, priority, source, category, prompt, state, outcome, reason, reply, attempts, run_after, cost_usd, queued_at, started_at, finished_at)
    SELECT id, priority, source, category, payload, (ARRAY['done','done','done','failed','dead'])[id % 5 + 1], (ARRAY['succeeded','succeeded','succeeded','failed','failed'])[id % 5 + 1],
           CASE WHEN id % 5 > 2 THEN ${sql(text ?? 'the agent exited with 7: cannot go on, out of coffee')} END, ${sql(text ?? 'All is well: the last run took four minutes.')},
           id % 3 + 1, received_at, 0.01 * (id % 17), received_at, received_at, received_at + (id % 200) * interval '1 second'
      FROM events WHERE id > ${text === undefined ? 1_000 : 10_000} AND id <= ${(text === undefined ? 1_000 : 10_000) + number};
    INSERT INTO task_costs (at, task_id, category, model, cost_usd, input_tokens, output_tokens)
    SELECT finished_at, id, category, 'claude-sonnet', cost_usd, 1200, 340 FROM tasks WHERE cost_usd > 0 AND finished_at > now() - interval '1 day'`;
}

/** Conversations of the owner with replies that stand in no task. */
function conversations(number: number, text: string): string {
  return `
    INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status, reply, conversation)
    SELECT 30000 + n, 0, 'dashboard', 'chat', jsonb_build_object('text', n || ' ' || ${sql(text)})::text, now() - n * interval '2 minutes', now() - n * interval '2 minutes',
           'reflex:status', 'commands', 'done', ${sql(text)} || E'\\n\\n\`\`\`js\\n' || ${sql(text)} || E'\\n\`\`\`', 'talk ' || n % ${number} || ' ' || ${sql(text.slice(0, 60))}
      FROM generate_series(1, ${number * 12}) n`;
}

function activity(number: number, text?: string): string {
  return `
    INSERT INTO activity_log (at, actor, action, summary, detail)
    SELECT now() - n * interval '37 minutes', (ARRAY['owner','spend','agent'])[n % 3 + 1], (ARRAY['wish.approved','spend.reached','owner.notified'])[n % 3 + 1],
           ${text === undefined ? `(ARRAY['wish 3 was approved: Keep the morning report below 200 words','today''s cap of $2.00 is used up','the certificate of web-1 ends in nine days'])[n % 3 + 1]` : sql(text)},
           jsonb_build_object('note', ${sql(text ?? 'by the dashboard')}) FROM generate_series(1, ${number}) n`;
}
