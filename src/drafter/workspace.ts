import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../lib/errors.ts';
import { removeTree } from './remove-tree.ts';

/** The temporary folder of one draft; only parts of it are shown inside of the sandbox. */
export interface Workspace {
  folder: string;
  /** Our own copy of the repository, which the agent can read and never write. */
  base: string;
  /** The agent's clone. */
  tree: string;
  home: string;
  temporary: string;
  /** Where the probe plants things that must not be seen. */
  planted: string;
  /** Where the tests run: a fresh clone for each run. */
  checks: string;
  /** Files of /etc as they are inside. */
  etc: string;
  /** The one bound socket. */
  socket: string;
  /** Takes all of it away, also what the agent has closed to us. */
  remove(): Promise<void>;
}

const prefix = 'ninjad-draft-';

/**
 * Makes the folder, private to this user, with a file that says whose it is. Should the daemon be killed, a small shell that
 * waits for its end removes the folder; should that be killed too, the next start does (`sweepWorkspaces`).
 */
export function createWorkspace(root: string, home: string): Workspace {
  const folder = realpathSync(mkdtempSync(join(root, prefix + markOf(home))));
  const owner = { home, pid: process.pid, startedAt: new Date().toISOString() };
  writeFileSync(join(folder, 'owner.json'), `${JSON.stringify(owner)}\n`, { mode: 0o600 });
  const at = (name: string): string => join(folder, name);
  for (const name of ['home', 'tmp', 'checks', 'etc']) mkdirSync(at(name), { mode: 0o700 });
  const forget = removeAfterDeath(folder);
  return {
    folder,
    base: at('base.git'),
    tree: at('tree'),
    home: at('home'),
    temporary: at('tmp'),
    planted: at('planted'),
    checks: at('checks'),
    etc: at('etc'),
    socket: at('api.sock'),
    async remove() {
      try {
        await removeTree(folder);
      } finally {
        forget();
      }
    },
  };
}

/** Removes what former lives of this home have left in those folders; returns what could not be removed, in words. */
export async function sweepWorkspaces(roots: readonly string[], home: string): Promise<string[]> {
  const problems: string[] = [];
  for (const root of new Set(roots))
    for (const name of namesIn(root)) {
      const folder = join(root, name);
      if (!name.startsWith(prefix + markOf(home)) || !isOurs(folder)) continue;
      await removeTree(folder).catch((thrown: unknown) => {
        problems.push(`${folder} could not be removed: ${messageOf(thrown)}`);
      });
    }
  return problems;
}

/** Where temporary folders may have been made, also by a life with another TMPDIR. */
export function temporaryRoots(configured: string | null): string[] {
  return [...(configured === null ? [] : [configured]), tmpdir(), '/tmp', '/var/tmp'];
}

/** The home is in the name, so that a folder without an owner file is known too. */
function markOf(home: string): string {
  return `${createHash('sha256').update(home).digest('hex').slice(0, 10)}-`;
}

function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const afterDeath =
  'cat >/dev/null; for again in 1 2 3 4 5; do chmod -R u+rwX "$1" 2>/dev/null; rm -rf "$1" && exit 0; sleep 1; done';

/** A shell that reads from us until we are gone; returns what ends it. */
function removeAfterDeath(folder: string): () => void {
  const shell = spawn('/bin/sh', ['-c', afterDeath, 'sh', folder], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  (shell.stdin as unknown as { unref?: () => void }).unref?.();
  return () => void shell.kill('SIGKILL');
}
