import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHome } from '../../src/lib/config/open-home.ts';
import { checkDatabase } from '../../src/lib/store/doctor.ts';
import { readSubject } from '../../src/doctor/subject.ts';
import { createSettings } from '../../src/settings.ts';
import { createPool } from '../../src/lib/store/pool.ts';
import { type NativePostgres, nativeBinaries, nativePostgres } from '../helpers/native-postgres.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const bin = nativeBinaries();
if (bin === undefined) process.stderr.write('skipped, no PostgreSQL server is installed here\n');

describe.skipIf(bin === undefined)('checkDatabase with a real server', () => {
  let server: NativePostgres;
  beforeAll(async () => {
    server = await nativePostgres(bin ?? '');
  }, 60_000);
  afterAll(() => server.remove());

  async function hasPgvector(): Promise<boolean> {
    const store = createPool({ kind: 'server', url: server.url }, { max: 1 });
    const text = `SELECT FROM pg_available_extensions WHERE name = 'vector'`;
    return (await store.query({ text }).finally(() => store.end())).rows.length > 0;
  }

  it('says whether the extensions are there, and where Debian gets the one it lacks', async () => {
    const env = { DATABASE_URL: server.url };
    const finding = await checkDatabase(await readSubject(openHome(tempDir()), env, createSettings));
    expect(JSON.stringify(finding)).not.toContain('secret');
    if (await hasPgvector()) {
      expect(finding).toMatchObject({
        verdict: 'ok',
        found: expect.stringMatching(/with pgvector/) as string,
      });
      return;
    }
    expect(finding).toMatchObject({
      verdict: 'fail',
      found: expect.stringMatching(/no pgvector/) as string,
      advice: expect.stringMatching(/Debian 12 itself has no package/) as string,
    });
  });
});
