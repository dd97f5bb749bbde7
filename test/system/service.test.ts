import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { endDaemons, startDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { notifyReceiver } from '../helpers/notify-receiver.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

const hasNotify = spawnSync('systemd-notify', ['--version']).error === undefined;
if (!hasNotify)
  process.stderr.write(
    'skipped: systemd-notify is not installed, so a daemon under systemd is not tried here\n',
  );

it.skipIf(!hasNotify)(
  'says to systemd that it starts, that it is ready, again and again that it lives, and that it stops',
  async () => {
    const { address, heard } = await notifyReceiver();
    // A period of 6 s has a beat every two.
    const daemon = await startDaemon({ env: { NOTIFY_SOCKET: address, WATCHDOG_USEC: '6000000' } });
    const beats = () => heard().filter((message) => message.includes('WATCHDOG=1'));
    await until('it says READY', () => heard().some((message) => message.startsWith('READY=1')));
    const ready = heard().findIndex((message) => message.startsWith('READY=1'));
    expect(heard()[ready]).toMatch(/^READY=1;WATCHDOG=1;STATUS=ready: 0 events wait, 0 tasks run$/);
    for (const message of heard().slice(0, ready)) expect(message).toMatch(/^EXTEND_TIMEOUT_USEC=\d+;/);
    const before = beats().length;
    await until('it says twice more that it lives', () => beats().length >= before + 2);
    expect(heard().filter((message) => message.includes('READY=1'))).toHaveLength(1);

    // What it has from systemd reaches nobody whom it starts; its own children are the nearest to it.
    const pid = String(daemon.child.pid);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    expect(children.length).toBeGreaterThan(0);
    for (const child of children) {
      let command = '';
      try {
        command = readFileSync(`/proc/${child}/cmdline`, 'utf8');
        if (command.startsWith('systemd-notify')) continue;
        expect(readFileSync(`/proc/${child}/environ`, 'utf8'), command).not.toContain('NOTIFY_SOCKET');
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code === undefined) throw thrown;
      }
    }

    expect((await daemon.kill('SIGTERM')).code).toBe(0);
    expect(heard().at(-1)).toBe('STOPPING=1;STATUS=stopping: running tasks may end first');
  },
);
