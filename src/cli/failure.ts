import { messageOf, NinjadError } from '../lib/errors.ts';
import { printable } from '../lib/printable.ts';
import { asLaunched } from './as-launched.ts';

/** What the exit status of every command means. */
export const exitCodes = { done: 0, failed: 1, usage: 2, notRunning: 3, interrupted: 130 } as const;

/** Those of the commands of backups besides: what is wrong with the archive. */
const exitOfCode: Readonly<Record<string, number>> = {
  USAGE: exitCodes.usage,
  NOT_RUNNING: exitCodes.notRunning,
  BACKUP_DAMAGED: 4,
  BACKUP_INCOMPLETE: 5,
  BACKUP_OTHER_VERSION: 6,
};

/** The exit status for anything thrown: 2 for wrong usage, 3 where no daemon runs, 4 to 6 for an archive, else 1. */
export function exitCodeOf(thrown: unknown): number {
  const code = thrown instanceof NinjadError ? thrown.code : undefined;
  return code !== undefined && Object.hasOwn(exitOfCode, code)
    ? (exitOfCode[code] as number)
    : exitCodes.failed;
}

/** Says on stderr what went wrong: our own errors in their sentence, unexpected ones with where they come from. */
export function reportFailure(thrown: unknown): void {
  if (isOutOfFiles(thrown)) {
    writeComplaint(
      'this process may not open as many files as it needs: raise the limit, e.g. ulimit -n 1024 (LimitNOFILE=1024 in a unit of systemd)',
    );
    return;
  }
  const unexpected = thrown instanceof Error && !(thrown instanceof NinjadError) && !('code' in thrown);
  const text = unexpected ? (thrown.stack ?? thrown.message) : messageOf(thrown);
  writeComplaint(text);
}

/** The one form in which this program says that something is wrong: its name, and a sentence. */
export function writeComplaint(text: string): void {
  process.stderr.write(`ninjad: ${printable(asLaunched(text))}\n`);
}

function isOutOfFiles(thrown: unknown): boolean {
  return (
    thrown instanceof Error && ['EMFILE', 'ENFILE'].includes(String((thrown as NodeJS.ErrnoException).code))
  );
}
