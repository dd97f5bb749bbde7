import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { cgroupsOf, type Containment } from './containment/containment.ts';
import { enclosedIn, makeCgroup } from './containment/task-cgroup.ts';
import { familyOf } from './descendants.ts';
import { identityOf, isAlive, identityOfRow, type ProcessIdentity } from './identity.ts';
import { terminateFamily } from './kill-family.ts';
import { clockedTaskId, type TaskMark, taskMarker } from './marker.ts';
import type { Strays } from './strays/strays.ts';

/** A program to run to its end. */
export interface Program {
  command: string;
  args?: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** The file that it reads as its standard input. Default: nothing. */
  inputFile?: string;
  /** Longest run, in milliseconds. */
  timeoutMs: number;
  /** Bytes of standard output, and as many of standard error, past which it is ended. Default 1 MiB. */
  maxOutputBytes?: number;
}

/** How a program ended, with all that came of it. */
export interface ProgramEnd {
  /** The first reason wins. `exit`: by itself. `unstarted`: it never ran. */
  ended: 'exit' | 'timeout' | 'flood' | 'aborted' | 'unstarted';
  code: number | null;
  signal: NodeJS.Signals | null;
  /** At most `maxOutputBytes` of each. */
  stdout: Buffer;
  stderr: Buffer;
  /** Processes that it left behind at its own end, and that were ended then. */
  survivors: number;
  /** Processes that could not be ended. */
  left: number;
  tookMs: number;
  /** Why there is no exit status of its own, in words; null where there is one. */
  problem: string | null;
}

/** Runs programs one by one or several at once. */
export interface ProgramRunner {
  /** Never rejects. `signal` ends the program and all that came of it. */
  run(program: Program, signal: AbortSignal): Promise<ProgramEnd>;
}

export interface ProgramRunnerDeps {
  /** UUID of this daemon's journal: begins the mark of every process. */
  worker: string;
  containment: Containment;
  strays: Pick<Strays, 'begin' | 'claims' | 'end'>;
  /** Where the output of running programs lies; on a full disk it is the system's folder of temporary files. */
  folder: string;
  /** From TERM to KILL, in milliseconds. */
  graceMs: () => number;
}

const defaultOutputBytes = 1024 * 1024;
const outputLookMs = 50;
/** What ends together with its parent, such as the rest of a pipeline, has this long for it. */
const farewellMs = 300;
const farewellLookMs = 15;

/**
 * See `ProgramRunner`. A program runs in a session of its own, in a cgroup where there is one, and marked as tasks are, so
 * that a crash of the daemon leaves nothing that the next start would not find. Its output goes into files: a grandchild that
 * holds a pipe open would pass for a program that hangs. Its end is the exit of the process itself; what is left of its
 * family then is counted and ended.
 */
export function createProgramRunner(deps: ProgramRunnerDeps): ProgramRunner {
  let runs = 0;
  return {
    async run(program, signal) {
      runs += 1;
      const mark: TaskMark = { worker: deps.worker, taskId: clockedTaskId, attempt: runs };
      const startedAt = performance.now();
      const folder = makeFolder(deps.folder);
      if (folder === undefined) return { ...unstarted('there is no room for what it prints'), ...nothing };
      const files = [await createFile(join(folder, 'out')), await createFile(join(folder, 'err'))] as const;
      try {
        const bytes = program.maxOutputBytes ?? defaultOutputBytes;
        const ending = await runMarked(deps, { program, mark, files, signal });
        // Whoever prints fast is at its end before the next look.
        const tooMuch = ending.ended === 'exit' ? await floodOf(files, bytes) : undefined;
        const end = tooMuch === undefined ? ending : { ...ending, ...tooMuch };
        const [stdout, stderr] = await Promise.all(files.map((file) => readUpTo(file, bytes)));
        return {
          ...end,
          stdout: stdout as Buffer,
          stderr: stderr as Buffer,
          tookMs: Math.round(performance.now() - startedAt),
        };
      } finally {
        await Promise.all(files.map((file) => file.close()));
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

interface MarkedRun {
  program: Program;
  mark: TaskMark;
  files: readonly [FileHandle, FileHandle];
  signal: AbortSignal;
}

type Ending = Omit<ProgramEnd, 'stdout' | 'stderr' | 'tookMs'>;

async function runMarked(deps: ProgramRunnerDeps, run: MarkedRun): Promise<Ending> {
  const { program, mark, signal } = run;
  if (signal.aborted) return unstarted('it was called off', 'aborted');
  deps.strays.begin(mark);
  const cgroups = cgroupsOf(deps.containment, mark);
  let root: ProcessIdentity | undefined;
  let survivors = 0;
  let ending: Ending;
  try {
    const input = program.inputFile === undefined ? undefined : await open(program.inputFile, 'r');
    try {
      const child = start(run, cgroups[0], input);
      ending = await endOf(child, run, (identity) => {
        root = identity;
      });
    } finally {
      await input?.close();
    }
    if (ending.ended === 'exit') survivors = await countSurvivors(root, mark);
  } catch (thrown) {
    ending = unstarted(messageOf(thrown));
  }
  const { left } = await terminateFamily({
    root,
    marker: taskMarker(mark),
    cgroups,
    claims: deps.strays.claims(mark),
    graceMs: deps.graceMs(),
  }).finally(() => deps.strays.end(mark));
  return { ...ending, survivors, left: left.length };
}

function start(
  { program, mark, files }: MarkedRun,
  cgroup: string | undefined,
  input?: FileHandle,
): ChildProcess {
  const marker = taskMarker(mark);
  const line = { command: program.command, args: [...(program.args ?? [])] };
  if (cgroup !== undefined) makeCgroup(cgroup);
  const { command, args } = cgroup === undefined ? line : enclosedIn(cgroup, line);
  return spawn(command, args, {
    cwd: program.cwd,
    env: { ...program.env, [marker.name]: marker.value },
    detached: true,
    stdio: [input?.fd ?? 'ignore', files[0].fd, files[1].fd],
  });
}

/** Resolves when the process itself is gone, or is to be ended; whoever called ends its family. */
async function endOf(
  child: ChildProcess,
  { program, files, signal }: MarkedRun,
  onStarted: (identity: ProcessIdentity | undefined) => void,
): Promise<Ending> {
  const over = new AbortController();
  const exit = new Promise<Ending>((resolve) => {
    child.once('exit', (code, by) =>
      resolve({
        ...gone,
        ended: 'exit',
        code,
        signal: by,
        problem: by === null ? null : `it was ended by ${by}`,
      }),
    );
    child.once('error', (error) => resolve(unstarted(`it could not be started: ${messageOf(error)}`)));
  });
  if (child.pid !== undefined) onStarted(identityOf(child.pid));
  const bytes = program.maxOutputBytes ?? defaultOutputBytes;
  const endings = [
    exit,
    after(program.timeoutMs, over.signal, {
      ...gone,
      ended: 'timeout',
      problem: `it took longer than ${spanOf(program.timeoutMs)}`,
    }),
    flooded(files, bytes, over.signal),
    aborted(signal, over.signal),
  ];
  try {
    return await Promise.race(endings);
  } finally {
    over.abort();
  }
}

const gone = { code: null, signal: null, survivors: 0, left: 0, problem: null } as const;

const nothing = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), tookMs: 0 };

function unstarted(problem: string, ended: 'unstarted' | 'aborted' = 'unstarted'): Ending {
  return { ...gone, ended, problem };
}

/** These three never resolve once `over` is aborted: the race is decided. */
async function after(ms: number, over: AbortSignal, ending: Ending): Promise<Ending> {
  const isLate = await delay(ms, true, { signal: over }).catch(() => false);
  return isLate ? ending : never();
}

async function flooded(files: MarkedRun['files'], bytes: number, over: AbortSignal): Promise<Ending> {
  while (await delay(outputLookMs, true, { signal: over }).catch(() => false)) {
    const flood = await floodOf(files, bytes).catch(() => undefined);
    if (flood !== undefined) return { ...gone, ...flood };
  }
  return never();
}

async function floodOf(
  files: MarkedRun['files'],
  bytes: number,
): Promise<Pick<Ending, 'ended' | 'code' | 'signal' | 'problem'> | undefined> {
  const sizes = await Promise.all(files.map(async (file) => (await file.stat()).size));
  if (sizes.every((size) => size <= bytes)) return undefined;
  const problem = `it printed more than ${bytes.toLocaleString('en-US')} bytes`;
  return { ended: 'flood', code: null, signal: null, problem };
}

function aborted(signal: AbortSignal, over: AbortSignal): Promise<Ending> {
  return new Promise((resolve) => {
    const end = (): void => resolve({ ...gone, ended: 'aborted', problem: 'it was called off' });
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true, signal: over });
  });
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

async function countSurvivors(root: ProcessIdentity | undefined, mark: TaskMark): Promise<number> {
  const family = (await familyOf(root, taskMarker(mark))).map((row) => identityOfRow(row));
  const until = performance.now() + farewellMs;
  while (family.some(isAlive) && performance.now() < until) await delay(farewellLookMs);
  return family.filter(isAlive).length;
}

function makeFolder(within: string): string | undefined {
  for (const parent of [within, tmpdir()])
    try {
      return mkdtempSync(join(parent, 'run-'));
    } catch {
      // The next one may lie on another disk.
    }
  return undefined;
}

function createFile(path: string): Promise<FileHandle> {
  return open(path, 'wx+', 0o600);
}

async function readUpTo(file: FileHandle, bytes: number): Promise<Buffer> {
  const { size } = await file.stat();
  const buffer = Buffer.alloc(Math.min(size, bytes));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  return buffer.subarray(0, bytesRead);
}

function spanOf(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}
