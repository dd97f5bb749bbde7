import { messageOf, NinjadError } from '../lib/errors.ts';

/** What the exit status of every command means. */
export const exitCodes = { done: 0, failed: 1, usage: 2, notRunning: 3, interrupted: 130 } as const;

/** The exit status for anything thrown: 2 for wrong usage, 3 where no daemon runs, else 1. */
export function exitCodeOf(thrown: unknown): number {
  const code = thrown instanceof NinjadError ? thrown.code : undefined;
  if (code === 'USAGE') return exitCodes.usage;
  return code === 'NOT_RUNNING' ? exitCodes.notRunning : exitCodes.failed;
}

/** Says on stderr what went wrong: our own errors in their sentence, unexpected ones with where they come from. */
export function reportFailure(thrown: unknown): void {
  const unexpected = thrown instanceof Error && !(thrown instanceof NinjadError) && !('code' in thrown);
  const text = unexpected ? (thrown.stack ?? thrown.message) : messageOf(thrown);
  process.stderr.write(`ninjad: ${text}\n`);
}
