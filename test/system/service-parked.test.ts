import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { endDaemons, newHome, runNinjad, startDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { notifyReceiver } from '../helpers/notify-receiver.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

const hasNotify = spawnSync('systemd-notify', ['--version']).error === undefined;
if (!hasNotify)
  process.stderr.write('skipped: systemd-notify is not installed, so no parked service is tried here\n');

/** A start under systemd; it need not come up. */
async function startAsService(home: string) {
  const { address, heard } = await notifyReceiver();
  const env = { NOTIFY_SOCKET: address, WATCHDOG_USEC: '120000000' };
  const daemon = await startDaemon({ home, env, dontWait: true });
  return {
    daemon,
    heard,
    isParked: (reason: RegExp) =>
      until('it is parked', () =>
        heard().some(
          (said) => said.startsWith('READY=1;WATCHDOG=1;STATUS=cannot start: ') && reason.test(said),
        ),
      ),
    isUp: () =>
      until('it is up', async () => {
        const status = await daemon.status().catch(() => undefined);
        return status?.ready === true && status.pid === daemon.child.pid;
      }),
  };
}

it.skipIf(!hasNotify)(
  'waits under systemd while another one has its home, and takes its place when that ends',
  async () => {
    const byHand = await startDaemon();
    const { home } = byHand;
    // Without systemd it ends at once, and disturbs nobody.
    const refused = await runNinjad(home, ['up']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/another ninjad/) as string });

    const { daemon, heard, isParked, isUp } = await startAsService(home);
    await isParked(
      new RegExp(`another ninjad \\(pid ${String(byHand.child.pid)}\\) already runs on this home`),
    );
    expect((await byHand.status()).ready).toBe(true);
    await byHand.kill('SIGTERM');
    await isUp();
    await until('it says so', () => heard().some((said) => said.includes('STATUS=ready: ')));
    expect((await daemon.kill('SIGTERM')).code).toBe(0);
  },
);

it.skipIf(!hasNotify)(
  'waits under systemd until its config and its pipe are mended, and can be ended meanwhile',
  async () => {
    const home = await newHome();
    writeFileSync(join(home, 'config.json'), 'not json');
    expect((await runNinjad(home, ['up'])).code).toBe(2);

    const first = await startAsService(home);
    await first.isParked(/is not JSON/);
    expect((await first.daemon.kill('SIGTERM')).signal).toBe('SIGTERM');

    const { daemon, isParked, isUp } = await startAsService(home);
    await isParked(/is not JSON/);
    writeFileSync(join(home, 'events.fifo'), 'NORMAL|cron:a||note|lost\n');
    writeFileSync(join(home, 'config.json'), '{}');
    await isParked(/events\.fifo should be a named pipe but is a regular file/);
    rmSync(join(home, 'events.fifo'));
    await isUp();
    expect((await daemon.kill('SIGTERM')).code).toBe(0);
  },
);
