import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadMigrations } from '../../../src/lib/store/migrations.ts';
import { createPool, type PooledStore } from '../../../src/lib/store/pool.ts';
import { MINUTE, SECOND } from '../../../src/lib/time.ts';
import { nativeBinaries, type NativePostgres, nativePostgres } from '../../helpers/native-postgres.ts';
import { pass, simulatedTime, startScheduler, testJob, testKind } from '../../helpers/scheduler.ts';

const bin = nativeBinaries();
const jobs = 50;
const minutes = 20;

/** The tables of the schedule alone, since a Debian server has no pgvector. */
function scheduleTables(): string {
  return loadMigrations().find(({ version }) => version === 17)?.sql ?? '';
}

// Where no server is installed there is nothing to test against; .ci/run installs one.
describe.skipIf(bin === undefined)('two daemons on one server', () => {
  let server: NativePostgres;
  let stores: PooledStore[] = [];
  beforeAll(async () => {
    server = await nativePostgres(bin as string);
    stores = [1, 2].map(() => createPool({ kind: 'server', url: server.url }, { max: 3 }));
    await stores[0]?.query({ text: scheduleTables() });
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.end()));
    server.remove();
  });

  it('fire 1,000 instants once each, by connections of their own', async () => {
    const time = simulatedTime('2026-06-01T00:00:00Z');
    const all = Array.from({ length: jobs }, (_, n) =>
      testJob(`job-${n}`, { schedule: { kind: 'every', everyMs: MINUTE, anchor: new Date(0) } }),
    );
    const sides = stores.map((store, which) => {
      const kind = testKind(time, { jobs: all });
      const worker = `00000000-0000-4000-8000-00000000000${which}`;
      return { kind, scheduler: startScheduler({ store, time, kinds: [kind], worker, isShared: true }) };
    });
    await pass(time, minutes * MINUTE + SECOND, ...sides.map(({ scheduler }) => scheduler));
    for (const { scheduler } of sides) scheduler.kill();
    const runs = sides.flatMap(({ kind }) =>
      kind.runs.map(({ fire }) => `${fire.jobId} ${fire.nominalAt.toISOString()}`),
    );
    expect(runs).toHaveLength(jobs * minutes);
    expect(new Set(runs).size).toBe(jobs * minutes);
    expect(sides.flatMap(({ scheduler }) => scheduler.problems)).toEqual([]);
    const rows = await stores[0]?.query({
      text: 'SELECT state, count(*)::int AS fires FROM job_fires GROUP BY state',
    });
    expect(rows?.rows).toEqual([{ state: 'done', fires: jobs * minutes }]);
  });
});
