import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { homePaths } from '../../src/lib/config/paths.ts';
import type { DaemonClient } from '../../src/client.ts';
import { createControlClient } from '../../src/faces/control/client.ts';
import type { Status } from '../../src/faces/status/status.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { killSurvivorsOf } from './survivors.ts';
import { tempDataHome } from './temp-database.ts';

const main = packagePath('dist', 'src', 'main.js');

/** How a command ended. */
export interface Ran {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** The real daemon, built, in a home of its own. */
export interface TestDaemon {
  home: string;
  fifo: string;
  client: DaemonClient;
  child: ChildProcess;
  /** What it has written to stderr so far. */
  log(): string;
  /** What it has written to stdout so far. */
  said(): string;
  status(): Promise<Status>;
  /** The rows of one SQL statement. */
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
  /** The single value that a statement selects. */
  value(sql: string): Promise<unknown>;
  ninjad(...args: string[]): Promise<Ran>;
  /** Writes bytes into the pipe as they are; blocks while it is full. */
  write(bytes: string | Buffer): void;
  kill(signal: NodeJS.Signals): Promise<Ran>;
}

export interface DaemonOptions {
  /** The home of an earlier daemon. */
  home?: string;
  env?: Record<string, string>;
  /** Settings for config.json. */
  config?: Record<string, unknown>;
  /** Do not wait until it takes events. */
  dontWait?: boolean;
  /** Nobody reads what it writes. */
  closeOutput?: boolean;
}

/** Seconds usually; a machine that does much else at once takes far longer. */
const readyWithinMs = 180_000;

const running = new Set<ChildProcess>();
const homes: string[] = [];

/** Ends what a test has started and removes its homes; register it after `leakGuard`, so that it runs before. */
export async function endDaemons({ keepHomes = false } = {}): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }),
  );
  running.clear();
  await Promise.all(homes.map(killSurvivorsOf));
  if (keepHomes) return;
  for (const home of homes.splice(0))
    rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

/** Removes a home that the test has made itself when its daemons are ended. */
export function forgetHome(home: string): void {
  homes.push(home);
}

/** A new home whose embedded database is migrated already, so that the first start takes a second and not ten. */
export async function newHome(config: Record<string, unknown> = {}): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'njd-'));
  homes.push(home);
  const data = await tempDataHome();
  mkdirSync(join(home, 'pg'), { mode: 0o700 });
  cpSync(join(data, 'data'), join(home, 'pg'), { recursive: true });
  rmSync(data, { recursive: true, force: true });
  writeFileSync(join(home, 'config.json'), JSON.stringify(config));
  return home;
}

/** Starts a daemon and waits until it takes events. */
export async function startDaemon(options: DaemonOptions = {}): Promise<TestDaemon> {
  const home = options.home ?? (await newHome(options.config));
  const env = environment(home, options.env);
  const child = spawn(process.execPath, [main, 'up'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let [log, said] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (log += chunk));
  if (options.closeOutput === true) for (const stream of [child.stdout, child.stderr]) stream.destroy();
  const paths = homePaths(home);
  const client: DaemonClient = createControlClient(paths.controlSocket);
  const daemon: TestDaemon = {
    home,
    fifo: paths.fifo,
    client,
    child,
    log: () => log,
    said: () => said,
    status: () => client.ask('status.get', {}),
    rows: async (sql) => (await client.ask('sql.run', { text: sql }))[0]?.rows ?? [],
    value: async (sql) => (await client.ask('sql.run', { text: sql }))[0]?.rows[0]?.[0],
    ninjad: (...args) => runNinjad(home, args, options.env),
    write(bytes) {
      const fd = openSync(paths.fifo, constants.O_WRONLY);
      try {
        const data = Buffer.from(bytes);
        for (let at = 0; at < data.length;) at += writeSync(fd, data, at);
      } finally {
        closeSync(fd);
      }
    },
    async kill(signal) {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        child.kill(signal);
        await gone;
      }
      return { code: child.exitCode, signal: child.signalCode, stdout: '', stderr: log };
    },
  };
  if (options.dontWait !== true) {
    await until(
      'the daemon is ready',
      async () => {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`the daemon ended:\n${log}`);
        return (await client.ask('status.get', {}).catch(() => undefined))?.ready === true;
      },
      readyWithinMs,
    ).catch((thrown: unknown) => {
      throw new Error(`${String(thrown)}\n${log}`);
    });
  }
  return daemon;
}

/** Runs one `ninjad` command to its end. */
export async function runNinjad(
  home: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [main, ...args], {
    env: environment(home, env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  await once(child, 'close');
  return { code: child.exitCode, signal: child.signalCode, stdout, stderr };
}

/** Waits until something holds; throws with its name when it does not within the limit. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 120_000,
): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  // To look often at what takes long would keep it from going on: most looks ask a daemon, and its database.
  let restMs = shortestRestMs;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    await delay(restMs);
    restMs = Math.min(longestRestMs, restMs * 1.5);
  }
}

const shortestRestMs = 20;
const longestRestMs = 250;

/** The pid of the daemon's embedded database. */
export function databasePid(daemon: TestDaemon): number | undefined {
  const pid = daemon.child.pid as number;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  const found = children.find((child) =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('pglite-child'),
  );
  return found === undefined ? undefined : Number(found);
}

/** Writers as processes of their own: each writes its lines in blocks below PIPE_BUF, all at once. */
export function startWriters(fifo: string, linesOfEach: readonly string[][]): Promise<void> {
  const script = `
    const fs = require('node:fs');
    const [fifo] = process.argv.slice(1);
    const lines = fs.readFileSync(0, 'utf8').split('\\n').filter(Boolean);
    const fd = fs.openSync(fifo, 'w');
    let block = '';
    const flush = () => { if (block) fs.writeSync(fd, block); block = ''; };
    for (const line of lines) { if (Buffer.byteLength(block + line) > 4000) flush(); block += line + '\\n'; }
    flush();`;
  return Promise.all(
    linesOfEach.map(async (lines) => {
      const writer = spawn(process.execPath, ['-e', script, fifo], { stdio: ['pipe', 'inherit', 'inherit'] });
      running.add(writer);
      writer.stdin.end(lines.join('\n'));
      await once(writer, 'exit');
      if (writer.exitCode !== 0)
        throw new Error(`a writer ended with ${writer.exitCode ?? writer.signalCode ?? ''}`);
    }),
  ).then(() => undefined);
}

function environment(home: string, extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/bin:/bin',
    HOME: home,
    LANG: 'C.UTF-8',
    NINJAD_HOME: home,
    NINJAD_PORT: '0',
    NINJAD_ALLOW_DOWNLOAD: 'false',
    // It would come and go between what a test does.
    NINJAD_STANDBY: '0',
    // Most tests need no encoder, and a process of 200 MB each is a lot for a machine that runs three at once.
    NINJAD_BUILT_IN: 'false',
    ...extra,
  };
}
