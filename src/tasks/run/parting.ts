import type { RunOutput } from '../../../machines/agent-run/protocol.ts';

type Ending = Pick<RunOutput, 'cleanup' | 'cleanupError'>;

/** What was odd about the going of a run's processes, in clauses for people. */
export function cleanupNotes({ cleanup, cleanupError }: Ending): string[] {
  return [
    cleanup !== undefined && cleanup.killedCount > 0
      ? `${cleanup.killedCount} processes outlived it and were killed`
      : undefined,
    cleanup !== undefined && cleanup.left.length > 0
      ? `could not be ended: ${cleanup.left.map(({ pid, command, reason }) => `${pid} ${command} (${reason})`).join(', ')}`
      : undefined,
    cleanupError === undefined ? undefined : `the look for surviving processes failed: ${cleanupError}`,
  ].filter((part) => part !== undefined);
}

/** What is to be said of the end of an agent that had answered before; undefined where it went as it should. */
export function partingWords({
  evidence: { exit, stop },
  ...ending
}: Pick<RunOutput, 'evidence'> & Ending): string | undefined {
  const notes = [
    stop === 'lingering' ? 'the agent did not exit after its result and was ended' : undefined,
    stop === undefined && exit !== undefined && exit.code !== 0
      ? `the agent ended with ${exit.signal ?? `code ${exit.code ?? '?'}`} after its result`
      : undefined,
    ...cleanupNotes(ending),
  ].filter((part) => part !== undefined);
  return notes.length === 0 ? undefined : notes.join('; ');
}
