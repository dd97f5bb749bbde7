import { afterEach, expect, it } from 'vitest';
import { endDaemons, startDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard();
afterEach(() => endDaemons());

it('a daemon whose event names a channel that does not exist says so, and a stranger cannot name any', async () => {
  const daemon = await startDaemon();
  daemon.write(
    'HUMAN|cli||ask|{"text":"/status","replyTo":"telegraph:me"}\n' +
      'HUMAN|cli||ask|{"text":"/status","replyTo":"cli:7"}\n' +
      'NORMAL|email||chat|{"text":"hello","replyTo":"telegraph:stranger"}\n',
  );
  await until('the reply is given up', async () => {
    const states = await daemon.rows('SELECT state FROM deliveries');
    return states.length > 0 && states.every(([state]) => state === 'failed');
  });
  expect(await daemon.rows('SELECT channel, address, kind, reason FROM deliveries')).toEqual([
    ['telegraph', 'me', 'reply', 'there is no channel telegraph'],
  ]);
  const { stdout } = await daemon.ninjad('notices');
  expect(stdout).toContain('could not be delivered by telegraph: there is no channel telegraph.');
  await until(
    'the reply to the stranger is refused',
    async () =>
      (await daemon.value(`SELECT count(*)::int FROM activity_log WHERE action = 'reply.unsent'`)) === 1,
  );
  expect((await daemon.status()).children).toContainEqual(expect.objectContaining({ id: 'outbox' }));
  expect((await daemon.kill('SIGTERM')).code).toBe(0);
});
