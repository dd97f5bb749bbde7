import { spawn } from 'node:child_process';
import { fromCallback } from 'xstate';
import type { GuardianCommand, GuardianFact } from '../../machines/guardian/protocol.ts';
import { messageOf } from '../../src/lib/errors.ts';
import { findMarked } from '../../src/lib/process/find-marked.ts';
import { guardianFarewell, guardianScript, guardianVariable } from '../../src/lib/process/guardian-script.ts';
import { signalExactly } from '../../src/lib/process/signal-exactly.ts';

export interface GuardianDeps {
  /** UUID of this daemon's journal, which the marks of its tasks begin with. */
  worker: string;
  /** The cgroup below which its tasks have theirs, or null. */
  base: string | null;
}

/**
 * A guardian (see `guardianScript`) in a session of its own. One that a former life has left is ended first: by now it could
 * only take this life's processes for that one's. Stopping the actor lets go of it, as the end of the daemon does.
 */
export function createGuardianProcess({ worker, base }: GuardianDeps) {
  return fromCallback<GuardianCommand>(({ sendBack, receive }) => {
    const tell = (fact: GuardianFact): void => sendBack(fact);
    let isStopped = false;
    let dismiss: (() => void) | undefined;
    let isDismissed = false;
    const post = async (): Promise<void> => {
      for (const { identity } of await findMarked(guardianVariable, worker))
        signalExactly(identity, 'SIGKILL');
      if (isStopped) return;
      const guardian = spawn('/bin/sh', ['-c', guardianScript, 'sh', worker, base ?? ''], {
        detached: true,
        cwd: '/',
        env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', [guardianVariable]: worker },
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      guardian.stdin.on('error', () => {});
      guardian.once('error', (error) => tell({ type: 'guardian.lost', reason: messageOf(error) }));
      guardian.once('exit', (code, signal) =>
        tell({ type: 'guardian.lost', reason: `it ended (${signal ?? code ?? 'no code'})` }),
      );
      dismiss = () => guardian.stdin.end(`${guardianFarewell}\n`);
      if (isDismissed) dismiss();
      else if (guardian.pid !== undefined) tell({ type: 'guardian.watching' });
    };
    post().catch((thrown: unknown) => tell({ type: 'guardian.lost', reason: messageOf(thrown) }));
    receive(() => {
      isDismissed = true;
      dismiss?.();
    });
    return () => {
      isStopped = true;
      dismiss?.();
    };
  });
}
