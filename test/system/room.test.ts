import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';
import { endDaemons, startDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

const grows = { NINJAD_AGENT: join(packagePath('test', 'fixtures', 'agents'), 'grows.sh') };

it('is not there for an agent beyond tasks.maxMemory: it waits, which the status says, until there is room', async () => {
  const daemon = await startDaemon({
    config: { 'tasks.maxMemory': 200, 'lanes.total': 3, 'task.killGraceMs': 200 },
    env: grows,
  });
  daemon.write('HUMAN|cli||ask|a little one\nHUMAN|cli||ask|a second little one\n');
  await until('the second one waits for memory', async () => {
    const { room, tasks } = await daemon.status();
    return room.waitsFor === 'memory' && tasks.running === 1 && tasks.queued === 1;
  });
  expect((await daemon.status()).room).toMatchObject({ lanes: 3, maxMemoryBytes: 200 * 1024 * 1024 });
  expect((await daemon.ninjad('status')).stdout).toMatch(
    /1 running of at most 3, 1 queued, waits for memory/,
  );
  expect(await daemon.ninjad('task', '1', '--cancel')).toMatchObject({ code: 0 });
  await until(
    'there is room',
    async () => (await daemon.value('SELECT state FROM tasks WHERE id = 2')) === 'running',
  );
});

it('is taken back from the largest agent where they stay past it, and the owner is told before', async () => {
  const daemon = await startDaemon({
    config: { 'tasks.maxMemory': 128, 'task.killGraceMs': 200 },
    env: grows,
  });
  daemon.write('HUMAN|cli||ask|grow\n');
  await until('it is ended', async () => (await daemon.value('SELECT state FROM tasks')) === 'failed');
  expect(await daemon.rows('SELECT outcome, reason FROM tasks')).toEqual([
    [
      'out-of-memory',
      'running agents took more memory than `tasks.maxMemory` allows, this one the most, and it was ended. Split the request, or raise `tasks.maxMemory`, then `ninjad task 1 --retry`.',
    ],
  ]);
  expect(await daemon.value('SELECT text FROM owner_notices')).toMatch(
    /^Running tasks take 2\d\d MiB of memory, more than the 128 MiB of `tasks.maxMemory`: .* task 1 with/,
  );
});
