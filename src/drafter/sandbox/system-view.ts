import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagePath } from '../../lib/package-root.ts';
import type { Bind, SandboxView } from './flags.ts';

const systemFolders = ['/usr', '/nix/store'];
const linkedFolders = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** What programs read below /etc; no keys, no passwords, nothing of accounts. */
const systemFiles = [
  '/etc/alternatives',
  '/etc/ca-certificates',
  '/etc/fonts',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/localtime',
  '/etc/mime.types',
  '/etc/nsswitch.conf',
  '/etc/pki/ca-trust/extracted',
  '/etc/pki/tls/certs',
  '/etc/protocols',
  '/etc/services',
  '/etc/ssl/certs',
  '/etc/ssl/openssl.cnf',
  '/etc/timezone',
];

/** The read-only system as it is on this machine: its programs and libraries, and what they read below /etc. */
export function systemView(): Pick<SandboxView, 'readOnly' | 'links'> {
  const linked = linkedFolders.filter((folder) => existsSync(folder));
  const links = linked.filter((folder) => lstatSync(folder).isSymbolicLink());
  const folders = [...systemFolders, ...linked.filter((folder) => !links.includes(folder))];
  return {
    readOnly: [...folders, ...systemFiles].filter((path) => existsSync(path)).map(same),
    links: links.map((at) => ({ at, target: readlinkSync(at) })),
  };
}

/**
 * What has to be seen for a program to run: itself, or the installed packages that it is a part of. A link is shown where it
 * stands and where it leads to. Our own entry files come with the package.json that says how they are read.
 */
export function programView(paths: readonly string[]): Bind[] {
  const shown = paths.flatMap((path) => placesOf(path));
  return [...new Set(shown)].filter((path) => existsSync(path) && !isInSystem(path)).map(same);
}

/** Paths in a command line of ours: entry files and their loader. */
export function pathsIn(args: readonly string[]): string[] {
  return args
    .map((arg) => (arg.startsWith('file://') ? fileURLToPath(arg) : arg))
    .filter((arg) => arg.startsWith('/') && existsSync(arg));
}

/** The folders of a search path that can be seen inside, by `shown` or as a part of the system. */
export function visiblePath(searchPath: string, shown: readonly Bind[]): string {
  const folders = searchPath.split(delimiter).filter((folder) => folder.startsWith('/'));
  const visible = folders.filter((folder) => isInSystem(folder) || shown.some(({ to }) => holds(to, folder)));
  return [...new Set([...visible, '/usr/local/bin', '/usr/bin', '/bin'])].join(delimiter);
}

function placesOf(path: string): string[] {
  const real = realpathOr(path);
  const own = real.startsWith(packagePath() + sep) ? [packagePath('package.json')] : [];
  return [path, ...wholeOf(real), ...own];
}

/** Below a node_modules, all of it; a node in a folder of its own, that folder: its npm stands beside it. */
function wholeOf(real: string): string[] {
  const modules = real.indexOf(`${sep}node_modules${sep}`);
  if (modules >= 0) return [real.slice(0, modules + `${sep}node_modules`.length)];
  const prefix = dirname(dirname(real));
  const isNode = real === realpathOr(process.execPath) && existsSync(join(prefix, 'include', 'node'));
  return isNode ? [prefix] : [real];
}

function realpathOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isInSystem(path: string): boolean {
  return [...systemFolders, ...linkedFolders].some((folder) => holds(folder, path));
}

function holds(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

function same(path: string): Bind {
  return { from: path, to: path };
}
