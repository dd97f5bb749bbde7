import { afterEach, expect, it, vi } from 'vitest';
import { endDaemons, startDaemon, until } from '../helpers/daemon.ts';

vi.setConfig({ testTimeout: 240_000 });
afterEach(() => endDaemons());

it('counts and logs a refused line once, and not again at the next start', async () => {
  const first = await startDaemon();
  first.write('no line at all\nHUMAN|cron:x||note|too high\nLOW|shell||note|good\n');
  await until('both good ones are done', async () => (await first.status()).counts.done === 2);
  expect((await first.status()).counts.rejected).toBe(1);
  expect(first.log()).toContain('rejected a line');
  await first.kill('SIGKILL');
  const second = await startDaemon({ home: first.home });
  second.write('also none\n');
  await until('the new one is counted', async () => (await second.status()).counts.rejected > 0);
  expect((await second.status()).counts.rejected).toBe(1);
  expect(second.log()).not.toContain('no line at all');
  expect(second.log()).not.toContain('lowered HUMAN');
});
