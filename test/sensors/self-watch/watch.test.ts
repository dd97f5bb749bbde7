import { describe, expect, it } from 'vitest';
import { createPool, type SeenStatement } from '../../../src/lib/store/pool.ts';
import { createSlowStatements } from '../../../src/sensors/self-watch/slow-statements.ts';
import { createSelfWatch } from '../../../src/sensors/self-watch/watch.ts';
import { createRestartCount } from '../../../src/sensors/self-watch/restart-count.ts';
import { createMetrics } from '../../../src/faces/dashboard/metrics.ts';
import type { Status } from '../../../src/faces/status/status.ts';
import { closeAfterTest } from '../../helpers/closers.ts';
import { tempDatabase } from '../../helpers/temp-database.ts';

function watch(slowMs = 100) {
  const restarts = createRestartCount();
  restarts.watch(() => [{ restarts: 1, children: [{ restarts: 2 }] }]);
  return createSelfWatch({
    loop: { read: () => ({ p50Ms: 1, p99Ms: 7, maxMs: 30, since: 0 }) },
    mailbox: { depth: () => 3, oldestWaitMs: () => 450 },
    journal: { pendingLines: () => 2 },
    slowMs: () => slowMs,
    restarts: restarts.read,
    now: () => 1_000_000,
  });
}

describe('the self-watch', () => {
  it('counts since the last sample, and since the start for the metrics', async () => {
    const self = watch();
    const seen = (tookMs: number, waitedMs = 0): SeenStatement => ({
      text: 'SELECT 1',
      tookMs,
      waitedMs,
      isOurs: true,
    });
    for (const statement of [seen(5, 2), seen(250, 40)]) self.noteStatement(statement);
    await self.timed(() => Promise.resolve('answer'))('query');
    expect(self.sample(undefined)).toMatchObject({
      loopP99Ms: 7,
      mailboxDepth: 3,
      mailboxOldestMs: 450,
      journalPendingLines: 2,
      statements: 2,
      statementMaxMs: 250,
      slowStatements: 1,
      poolWaitMaxMs: 40,
      recalls: 1,
      restarts: 3,
      tasksQueued: null,
    });
    expect(self.sample(undefined)).toMatchObject({
      statements: 0,
      statementMaxMs: null,
      slowStatements: 0,
      recalls: 0,
      recallMeanMs: null,
    });
    expect(self.totals()).toMatchObject({
      statements: 2,
      statementMs: 255,
      poolWaitMs: 42,
      slowStatements: 1,
      recalls: 1,
    });
  });

  it('agrees with the metrics', async () => {
    const self = watch();
    self.noteStatement({ text: 'SELECT 1', tookMs: 250, waitedMs: 40, isOurs: true });
    const figures = self.sample(undefined);
    // Of the status only what is a number counts here, and there it is zero.
    const zero = new Proxy({}, { get: () => 0, ownKeys: () => [] });
    const parts = Object.fromEntries(
      [
        'mailbox',
        'journal',
        'loop',
        'tasks',
        'deliveries',
        'counts',
        'spend',
        'database',
        'schedule',
        'room',
      ].map((part) => [part, zero]),
    );
    const status = { ...parts, version: '1', startedAt: 0, ready: true, children: [] };
    const { text } = await createMetrics(() => Promise.resolve(status as unknown as Status), self)();
    for (const [name, value] of Object.entries(figures)) {
      if (value === null) expect(text).not.toContain(`{figure="${name}"}`);
      else expect(text).toContain(`ninjad_self_figure{figure="${name}"} ${value}\n`);
    }
    expect(text).toContain('ninjad_slow_statements_total 1\n');
    expect(text).toContain('ninjad_self_sample_time_seconds 1000\n');
  });

  it('keeps slow statements without their values, and none in whose text values may stand', () => {
    const slow = createSlowStatements(() => 100);
    slow.note({ text: 'SELECT *\n   FROM a WHERE b = $1', tookMs: 150, waitedMs: 0, isOurs: true });
    slow.note({ text: 'SELECT * FROM a WHERE b = $1', tookMs: 250, waitedMs: 0, isOurs: true });
    slow.note({ text: "SELECT 'secret'", tookMs: 900, waitedMs: 0, isOurs: false });
    slow.note({ text: 'SELECT 1', tookMs: 99, waitedMs: 0, isOurs: true });
    const taken = slow.take();
    expect(taken).toEqual([{ text: 'SELECT * FROM a WHERE b = $1', calls: 2, totalMs: 400, maxMs: 250 }]);
    expect(slow.take()).toEqual([]);
    slow.giveBack(taken);
    expect(slow.take()).toEqual(taken);
  });
});

it('the pool tells of each statement how long it took and waited, without its values', async () => {
  const database = await tempDatabase();
  closeAfterTest(() => database.stop());
  const seen: SeenStatement[] = [];
  const pool = createPool(
    { kind: 'embedded', socketDir: database.socketDir },
    { onStatement: (one) => void seen.push(one) },
  );
  closeAfterTest(() => pool.end());
  await Promise.all([
    pool.query({ text: 'SELECT pg_sleep($1)', values: [0.2] }),
    pool.query({ name: 'one', text: 'SELECT 1' }),
  ]);
  await pool.transaction((tx) => tx.query({ text: 'SELECT 2' }));
  await pool.query({ text: 'SELECT wrong' }).catch(() => undefined);
  expect(seen.map(({ text, isOurs }) => [text, isOurs])).toEqual([
    ['SELECT pg_sleep($1)', true],
    ['SELECT 1', true],
    ['SELECT 2', false],
    ['SELECT wrong', false],
  ]);
  expect(seen[0]?.tookMs).toBeGreaterThan(150);
  expect(seen[1]?.waitedMs).toBeGreaterThan(150);
});
