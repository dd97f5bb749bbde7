import { readdirSync, readlinkSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openPglite } from '../../../actors/database/pglite.ts';
import { writeOut } from '../../../src/lib/store/write-out.ts';
import { tempDataHome } from '../../helpers/temp-database.ts';

let home: string;

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

describe('embedded database files', () => {
  it('are synced to disk by every commit, and not by reading', async () => {
    home = await tempDataHome('empty');
    const { db, files } = await openPglite(join(home, 'data'));
    await db.exec('CREATE TABLE kept (n int)');
    const before = files.syncs;
    for (let n = 0; n < 5; n++) await db.query('INSERT INTO kept VALUES ($1)', [n]);
    expect(files.syncs - before).toBeGreaterThanOrEqual(5);
    const written = files.syncs;
    for (let n = 0; n < 5; n++) await db.query('SELECT * FROM kept');
    expect(files.syncs).toBe(written);
    await db.close();
  });

  it('are flushed beside its statements, so that a checkpoint has only those to flush that were written since', async () => {
    home = await tempDataHome('empty');
    const { db, files } = await openPglite(join(home, 'data'));
    const { flushed } = files;
    let flushes = 0;
    const flushOnce = flushed.flushOnce.bind(flushed);
    flushed.flushOnce = (descriptor, flush) =>
      flushOnce(descriptor, () => {
        flushes += 1;
        flush();
      });
    const tables = 30;
    const writeAll = async () => {
      for (let n = 0; n < tables; n += 1) await db.exec(`INSERT INTO t${n} SELECT generate_series(1, 2000)`);
      await writeOut({
        query: async ({ text, values }) =>
          (values === undefined ? (await db.exec(text)).at(-1) : await db.query(text, [...values])) as never,
      });
    };
    const flushesOfCheckpoint = async () => {
      const [requested, made] = [files.syncs, flushes];
      await db.exec('CHECKPOINT');
      expect(files.syncs - requested).toBeGreaterThan(tables);
      return flushes - made;
    };
    for (let n = 0; n < tables; n += 1) await db.exec(`CREATE TABLE t${n} (n int)`);
    await db.exec('CHECKPOINT');

    await writeAll();
    expect(await flushesOfCheckpoint()).toBeGreaterThan(tables);
    await writeAll();
    await flushed.flushChanged();
    expect(await flushesOfCheckpoint()).toBeLessThan(tables / 2);
    await db.close();
  });
});

describe('embedded database files that are deleted', () => {
  it('are given free beside its statements, each of them', async () => {
    home = await tempDataHome('empty');
    const { db } = await openPglite(join(home, 'data'));
    const held = () =>
      readdirSync('/proc/self/fd')
        .map((descriptor) => {
          try {
            return readlinkSync(join('/proc/self/fd', descriptor));
          } catch {
            return '';
          }
        })
        .filter((path) => path.startsWith(home) && path.endsWith(' (deleted)'));
    const segments = () =>
      readdirSync(join(home, 'data', 'pg_wal')).filter((name) => /^[0-9A-F]{24}$/.test(name));
    await db.exec('CREATE TABLE gone AS SELECT generate_series(1, 100000) AS n');
    const [before] = segments().sort();
    for (let n = 0; n < 8; n += 1) await db.exec(`SELECT pg_switch_wal(); INSERT INTO gone VALUES (${n})`);
    await db.exec('DROP TABLE gone; CHECKPOINT');
    expect(segments()).not.toContain(before);
    await vi.waitFor(() => expect(held()).toEqual([]), { timeout: 30_000 });
    await db.close();
  });
});

describe('embedded database memory', () => {
  it('is small while its tables are, and grows with them at the next start', async () => {
    home = await tempDataHome('empty');
    const dataDir = join(home, 'data');
    const shared = async () => {
      const { db } = await openPglite(dataDir);
      const { rows } = await db.query<{ shared_buffers: string }>('SHOW shared_buffers');
      await db.close();
      return rows[0]?.shared_buffers;
    };
    expect(await shared()).toBe('32MB');
    const table = join(dataDir, 'base', '1', 'a-large-table');
    writeFileSync(table, '');
    truncateSync(table, 129 * 1024 * 1024);
    expect(await shared()).toBe('128MB');
  });
});

describe('embedded database settings', () => {
  it('leave the daemon able to write, whatever a person set for the whole system', async () => {
    home = await tempDataHome('empty');
    const dataDir = join(home, 'data');
    const { db: set } = await openPglite(dataDir);
    for (const setting of [
      "default_transaction_read_only = 'on'",
      'statement_timeout = 1',
      'lock_timeout = 1',
    ])
      await set.exec(`ALTER SYSTEM SET ${setting}`);
    await set.close();
    const { db } = await openPglite(dataDir);
    for (const [name, value] of [
      ['default_transaction_read_only', 'off'],
      ['statement_timeout', '0'],
      ['lock_timeout', '0'],
    ] as const)
      expect((await db.query(`SHOW ${name}`)).rows).toEqual([{ [name]: value }]);
    await db.exec('CREATE TABLE kept (n int)');
    await db.close();
  });
});
