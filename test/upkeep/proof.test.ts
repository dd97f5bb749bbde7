import { expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/lib/time.ts';
import { noProof, readProof, staleProof } from '../../src/upkeep/proof.ts';
import { recordRun } from '../../src/upkeep/rows.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase('upkeep_runs');
const now = new Date('2026-11-28T12:00:00Z');
const ago = (ms: number): Date => new Date(now.getTime() - ms);
const promised = { backups: true, drillDays: 7, since: ago(HOUR) };

it('knows how the last backup and the last drill ended, and when one last ended well', async () => {
  expect(await readProof(store)).toEqual(noProof);
  const run = (kind: 'create' | 'drill', at: Date, reason: string | null) =>
    recordRun(store, {
      kind,
      at,
      endedAt: at,
      state: reason === null ? 'done' : 'failed',
      archive: null,
      reason,
    });
  await run('create', ago(3 * DAY), null);
  await run('create', ago(DAY), 'no space');
  await run('drill', ago(2 * DAY), null);
  expect(await readProof(store)).toEqual({
    backup: { at: ago(DAY), state: 'failed', doneAt: ago(3 * DAY) },
    drill: { at: ago(2 * DAY), state: 'done', doneAt: ago(2 * DAY) },
  });
});

it('is stale when no backup has succeeded for two days, or no drill for twice its time', () => {
  const done = (at: Date) => ({ at, state: 'done' as const, doneAt: at });
  const fresh = { backup: done(ago(DAY)), drill: done(ago(8 * DAY)) };
  expect(staleProof(fresh, promised, now)).toBeUndefined();
  expect(staleProof(noProof, promised, now)).toBeUndefined();
  expect(staleProof(noProof, { ...promised, since: ago(3 * DAY) }, now)).toContain(
    'No backup has succeeded for 3 days',
  );
  expect(staleProof({ ...fresh, drill: done(ago(16 * DAY)) }, promised, now)).toContain(
    'not proven for 16 days',
  );
  expect(
    staleProof({ ...fresh, drill: null }, { ...promised, drillDays: null, since: ago(90 * DAY) }, now),
  ).toBeUndefined();
  expect(staleProof(noProof, { ...promised, backups: false, since: ago(9 * DAY) }, now)).toBeUndefined();
});
