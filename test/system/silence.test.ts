import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';
import { endDaemons, startDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

it('of an agent is told to whoever waits, and asking again tries it anew without spending an attempt', async () => {
  const daemon = await startDaemon({
    config: { 'task.silenceMs': 1_000, 'task.killGraceMs': 200 },
    env: { NINJAD_AGENT: join(packagePath('test', 'fixtures', 'agents'), 'silent.sh') },
  });
  const payload = JSON.stringify({ text: 'are you there?', dedupKey: 'q', replyTo: 'discord:7' });
  daemon.write(`HUMAN|cli||ask|${payload}\n`);
  let told = '';
  for await (const message of daemon.client.watch('q')) {
    if (message.type !== 'progress' || !message.progress.startsWith('no word')) continue;
    told = message.progress;
    break;
  }
  expect(told).toMatch(/^no word from the model for 1 s; it is tried until \d\d:\d\d$/);
  await until('who asked from elsewhere is told', async () =>
    String(await daemon.value('SELECT text FROM owner_notices')).startsWith('Task 1: no word from the model'),
  );
  const started = async () => String(await daemon.value('SELECT started_at FROM tasks'));
  const first = await started();
  expect(await daemon.ninjad('task', '1', '--again')).toMatchObject({
    code: 0,
    stdout: 'task 1 is ended and tried anew\n',
  });
  await until('it runs anew', async () => (await started()) !== first);
  await until('as its first attempt', async () => (await daemon.value('SELECT attempts FROM tasks')) === 1);
  expect(await daemon.value(`SELECT action FROM activity_log WHERE actor = 'tasks' AND task_id = 1`)).toBe(
    'task.requeued',
  );
  expect(await daemon.ninjad('task', '1', '--cancel')).toMatchObject({ code: 0 });
  await until('it ended', async () => (await daemon.value('SELECT state FROM tasks')) === 'cancelled');
  expect(await daemon.ninjad('task', '1', '--again')).toMatchObject({ code: 1 });
});
