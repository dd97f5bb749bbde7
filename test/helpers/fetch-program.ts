import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa, ExecaError } from 'execa';
import { messageOf } from '../../src/lib/errors.ts';

/** A program on the npm registry that is too large to be a dependency. */
export interface PinnedProgram {
  /** What its folder in the cache is called, without the version. */
  name: string;
  version: string;
  /** What is installed, as npm is told. */
  spec: string;
  /** The paths at which the program may lie below the folder of the install. */
  paths: readonly string[];
}

/** Where a program lies, or why it cannot be had. */
export type FetchedProgram = { path: string } | { reason: string };

const installTimeoutMs = 10 * 60_000;
const probeTimeoutMs = 60_000;

/**
 * A pinned program from the npm registry, kept in `$XDG_CACHE_HOME/ninjad` (default `~/.cache/ninjad`) between runs.
 * No install script runs: each package carries its program itself.
 */
export async function fetchProgram({ name, version, spec, paths }: PinnedProgram): Promise<FetchedProgram> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ninjad');
  const place = join(cache, `${name}-${version}`);
  const found = () => paths.map((path) => join(place, path)).find((path) => existsSync(path));
  try {
    if (found() === undefined) await install(place, spec);
    const path = found();
    if (path === undefined)
      return { reason: `its package has no program for ${process.platform} ${process.arch}` };
    const { stdout } = await execa(path, ['--version'], { timeout: probeTimeoutMs, stdin: 'ignore' });
    return stdout.includes(version) ? { path } : { reason: `${path} is another version: ${stdout}` };
  } catch (thrown) {
    return { reason: firstWords(thrown) };
  }
}

/** npm says what is wrong on stderr, after lines that only say that it is npm's error. */
function firstWords(thrown: unknown): string {
  if (!(thrown instanceof ExecaError)) return messageOf(thrown);
  const lines = String(thrown.stderr).split('\n');
  return lines.find((line) => line.startsWith('npm error') && line.length > 30) ?? thrown.shortMessage;
}

/** An install that is broken off leaves nothing at the place itself. */
async function install(place: string, spec: string): Promise<void> {
  mkdirSync(dirname(place), { recursive: true });
  const fresh = mkdtempSync(`${place}.`);
  try {
    const flags = [
      '--no-save',
      '--no-package-lock',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      '--fetch-retries=1',
      '--fetch-retry-mintimeout=1000',
    ];
    await execa('npm', ['install', '--prefix', fresh, ...flags, spec], {
      timeout: installTimeoutMs,
      stdin: 'ignore',
    });
    rmSync(place, { recursive: true, force: true });
    renameSync(fresh, place);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
