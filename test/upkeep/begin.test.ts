import { expect, it } from 'vitest';
import type { Statement, Store } from '../../src/lib/store/store.ts';
import { createBackupHold } from '../../src/upkeep/hold.ts';
import { upkeepOperations } from '../../src/upkeep/operations.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase();

it('begins with a checkpoint that finds the changed pages written out', async () => {
  const asked: string[] = [];
  const watched: Store = {
    query: (statement: Statement) => {
      asked.push(statement.text);
      return store.query(statement) as never;
    },
    transaction: (work) => store.transaction(work),
  };
  const needs = {
    store: watched,
    now: () => new Date(),
    backupHold: createBackupHold(),
    databaseKind: 'embedded' as const,
    flushDatabase: () => Promise.resolve(),
    generation: () => 1,
    restart: () => undefined,
  };
  const caller = { by: 'cli' as const };
  const begun = await upkeepOperations['backup.begin'].handle(needs, { token: 'token-123' }, caller);
  expect(begun).toMatchObject({ generation: 1, database: { kind: 'embedded' } });
  const start = asked.findIndex((text) => text.includes('pg_backup_start'));
  // Its last act is to take its functions away again.
  expect(asked[start - 1]).toContain('DROP FUNCTION pg_temp.ninjad_write_page');
  expect(
    asked.slice(0, start).filter((text) => text.includes('ninjad_pages() AS page')).length,
  ).toBeGreaterThan(2);
  await upkeepOperations['backup.copied'].handle(needs, { token: 'token-123' }, caller);
});
