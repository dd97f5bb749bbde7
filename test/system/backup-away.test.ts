import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { databasePid, endDaemons, newHome, startDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

it('trusts no copy of a database that was killed meanwhile, and makes the next one', async () => {
  const daemon = await startDaemon({ home: await newHome() });
  const token = 'held-by-a-test';
  await daemon.client.ask('backup.begin', { token });
  const killed = databasePid(daemon) as number;
  process.kill(killed, 'SIGKILL');
  await until('another database is ready', async () => {
    const { database } = await daemon.status();
    return database.state === 'ready' && ![undefined, killed].includes(databasePid(daemon));
  });
  await expect(daemon.client.ask('backup.copied', { token })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('started anew while it was copied') as string,
  });
  await daemon.client.ask('backup.end', { token, archive: null });
  const made = await daemon.ninjad('backup', 'create');
  expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' });
  const folder = join(daemon.home, 'backups');
  expect(readdirSync(folder).map((name) => join(folder, name))).toContain(made.stdout.trim());
});
