import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { packagePath } from '../../../src/lib/package-root.ts';
import { dumpSchema } from '../../../src/lib/store/schema-dump.ts';
import { tempDatabase, type TempDatabase } from '../../helpers/temp-database.ts';

let database: TempDatabase;

afterEach(async () => {
  await database.stop();
});

describe('schema dump', () => {
  it('is what sql/schema.sql says, and shows a change', async () => {
    database = await tempDatabase();
    const checkedIn = readFileSync(packagePath('sql', 'schema.sql'), 'utf8');
    expect(await dumpSchema(database.store)).toBe(checkedIn);
    await database.store.query({ text: `CREATE INDEX drift_idx ON tasks (reply) WHERE reply <> ''` });
    await database.store.query({
      text: `ALTER TABLE goals ADD COLUMN drift numeric(4, 1) DEFAULT 1.5 NOT NULL`,
    });
    const drifted = await dumpSchema(database.store);
    const added = drifted.split('\n').filter((line) => !checkedIn.includes(line));
    expect(added).toEqual([
      '  drift numeric(4,1) DEFAULT 1.5 NOT NULL,',
      `CREATE INDEX drift_idx ON public.tasks USING btree (reply) WHERE (reply <> ''::text);`,
    ]);
  });
});
