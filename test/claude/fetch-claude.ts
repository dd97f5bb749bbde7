import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa, ExecaError } from 'execa';
import { messageOf } from '../../src/lib/errors.ts';

/** The version that this suite was written against. Another one may say things differently: that is what it is for. */
export const claudeVersion = '2.1.330';

/** Where the CLI lies, or why it cannot be had. */
export type FetchedClaude = { path: string } | { reason: string };

const installTimeoutMs = 10 * 60_000;
const probeTimeoutMs = 60_000;

/**
 * The pinned CLI from the npm registry, kept in `$XDG_CACHE_HOME/ninjad` (default `~/.cache/ninjad`) between runs.
 * No install script runs: the package for this platform carries the program itself.
 */
export async function fetchClaude(): Promise<FetchedClaude> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ninjad');
  const place = join(cache, `claude-code-${claudeVersion}`);
  try {
    if (programIn(place) === undefined) await install(place);
    const path = programIn(place);
    if (path === undefined)
      return { reason: `its package has no program for ${process.platform} ${process.arch}` };
    const { stdout } = await execa(path, ['--version'], { timeout: probeTimeoutMs, stdin: 'ignore' });
    return stdout.includes(claudeVersion) ? { path } : { reason: `${path} is another version: ${stdout}` };
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
async function install(place: string): Promise<void> {
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
    await execa(
      'npm',
      ['install', '--prefix', fresh, ...flags, `@anthropic-ai/claude-code@${claudeVersion}`],
      {
        timeout: installTimeoutMs,
        stdin: 'ignore',
      },
    );
    rmSync(place, { recursive: true, force: true });
    renameSync(fresh, place);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function programIn(place: string): string | undefined {
  const scope = join(place, 'node_modules', '@anthropic-ai');
  const packages = existsSync(scope)
    ? readdirSync(scope).filter((name) => name.startsWith('claude-code-'))
    : [];
  return packages.map((name) => join(scope, name, 'claude')).find((path) => existsSync(path));
}
