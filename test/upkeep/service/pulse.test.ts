import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeNotifier } from '../../../src/upkeep/service/notifier.ts';
import { createServicePulse } from '../../../src/upkeep/service/pulse.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { notifyReceiver } from '../../helpers/notify-receiver.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

leakGuard();
const hasNotify = spawnSync('systemd-notify', ['--version']).error === undefined;
if (!hasNotify)
  process.stderr.write('skipped: systemd-notify is not installed, so nothing is sent to a socket here\n');

describe('takeNotifier', () => {
  it('is nothing where nobody listens', () => {
    expect(takeNotifier({})).toBeUndefined();
  });

  it.skipIf(!hasNotify)(
    'sends by systemd-notify, and leaves the address to nobody who is started later',
    async () => {
      const { address, heard } = await notifyReceiver();
      const env: NodeJS.ProcessEnv = {
        PATH: process.env['PATH'],
        NOTIFY_SOCKET: address,
        WATCHDOG_USEC: '120000000',
        WATCHDOG_PID: '1',
      };
      const notifier = takeNotifier(env);
      expect(env).toEqual({ PATH: process.env['PATH'] });
      expect(notifier?.watchdogMs).toBe(120_000);
      await notifier?.send(['READY=1', 'STATUS=ready: 0 events wait']);
      // The barrier of systemd-notify waits until it was read.
      expect(heard()).toEqual(['READY=1;STATUS=ready: 0 events wait']);
    },
  );

  it.skipIf(!hasNotify)('fails where the socket is gone', async () => {
    const notifier = takeNotifier({ PATH: process.env['PATH'], NOTIFY_SOCKET: join(tempDir(), 'none') });
    await expect(notifier?.send(['READY=1'])).rejects.toMatchObject({ code: 'NOTIFY_FAILED' });
  });
});

describe('the pulse', () => {
  function rig(watchdogMs?: number) {
    const sent: string[][] = [];
    let at = 0;
    let answer: () => Promise<string> = () => Promise.resolve('ready:\n1 event');
    const pulse = createServicePulse({
      notifier: { watchdogMs, send: (words) => Promise.resolve(void sent.push([...words])) },
      ask: () => answer(),
      now: () => at,
    });
    return {
      pulse,
      sent,
      pass: (ms: number) => (at += ms),
      answers: (next: () => Promise<string>) => (answer = next),
    };
  }

  it('asks for more time while it starts, and never says READY before the tree is up', async () => {
    const { pulse, sent, pass } = rig(120_000);
    await pulse.beat();
    await pulse.beat();
    expect(sent).toEqual([['EXTEND_TIMEOUT_USEC=120000000', 'WATCHDOG=1', 'STATUS=starting']]);
    pass(20_000);
    await pulse.beat();
    expect(sent).toHaveLength(2);
    pulse.noteRunning();
    await pulse.beat();
    expect(sent.at(-1)).toEqual(['READY=1', 'WATCHDOG=1', 'STATUS=ready: 1 event']);
  });

  it('beats three times a period, and only while the daemon answers at its own door', async () => {
    const { pulse, sent, pass, answers } = rig(120_000);
    pulse.noteRunning();
    await pulse.beat();
    await pulse.beat();
    expect(sent).toHaveLength(1);
    pass(40_000);
    await pulse.beat();
    expect(sent.at(-1)).toEqual(['WATCHDOG=1', 'STATUS=ready: 1 event']);
    answers(() => Promise.reject(new Error('no answer within 20000 ms')));
    pass(40_000);
    await expect(pulse.beat()).rejects.toThrow('no answer');
    expect(sent).toHaveLength(2);
    answers(() => Promise.resolve('ready'));
    await pulse.beat();
    expect(sent).toHaveLength(3);
  });

  it('says that it stops, and nothing after that', async () => {
    const { pulse, sent, pass } = rig();
    pulse.noteRunning();
    await pulse.noteStopping();
    pass(1_000_000);
    await pulse.beat();
    expect(sent).toEqual([['STOPPING=1', 'STATUS=stopping: running tasks may end first']]);
  });
});
