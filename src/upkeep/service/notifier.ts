import { spawn } from 'node:child_process';
import { NinjadError } from '../../lib/errors.ts';
import { SECOND } from '../../lib/time.ts';

/** Tells systemd how the daemon is, where systemd runs it. */
export interface Notifier {
  /** How often it wants to hear `WATCHDOG=1`, in milliseconds; undefined where it does not. */
  watchdogMs: number | undefined;
  /** Sends assignments such as `READY=1` (sd_notify(3)). Rejects where they did not arrive. */
  send(words: readonly string[]): Promise<void>;
}

const sendMs = 15 * SECOND;

/**
 * The notifier for the address that systemd has put into the environment, which is taken out of it: what agents start must not
 * speak in the daemon's name. Undefined where nobody listens. Node has no sockets of datagrams, so `systemd-notify` sends them;
 * it comes from a process of its own, hence NotifyAccess=all in the unit.
 */
export function takeNotifier(env: NodeJS.ProcessEnv): Notifier | undefined {
  const address = env['NOTIFY_SOCKET'];
  const usec = Number(env['WATCHDOG_USEC'] ?? '');
  delete env['NOTIFY_SOCKET'];
  delete env['WATCHDOG_USEC'];
  delete env['WATCHDOG_PID'];
  if (address === undefined || address === '') return undefined;
  return {
    watchdogMs: usec > 0 ? usec / 1000 : undefined,
    send: (words) => notify(words, { PATH: `${env['PATH'] ?? ''}:/usr/bin:/bin`, NOTIFY_SOCKET: address }),
  };
}

function notify(words: readonly string[], env: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('systemd-notify', words, {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: sendMs,
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-1_000)));
    child.once('error', (cause) =>
      reject(
        new NinjadError('NOTIFY_FAILED', `systemd-notify could not be started: ${cause.message}`, { cause }),
      ),
    );
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new NinjadError(
            'NOTIFY_FAILED',
            `systemd-notify ended with ${String(code ?? signal)}: ${said.trim()}`,
          ),
        );
    });
  });
}
