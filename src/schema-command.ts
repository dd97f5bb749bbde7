import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnEmbeddedServer } from '../actors/database/embedded-server.ts';
import { packagePath } from './lib/package-root.ts';
import { migrate } from './lib/store/migrate.ts';
import { loadMigrations } from './lib/store/migrations.ts';
import { createPool } from './lib/store/pool.ts';
import { dumpSchema } from './lib/store/schema-dump.ts';

/*
 * `npm run schema:dump` writes sql/schema.sql from a fresh embedded database with every migration applied;
 * `npm run schema:check` fails when the file says something else.
 */

const schemaFile = packagePath('sql', 'schema.sql');
const [command] = process.argv.slice(2);

if (command === 'dump') {
  writeFileSync(schemaFile, await freshSchema());
} else if (command === 'check') {
  if ((await freshSchema()) !== readFileSync(schemaFile, 'utf8')) {
    process.stderr.write(
      'sql/schema.sql is not what the migrations make; run `npm run schema:dump` and review it\n',
    );
    process.exitCode = 1;
  }
} else {
  process.stderr.write('usage: schema-command dump|check\n');
  process.exitCode = 2;
}

async function freshSchema(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'ninjad-schema-'));
  const server = spawnEmbeddedServer({ dataDir: join(dir, 'data'), socketDir: dir, lockDeadlineMs: 1_000 });
  try {
    await server.listening;
    const store = createPool({ kind: 'embedded', socketDir: dir });
    try {
      await migrate(store, loadMigrations(), new Date());
      return await dumpSchema(store);
    } finally {
      await store.end();
    }
  } finally {
    server.terminate();
    await server.exited;
    rmSync(dir, { recursive: true, force: true });
  }
}
