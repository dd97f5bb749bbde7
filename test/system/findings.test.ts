import { afterEach, expect, it } from 'vitest';
import { endDaemons, startDaemon, type TestDaemon } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

const json = async (daemon: TestDaemon, ...args: string[]): Promise<unknown> => {
  const { stdout, stderr, code } = await daemon.ninjad('findings', ...args, '--json');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout);
};

/** Tasks of these categories that failed an hour ago, with their events. */
const failures = (categories: readonly string[], count: number) => `
  WITH made AS (
    INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
    SELECT (SELECT coalesce(max(id), 0) FROM events) + row_number() OVER (), 3, 'cli', category, 'x', at, at, 'task', 'r', 'failed'
      FROM unnest(ARRAY['${categories.join("','")}']) AS category, generate_series(1, ${count}) AS n,
           LATERAL (SELECT now() - interval '1 hour' - n * interval '1 minute' AS at) AS time RETURNING id, category, received_at)
  INSERT INTO tasks (event_id, state, priority, source, category, prompt, outcome, reason, queued_at, run_after, started_at, finished_at)
  SELECT id, 'failed', 3, 'cli', category, 'x', 'crashed', 'it exited with status 1', received_at, received_at, received_at, received_at FROM made`;

// One start serves all of it.
it('are looked for, shown and decided on the command line', async () => {
  const daemon = await startDaemon({
    config: { findings: { off: ['idle_rule', 'loop_stall', 'slow_statement'] } },
  });
  expect(await json(daemon, 'look')).toMatchObject({ opened: 0, findings: [] });
  await daemon.rows(failures(['mail', 'builds', 'reports', 'digest'], 6));
  expect(await json(daemon, 'look')).toMatchObject({ opened: 4, reopened: 0, findings: { length: 4 } });
  const listed = (await json(daemon, 'list')) as { id: number; subject: string }[];
  expect(listed.map(({ subject }) => subject).sort()).toEqual(['builds', 'digest', 'mail', 'reports']);
  const idOf = (subject: string) => String(listed.find((one) => one.subject === subject)?.id);

  expect(await json(daemon, 'show', idOf('mail'))).toMatchObject({
    ...{
      kind: 'failing_category',
      severity: 'critical',
      state: 'open',
      seenCount: 1,
      reopened: 0,
      wishId: null,
    },
    evidence: [{ kind: 'category', ref: 'mail', note: '6 of 6 failed' }, { kind: 'task' }, {}, {}, {}, {}],
    metric: { metric: 'task.failureRate:mail', today: 1 },
  });
  const shown = await daemon.ninjad('findings', 'show', idOf('mail'));
  expect(shown.stdout).toMatch(/6 of 6 tasks of the category “mail” failed \(100 %\)/);
  expect(shown.stdout).toMatch(/task \d+: it exited with status 1/);

  expect(await json(daemon, 'accept', idOf('mail'))).toMatchObject({ state: 'accepted', wishId: 1 });
  expect(await json(daemon, 'dismiss', idOf('builds'), '--reason', 'known')).toMatchObject({
    state: 'dismissed',
    reason: 'known',
  });
  expect(await json(daemon, 'snooze', idOf('reports'), '--for', '3d')).toMatchObject({ state: 'snoozed' });
  const again = await daemon.ninjad('findings', 'dismiss', idOf('builds'));
  expect(again).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('was decided already: it is dismissed') as string,
  });
  expect(await daemon.ninjad('findings', 'show', '99')).toMatchObject({ code: 1 });
  expect(await daemon.ninjad('findings', 'snooze', '1', '--for', 'ever')).toMatchObject({ code: 2 });
  expect(await daemon.ninjad('findings', 'list', '--state', 'lost')).toMatchObject({ code: 2 });

  expect(await json(daemon, 'look')).toMatchObject({ opened: 0, reopened: 0 });
  expect(await json(daemon)).toMatchObject([{ subject: 'digest', seenCount: 2 }]);
  expect(await json(daemon, 'list', '--state', 'all')).toMatchObject({ length: 4 });
  expect(await json(daemon, 'detectors')).toMatchObject(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'failing_category', state: 'looking', dismissals: 1 }),
      expect.objectContaining({ kind: 'idle_rule', state: 'off' }),
    ]) as object,
  );
  expect(
    await daemon.rows(
      `SELECT action, detail->>'by' FROM activity_log WHERE action LIKE 'finding.%' ORDER BY id`,
    ),
  ).toEqual([
    ['finding.accepted', 'cli'],
    ['finding.dismissed', 'cli'],
    ['finding.snoozed', 'cli'],
  ]);
  const doctor = await daemon.ninjad('doctor');
  expect(doctor.stdout).toMatch(/finding \d+ is critical: 6 of 6 tasks of the category “digest”/);
  // The nightly look is a job of the scheduler.
  expect(await daemon.value(`SELECT count(*)::int FROM job_cursors WHERE job_id = 'findings'`)).toBe(1);
});
