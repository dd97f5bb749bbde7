import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { spawnEmbeddedServer } from '../../../actors/database/embedded-server.ts';
import { closeAfterTest } from '../../helpers/closers.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

leakGuard();

it(
  'keeps all files of a new database private under a umask that hides nothing',
  { timeout: 180_000 },
  async () => {
    const home = tempDir();
    mkdirSync(join(home, 'run'), { mode: 0o700 });
    const before = process.umask(0);
    const server = spawnEmbeddedServer({
      dataDir: join(home, 'data'),
      socketDir: join(home, 'run'),
      lockDeadlineMs: 1_000,
    });
    process.umask(before);
    closeAfterTest(async () => {
      server.terminate();
      await server.exited;
    });
    await server.listening;
    const files = readdirSync(join(home, 'data'), { recursive: true, encoding: 'utf8' });
    expect(files.length).toBeGreaterThan(500);
    expect(files.filter((file) => (statSync(join(home, 'data', file)).mode & 0o077) !== 0)).toEqual([]);
  },
);
