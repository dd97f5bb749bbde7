import { type ChildProcess, spawn } from 'node:child_process';
import { messageOf } from '../errors.ts';

/** A program that runs for seconds and is one process group: a client such as ssh, or a shell with what it starts. */
export interface GroupedProgram {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  /** What it reads as its standard input. */
  input: string;
  /** Longest run, in milliseconds. */
  timeoutMs: number;
  /** Bytes of standard output past which it is ended; of standard error the first 8 KiB are kept. */
  maxOutputBytes: number;
}

export interface GroupedEnd {
  /** The first reason wins. `unstarted`: it never ran. */
  ended: 'exit' | 'timeout' | 'flood' | 'aborted' | 'unstarted';
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  problem: string | null;
}

const keptErrorBytes = 8 * 1024;
/** What the program has printed before its exit is read within this time, though a grandchild may hold the pipe open. */
const drainMs = 250;

/**
 * Runs a program in a session and process group of its own, and kills the whole group when it ends, is late, prints too much
 * or is called off. Resolves once the process is gone; never rejects.
 */
export function runGrouped(program: GroupedProgram, signal?: AbortSignal): Promise<GroupedEnd> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve(unstarted('aborted', 'it was called off'));
      return;
    }
    const child = spawn(program.command, [...program.args], {
      env: { ...program.env },
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let outBytes = 0;
    let errBytes = 0;
    let early: Pick<GroupedEnd, 'ended' | 'problem'> | undefined;
    const stop = (ended: GroupedEnd['ended'], problem: string): void => {
      early ??= { ended, problem };
      killGroup(child);
    };
    const timer = setTimeout(
      () => stop('timeout', `it took longer than ${program.timeoutMs} ms`),
      program.timeoutMs,
    );
    const onAbort = (): void => stop('aborted', 'it was called off');
    signal?.addEventListener('abort', onAbort, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      outBytes += chunk.length;
      if (outBytes <= program.maxOutputBytes) out.push(chunk);
      else stop('flood', `it printed more than ${program.maxOutputBytes} bytes`);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (errBytes < keptErrorBytes) err.push(chunk.subarray(0, keptErrorBytes - errBytes));
      errBytes += chunk.length;
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(program.input);

    const finish = (end: Pick<GroupedEnd, 'code' | 'signal'>): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      killGroup(child);
      child.stdout.destroy();
      child.stderr.destroy();
      child.stdin.destroy();
      resolve({
        ended: early?.ended ?? 'exit',
        ...end,
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: Buffer.concat(err).toString('utf8'),
        problem: early?.problem ?? (end.signal === null ? null : `it was ended by ${end.signal}`),
      });
    };
    child.once('error', (error) => {
      if (child.pid !== undefined) return;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      resolve(unstarted('unstarted', `it could not be started: ${messageOf(error)}`));
    });
    child.once('exit', (code, by) => {
      const drained = setTimeout(() => finish({ code, signal: by }), drainMs);
      child.once('close', () => {
        clearTimeout(drained);
        finish({ code, signal: by });
      });
    });
  });
}

function unstarted(ended: 'aborted' | 'unstarted', problem: string): GroupedEnd {
  return { ended, code: null, signal: null, stdout: '', stderr: '', problem };
}

/** The id of a group stays its own as long as a member lives; afterwards there is nobody to kill. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}
