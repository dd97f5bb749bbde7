import { expect, it } from 'vitest';
import { NinjadError } from '../../src/lib/errors.ts';
import { homePaths } from '../../src/lib/config/paths.ts';
import { startBaseBackup } from '../../src/upkeep/base-backup.ts';
import { liveSource } from '../../src/upkeep/backup/live-source.ts';
import { requireReady } from '../../src/upkeep/backup/while-away.ts';
import { createBackupHold } from '../../src/upkeep/hold.ts';
import { upkeepOperations } from '../../src/upkeep/operations.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase();

it.each([
  ['migrating', 'embedded', null, /while the database is migrating: wait until ninjad status says/],
  ['starting', 'server', 'refused', /while the database is starting \(refused\): wait until/],
  [
    'parked',
    'embedded',
    'too new',
    /is parked \(too new\): mend that first, or end the daemon with ninjad stop/,
  ],
  ['away', 'server', 'refused', /is away \(refused\): mend that first; ninjad status says when it is ready$/],
] as const)('says what to do while the database is %s', (state, kind, lastError, sentence) => {
  expect(() => requireReady({ state, kind, lastError })).toThrow(sentence);
  expect(() => requireReady({ state: 'ready', kind, lastError })).not.toThrow();
});

it('tells of a database that went away while it was copied', async () => {
  const ask = () => Promise.reject(new NinjadError('STORE_AWAY', 'the database is not ready'));
  const source = liveSource(ask, homePaths('/nowhere'));
  for (const step of [source.begin(), source.databaseCopied(), source.stillFilled(['a']), source.end()])
    await expect(step).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/went away while it was backed up .*begin the backup again/) as string,
    });
});

it('trusts no copy whose database was started anew meanwhile: it knows of no snapshot', async () => {
  const needs = {
    store,
    now: () => new Date(),
    backupHold: createBackupHold(),
    databaseKind: 'embedded' as const,
    flushDatabase: () => Promise.resolve(),
    generation: () => 1,
    restart: () => undefined,
  };
  const caller = { by: 'cli' as const };
  const given = { token: 'token-123' };
  needs.backupHold.begin(given.token);
  await expect(upkeepOperations['backup.copied'].handle(needs, given, caller)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('started anew while it was copied') as string,
  });
  // The counter-case: one that was begun is ended.
  await startBaseBackup(store);
  expect(await upkeepOperations['backup.copied'].handle(needs, given, caller)).toMatchObject({
    label: expect.stringContaining('START WAL LOCATION') as string,
  });
});
