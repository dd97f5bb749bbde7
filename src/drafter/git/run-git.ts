import { NinjadError } from '../../lib/errors.ts';
import type { Program, ProgramEnd, ProgramRunner } from '../../lib/process/run-program.ts';

/** Runs git on what is ours or the owner's, never on what an agent has written. */
export interface Git {
  programs: ProgramRunner;
  /** See `hardenedGit`. */
  env: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

const gitMs = 5 * 60_000;
const maxOutputBytes = 64 * 1024 * 1024;

/** How git ended; `stdout` may hold any bytes. */
export type GitEnd = Pick<ProgramEnd, 'code' | 'stdout' | 'ended' | 'problem'> & { stderr: string };

/** Runs git to its end, however that is. */
export async function tryGit(
  { programs, env, signal }: Git,
  cwd: string,
  args: readonly string[],
  more: Partial<Pick<Program, 'inputFile' | 'maxOutputBytes'>> = {},
): Promise<GitEnd> {
  const end = await programs.run(
    { command: 'git', args, cwd, env, timeoutMs: gitMs, maxOutputBytes, ...more },
    signal,
  );
  return { ...end, stderr: end.stderr.toString('utf8') };
}

/** Runs git, which has to succeed; returns its output. Throws a `NinjadError` GIT_FAILED with git's own words. */
export async function git(
  how: Git,
  cwd: string,
  args: readonly string[],
  more?: Partial<Pick<Program, 'inputFile' | 'maxOutputBytes'>>,
): Promise<string> {
  const end = await tryGit(how, cwd, args, more);
  if (end.code === 0) return end.stdout.toString('utf8');
  throw new NinjadError('GIT_FAILED', `git ${args[0] ?? ''}: ${gitWords(end)}`);
}

/** What git said, in one line. */
export function gitWords({ stderr, problem, code }: Pick<GitEnd, 'stderr' | 'problem' | 'code'>): string {
  const said = stderr.trim().replaceAll(/\s+/g, ' ').slice(0, 500);
  return said !== '' ? said : (problem ?? `it exited with status ${code}`);
}

/** The parts of an output of `-z`. */
export function zeroSeparated(output: string): string[] {
  return output.split('\0').filter((part) => part !== '');
}
