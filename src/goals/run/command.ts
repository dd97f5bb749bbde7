import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fixedPath } from '../../lib/process/fixed-path.ts';
import type { ProgramEnd, ProgramRunner } from '../../lib/process/run-program.ts';
import { storableText } from '../../lib/store/storable.ts';
import { SECOND } from '../../lib/time.ts';

/** Most that a condition may keep for its next run. */
export const maxStateBytes = 16 * 1024;

/** How long a condition or a done-check may take at most. */
export const commandMs = 120 * SECOND;
const maxOutputBytes = 256 * 1024;
const shownChars = 2_000;

/** Where commands run, and by whom. */
export interface CommandDeps {
  programs: ProgramRunner;
  /** The folder for what is handed to them. */
  folder: string;
  /** The home folder of the user, in which they run. */
  userHome: string;
  /** Variables that they get besides `PATH`. */
  env: Readonly<Record<string, string | undefined>>;
}

/** A command of a goal, with what it is told. */
export interface GoalCommand {
  command: string;
  goal: string;
  /** Variables of its own. */
  env?: Readonly<Record<string, string>>;
  /** On its stdin, and in the file that `NINJAD_INPUT` names. */
  input: Buffer | string;
  timeoutMs: number;
}

/** How a command ended. */
export interface CommandEnd {
  code: number | null;
  /** Why it has no exit status that counts: it was not found, took too long, was ended. */
  problem: string | null;
  stdout: string;
  /** The end of what it printed, for people. */
  lastWords: string;
  survivors: number;
}

/** How a condition ended, with the state that it left in its file; null where it left it alone. */
export interface ConditionEnd extends CommandEnd {
  state: Buffer | null;
}

const passedOn = ['HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ'];

/**
 * Runs a condition. What it kept comes on its stdin and in the file that `NINJAD_STATE` names; what stands in that file
 * afterwards is taken back, where it fits.
 */
export async function runCondition(
  deps: CommandDeps,
  command: Omit<GoalCommand, 'input'> & { state: Buffer },
  signal: AbortSignal,
): Promise<ConditionEnd> {
  return withFolder(deps, async (folder) => {
    const path = join(folder, 'state');
    await writeFile(path, command.state, { mode: 0o600 });
    const end = await run(
      deps,
      folder,
      { ...command, input: command.state, env: { NINJAD_STATE: path } },
      signal,
    );
    if (end.problem !== null) return { ...end, state: null };
    const size = (await stat(path).catch(() => undefined))?.size ?? 0;
    if (size > maxStateBytes)
      return {
        ...end,
        state: null,
        problem: `it keeps ${size} bytes of state, which is more than ${maxStateBytes}`,
      };
    const state = size === 0 ? Buffer.alloc(0) : await readFile(path);
    return { ...end, state: state.equals(command.state) ? null : state };
  });
}

/** Runs a done-check; it reads on stdin, as JSON, what came of the run. */
export function runDoneCheck(
  deps: CommandDeps,
  command: GoalCommand,
  signal: AbortSignal,
): Promise<CommandEnd> {
  return withFolder(deps, (folder) => run(deps, folder, command, signal));
}

async function withFolder<T>({ folder }: CommandDeps, work: (folder: string) => Promise<T>): Promise<T> {
  const own = await mkdtemp(join(folder, 'goal-'));
  try {
    return await work(own);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

async function run(
  { programs, userHome, env }: CommandDeps,
  folder: string,
  { command, goal, env: own = {}, input, timeoutMs }: GoalCommand,
  signal: AbortSignal,
): Promise<CommandEnd> {
  const inputFile = join(folder, 'input');
  await writeFile(inputFile, input, { mode: 0o600 });
  const end = await programs.run(
    {
      command: '/bin/sh',
      args: ['-c', command],
      cwd: userHome,
      env: {
        ...given(env),
        HOME: userHome,
        PATH: fixedPath,
        NINJAD_GOAL: goal,
        NINJAD_INPUT: inputFile,
        ...own,
      },
      inputFile,
      timeoutMs: Math.min(timeoutMs, commandMs),
      maxOutputBytes,
    },
    signal,
  );
  const stdout = storableText(end.stdout.toString('utf8'));
  const stderr = storableText(end.stderr.toString('utf8'));
  return {
    code: end.code,
    problem: problemOf(end, stderr),
    stdout,
    lastWords: [stdout.trim(), stderr.trim()]
      .filter((part) => part !== '')
      .join('\n')
      .slice(-shownChars),
    survivors: end.survivors,
  };
}

function problemOf({ ended, code, problem }: ProgramEnd, stderr: string): string | null {
  if (ended !== 'exit' || code === null) return problem ?? 'it did not end by itself';
  const said = stderr.trim().split('\n').at(-1) ?? '';
  if (code === 127) return `it was not found in ${fixedPath} (${said || 'exit 127'})`;
  if (code === 126) return `it cannot be executed (${said || 'exit 126'})`;
  return null;
}

function given(env: CommandDeps['env']): Record<string, string> {
  const known = passedOn.flatMap((name) => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(known);
}
