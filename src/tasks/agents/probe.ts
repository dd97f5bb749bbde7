import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../lib/errors.ts';
import { findMarked } from '../../lib/process/find-marked.ts';
import { identityOf } from '../../lib/process/identity.ts';
import { terminateFamily } from '../../lib/process/kill-family.ts';

/** What `--version` came to. */
export type ProbeResult = { ok: true; version: string } | { ok: false; reason: string };

export interface ProbeOptions {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  /** Variables that each run of the program gets. Default: none. */
  own?: Readonly<Record<string, string>>;
  /** How long the program may take to answer, in milliseconds. */
  deadlineMs: number;
}

const probeName = 'NINJAD_PROBE';
const maxOutputBytes = 16 * 1024;
const drainMs = 500;
const maxQuotedChars = 120;

/**
 * Runs `path --version` with a minimal environment and at most 16 KiB of output, and sees to it that nothing it
 * started stays behind. Never rejects: what went wrong is in `reason`.
 */
export async function probeAgent(path: string, options: ProbeOptions): Promise<ProbeResult> {
  const marker = { name: probeName, value: `${ownPrefix()}${randomUUID()}` };
  const child = spawn(path, ['--version'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...probeEnvironment(path, options), [marker.name]: marker.value },
  });
  const root = child.pid === undefined ? undefined : identityOf(child.pid);
  const result = await answerOf(child, options.deadlineMs);
  if (child.pid !== undefined) await terminateFamily({ root, marker, graceMs: 0 });
  return result;
}

/** Ends whatever a probe of this process is still at: a daemon that stops meanwhile leaves nobody. */
export async function endProbes(): Promise<void> {
  const values = new Set((await findMarked(probeName, ownPrefix())).map(({ value }) => value));
  await Promise.all(
    [...values].map((value) => terminateFamily({ marker: { name: probeName, value }, graceMs: 0 })),
  );
}

function ownPrefix(): string {
  return `${process.pid}:`;
}

/**
 * The PATH under which an agent at `path` should run: its own folder and our node's come first, since
 * a service manager's PATH has neither and a launcher begins with `#!/usr/bin/env node`.
 */
export function agentSearchPath(path: string, env: Readonly<Record<string, string | undefined>>): string {
  const inherited = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const standard = ['/usr/local/bin', '/usr/bin', '/bin'];
  return [...new Set([dirname(path), ...inherited, dirname(process.execPath), ...standard])].join(delimiter);
}

function probeEnvironment(path: string, { env, home, own }: ProbeOptions): Record<string, string> {
  return {
    ...own,
    PATH: agentSearchPath(path, env),
    HOME: home,
    LANG: env['LANG'] ?? 'C.UTF-8',
    DISABLE_AUTOUPDATER: '1',
  };
}

async function answerOf(child: ChildProcess, deadlineMs: number): Promise<ProbeResult> {
  const ended = new AbortController();
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  try {
    const late = sleep(deadlineMs, undefined, { signal: ended.signal });
    const exit = await Promise.race([once(child, 'exit') as Promise<[number | null, string | null]>, late]);
    if (exit === undefined)
      return { ok: false, reason: `it did not answer --version within ${deadlineMs} ms` };
    // The exit may overtake the last bytes, but a grandchild that keeps the pipe open must not hold us up.
    await Promise.race([stdout.drained, sleep(drainMs, undefined, { signal: ended.signal })]);
    const [code, signal] = exit;
    if (code === 0) return versionIn(stdout.text());
    return {
      ok: false,
      reason: quoting(`--version ended with ${signal ?? `exit code ${code}`}`, stderr.text()),
    };
  } catch (thrown) {
    return { ok: false, reason: messageOf(thrown) };
  } finally {
    ended.abort();
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

/** Keeps what a stream says up to the limit; then closes it, which ends a program that floods. */
function collect(stream: Readable | null) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream?.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxOutputBytes) stream.destroy();
  });
  stream?.on('error', () => {});
  return {
    text: () => Buffer.concat(chunks).toString('utf8', 0, maxOutputBytes),
    drained: stream === null ? Promise.resolve() : new Promise((resolve) => stream.once('close', resolve)),
  };
}

function versionIn(output: string): ProbeResult {
  const version = /\d+\.\d+[\w.+-]*/.exec(output)?.[0];
  if (version !== undefined) return { ok: true, version: version.slice(0, maxQuotedChars) };
  return { ok: false, reason: quoting('--version named no version', output) };
}

function quoting(reason: string, output: string): string {
  const quote = output.trim().replaceAll(/\s+/g, ' ').slice(0, maxQuotedChars);
  return quote === '' ? reason : `${reason}: ${quote}`;
}
