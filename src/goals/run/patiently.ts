import { NinjadError, StoreAwayError } from '../../lib/errors.ts';
import { rest } from '../../lib/rest.ts';
import { SECOND } from '../../lib/time.ts';
import { DaemonNotRunningError } from '../../lib/wire/write-line.ts';

const retryMs = SECOND;

/** Tries again while the store or the pipe is away; rejects with what stood in the way where the signal comes first. */
export async function patiently<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (thrown) {
      if (!passes(thrown) || !(await rest(retryMs, signal))) throw thrown;
    }
  }
}

function passes(thrown: unknown): boolean {
  if (thrown instanceof StoreAwayError || thrown instanceof DaemonNotRunningError) return true;
  return thrown instanceof NinjadError && (thrown.code === 'NOT_ACCEPTED' || thrown.code === 'PIPE_FULL');
}
