import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import type { AgentSurroundings, CliProgram } from './cli-program.ts';

const defaultSystemFolders = ['/usr/local/bin', '/opt/homebrew/bin'];

/** Every `name` that PATH could mean, in its order. Relative entries are not followed: the daemon's folder is nobody's choice. */
export function programsOnPath(name: string, env: AgentSurroundings['env']): string[] {
  const folders = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  return [...new Set(folders)].map((folder) => join(folder, name));
}

/**
 * The places that installers use when PATH (a service manager's, say) does not name them: those of Claude's SDK
 * in its order, the program's own, then Homebrew, npm's global folder, and nvm's versions, newest first.
 */
export function fallbackPrograms(
  program: Pick<CliProgram, 'name' | 'folders'>,
  surroundings: AgentSurroundings,
): string[] {
  const { home, systemFolders = defaultSystemFolders } = surroundings;
  const folders = [
    join(home, '.npm-global/bin'),
    ...systemFolders.slice(0, 1),
    join(home, '.local/bin'),
    join(home, 'node_modules/.bin'),
    join(home, '.yarn/bin'),
    ...(program.folders?.(surroundings) ?? []),
    ...systemFolders.slice(1),
    ...npmGlobalFolders(surroundings),
    ...nvmFolders(surroundings),
  ];
  return [...new Set(folders)].map((folder) => join(folder, program.name));
}

/** Why a path cannot be run as a program, or undefined when it can. */
export function whyNotRunnable(path: string): 'not-found' | 'not-executable' | undefined {
  try {
    if (!statSync(path).isFile()) return 'not-executable';
  } catch {
    return 'not-found';
  }
  try {
    accessSync(path, constants.X_OK);
    return undefined;
  } catch {
    return 'not-executable';
  }
}

/** What `npm prefix -g` would say, without running npm: the environment, ~/.npmrc, else the folder above node's own. */
function npmGlobalFolders({ home, env, nodePath = process.execPath }: AgentSurroundings): string[] {
  const prefixes = [
    env['npm_config_prefix'],
    env['NPM_CONFIG_PREFIX'],
    npmrcPrefix(home, env),
    dirname(dirname(nodePath)),
  ];
  return prefixes.flatMap((prefix) =>
    prefix !== undefined && isAbsolute(prefix) ? [join(prefix, 'bin')] : [],
  );
}

function npmrcPrefix(home: string, env: AgentSurroundings['env']): string | undefined {
  const text = readText(env['NPM_CONFIG_USERCONFIG'] ?? join(home, '.npmrc'));
  const prefix = /^\s*prefix\s*=\s*(.*\S)/m.exec(text)?.[1]?.replace(/^(["'])(.*)\1$/, '$2');
  return prefix?.replace(/^~(?=\/)|\$\{HOME\}/, () => home);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function nvmFolders({ home, env }: AgentSurroundings): string[] {
  const versions = join(env['NVM_DIR'] ?? join(home, '.nvm'), 'versions/node');
  return listFolder(versions)
    .filter((name) => /^v\d+\.\d+\.\d+$/.test(name))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((name) => join(versions, name, 'bin'));
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
