import { describe, expect, it } from 'vitest';
import { shownHosts, statusPage } from '../../src/fleet/status-page.ts';
import { findHost } from '../../src/fleet/rows/hosts.ts';
import { availability, gatherSpans, pruneReports, stepFor } from '../../src/fleet/rows/spans.ts';
import { readSeries } from '../../src/fleet/series.ts';
import { DAY } from '../../src/lib/time.ts';
import { fleetRig, fleetTables } from '../helpers/fleet/rig.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase(...fleetTables);
const now = new Date('2026-11-28T08:30:00Z');
const signal = new AbortController().signal;

/** Reports of a host every ten minutes for so many days before now: each sixth one failed, the disk one percent fuller a day. */
async function tenMinutes(hostId: number, days: number): Promise<void> {
  await store.query({
    text: `INSERT INTO fleet_reports (machine_id, at, state, reason, took_ms, load1, cpu_count, memory_used_bytes, memory_total_bytes, disks)
      SELECT $1, at, CASE WHEN n % 6 = 0 THEN 'down' ELSE 'up' END, CASE WHEN n % 6 = 0 THEN 'no answer' END, 5,
             CASE WHEN n % 6 > 0 THEN n % 6 END, 2, 2e9, 8e9,
             CASE WHEN n % 6 > 0 THEN jsonb_build_array(jsonb_build_object('path', '/', 'usedBytes', 50e9, 'totalBytes', 100e9)) END
        FROM (SELECT n, $2::timestamptz - n * interval '10 minutes' AS at FROM generate_series(0, $3::int * 144 - 1) n) polls`,
    values: [hostId, now, days],
  });
}

async function host(): Promise<number> {
  await fleetRig(store).add('nas');
  return (await findHost(store, 'nas'))?.id ?? 0;
}

describe('reports', () => {
  it('are gathered by the hour and the day in small batches, and the same again changes nothing', async () => {
    const id = await host();
    await tenMinutes(id, 9);
    let breaths = 0;
    let rows = 0;
    const counting = {
      query: (async (statement: Parameters<typeof store.query>[0]) => {
        const done = await store.query(statement);
        rows = Math.max(rows, done.rowCount ?? 0);
        return done;
      }) as typeof store.query,
    };
    const breathe = () => Promise.resolve(void (breaths += 1));
    await gatherSpans(counting, { now, signal, breathe });
    expect(breaths).toBeGreaterThan(3);
    expect(rows).toBeLessThanOrEqual(40);
    const spans = async () =>
      (
        await store.query({
          text: `SELECT step_s, count(*)::int AS number, sum(polls)::int AS polls FROM fleet_spans GROUP BY step_s ORDER BY step_s`,
        })
      ).rows;
    const first = await spans();
    expect(first).toEqual([
      { step_s: 3600, number: 216, polls: 1292 },
      { step_s: 86400, number: 9, polls: 1244 },
    ]);
    expect(await gatherSpans(store, { now, signal, breathe })).toBe(0);
    expect(await spans()).toEqual(first);
    const { rows: hours } = await store.query<{ failed: number; figures: unknown }>({
      text: `SELECT failed, figures FROM fleet_spans WHERE step_s = 3600 AND at = '2026-11-27T10:00:00Z'`,
    });
    // Loads of 1 to 5 on two cores.
    expect(hours).toEqual([
      {
        failed: 1,
        figures: { load: [1.5, 0.5, 2.5, 5], memory: [0.25, 0.25, 0.25, 6], 'disk:/': [0.5, 0.5, 0.5, 5] },
      },
    ]);
  });

  it('go once they were kept long enough, their summaries and what is newer stay', async () => {
    const id = await host();
    await tenMinutes(id, 9);
    const breathe = () => Promise.resolve();
    await gatherSpans(store, { now, signal, breathe });
    const before = await store.query({ text: 'SELECT count(*)::int AS number FROM fleet_spans' });
    expect(await pruneReports(store, { now, rawDays: 7, signal, breathe })).toBe(287);
    const { rows } = await store.query({
      text: 'SELECT count(*)::int AS number, min(at) >= $1 AS kept FROM fleet_reports',
      values: [new Date(now.getTime() - 7 * DAY)],
    });
    expect(rows).toEqual([{ number: 1009, kept: true }]);
    expect((await store.query({ text: 'SELECT count(*)::int AS number FROM fleet_spans' })).rows).toEqual(
      before.rows,
    );
    await gatherSpans(store, { now, signal, breathe });
    expect((await store.query({ text: 'SELECT count(*)::int AS number FROM fleet_spans' })).rows).toEqual(
      before.rows,
    );
  });

  it('are plots over hours to years: as they came while they are few, summaries beyond', async () => {
    const id = await host();
    await tenMinutes(id, 9);
    await gatherSpans(store, { now, signal, breathe: () => Promise.resolve() });
    const series = (range: 'day' | 'week' | 'years') =>
      readSeries(store, { hostId: id, range, now, rawDays: 7 });
    const day = await series('day');
    expect([day.stepS, day.points.length]).toEqual([0, 145]);
    expect(day.points.at(-1)).toMatchObject({ answered: 0, figures: { memory: 0.25 } });
    const week = await series('week');
    expect([week.stepS, week.points.length]).toEqual([3600, 167]);
    expect(week.points.at(-2)).toMatchObject({
      greatest: { load: 2.5 },
      figures: { load: 1.5, 'disk:/': 0.5 },
    });
    expect((await series('years')).stepS).toBe(86_400);
    expect(stepFor(3_600_000, 7 * DAY)).toBe(0);
  });
});

describe('the page for others', () => {
  it('has names, states and shares, escaped, and neither an address nor a reason', async () => {
    const id = await host();
    await fleetRig(store).add('hidden', { onStatusPage: false });
    await tenMinutes(id, 2);
    await gatherSpans(store, { now, signal, breathe: () => Promise.resolve() });
    await store.query({ text: `UPDATE machines SET state = 'down', reason = 'secret reason'` });
    const shares = await availability(store, new Date(now.getTime() - 30 * DAY));
    expect(shares.get(id)).toBeCloseTo(5 / 6, 2);
    const hosts = await shownHosts(store, now);
    expect(hosts.map(({ name }) => name)).toEqual(['nas']);
    const page = statusPage([...hosts, { name: '<b>', state: 'up', since: now, answered: 1 }], now);
    expect(page).toContain('1 of 2 in trouble');
    expect(page).toContain('83.');
    expect(page).toContain('&lt;b&gt;');
    expect(page).not.toMatch(/nas\.test|secret|<script|>hidden/);
  });
});
