import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Store } from '../../src/lib/store/store.ts';
import { emptyTables } from './empty-tables.ts';
import { type TempDatabase, tempDatabase } from './temp-database.ts';

/**
 * An embedded database for all tests of a file: the named tables, and what refers to them, are empty before each test and
 * count from 1. Its store may be taken at once and used from the first `beforeAll` on.
 */
export function useDatabase(...tables: readonly string[]): { store: Store } {
  let database: TempDatabase;
  beforeAll(async () => {
    database = await tempDatabase();
  });
  afterAll(() => database.stop());
  if (tables.length > 0) {
    const empty = emptyTables(tables);
    beforeEach(() => empty(database.store));
  }
  return {
    store: {
      query: (statement) => database.store.query(statement),
      transaction: (work) => database.store.transaction(work),
    },
  };
}
