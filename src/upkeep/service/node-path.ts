import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../lib/package-root.ts';

/** The node that a service runs, which has to be there after an upgrade of it too. */
export interface NodeChoice {
  path: string;
  /** The manager whose folder of one version holds the node that runs us, such as `nvm`; null where it lies in no such folder. */
  manager: string | null;
  /** True where the path outlives an upgrade of node. */
  isStable: boolean;
  /** One sentence for people: what was chosen and why; null where there is nothing to say. */
  says: string | null;
}

/** What is asked about the machine; for tests. */
export interface NodeLook {
  exists: (path: string) => boolean;
  /** The version of the node at a path, such as `20.20.2`; undefined where it cannot be run. */
  versionOf: (path: string) => string | undefined;
}

/** A manager of node versions: how its folders of one version look, and where it has one for all of them. */
interface Manager {
  name: string;
  /** Matches the path of a node of one version. */
  versioned: RegExp;
  /** Paths that stay; from the match. */
  stable: (match: RegExpExecArray) => string[];
}

const managers: readonly Manager[] = [
  { name: 'nvm', versioned: /^(.*\/\.?nvm)\/versions\/node\/v[^/]+\/bin\/node$/, stable: () => [] },
  {
    name: 'fnm',
    versioned: /^(.*\/\.?fnm)\/node-versions\/v[^/]+\/installation\/bin\/node$/,
    stable: ([, root = '']) => [join(root, 'aliases/default/bin/node')],
  },
  { name: 'fnm', versioned: /^.*\/fnm_multishells\/[^/]+\/bin\/node$/, stable: () => [] },
  {
    name: 'Homebrew',
    versioned: /^(.*)\/Cellar\/(node(?:@\d+)?)\/[^/]+\/bin\/node$/,
    stable: ([, root = '', formula = '']) => [join(root, 'opt', formula, 'bin/node'), join(root, 'bin/node')],
  },
  {
    name: 'Volta',
    versioned: /^(.*\/\.volta)\/tools\/image\/node\/[^/]+\/bin\/node$/,
    stable: ([, root = '']) => [join(root, 'bin/node')],
  },
  {
    name: 'mise',
    versioned: /^(.*\/mise\/installs\/node)\/(\d+)[^/]*\/bin\/node$/,
    stable: ([, root = '', major = '']) => [
      join(root, major, 'bin/node'),
      join(root, 'lts/bin/node'),
      join(root, 'latest/bin/node'),
    ],
  },
  { name: 'asdf', versioned: /^(.*\/\.asdf)\/installs\/nodejs\/[^/]+\/bin\/node$/, stable: () => [] },
  { name: 'nodenv', versioned: /^(.*\/\.nodenv)\/versions\/[^/]+\/bin\/node$/, stable: () => [] },
  {
    name: 'snap',
    versioned: /^\/snap\/node\/\d+\/bin\/node$/,
    stable: () => ['/snap/node/current/bin/node'],
  },
  {
    name: 'n',
    versioned: /^(.*)\/n\/versions\/node\/[^/]+\/bin\/node$/,
    stable: ([, root = '']) => [join(root, 'bin/node')],
  },
];

/** Where a node lies that the machine's own packages put there. */
const ownNodes = ['/usr/bin/node', '/usr/local/bin/node', '/opt/homebrew/bin/node'];

/**
 * The node for a unit: a folder of one version is gone after an upgrade, and the service with it (status 203/EXEC). So the path
 * that the manager keeps is taken where it has one, else a node of the machine's own that is new enough, else, said so, what runs us.
 */
export function stableNode(running: string = process.execPath, look: NodeLook = realLook): NodeChoice {
  const manager = managerOf(running);
  if (manager === undefined) return { path: running, manager: null, isStable: true, says: null };
  const serves = (path: string): boolean => look.exists(path) && isNewEnough(look.versionOf(path));
  const kept = manager.stable.find(serves);
  const { name } = manager;
  if (kept !== undefined)
    return {
      path: kept,
      manager: name,
      isStable: true,
      says: `${running} is the folder of one version of ${name}: the service runs ${kept}, which stays`,
    };
  const own = ownNodes.find(serves);
  if (own !== undefined)
    return {
      path: own,
      manager: name,
      isStable: true,
      says: `${running} is the folder of one version of ${name}: the service runs ${own} instead, which stays`,
    };
  return {
    path: running,
    manager: name,
    isStable: false,
    says: `${running} is the folder of one version of ${name}, and there is no other node: when that version goes, run ninjad service install again`,
  };
}

/** The manager in whose folder of one version a file lies, and the paths that stay in its place. */
export function managerOf(path: string): { name: string; stable: string[] } | undefined {
  for (const { name, versioned, stable } of managers) {
    const match = versioned.exec(path);
    if (match !== null) return { name, stable: stable(match) };
  }
  return undefined;
}

/** Whether that version of node runs this package. */
export function isNewEnough(version: string | undefined): boolean {
  const { engines } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as {
    engines: { node: string };
  };
  const least = engines.node.replace(/^>=/, '');
  return version !== undefined && version.localeCompare(least, 'en', { numeric: true }) >= 0;
}

const versionMs = 5_000;

/** The machine as it is. */
export const realLook: NodeLook = {
  exists: existsSync,
  versionOf(path) {
    const { status, stdout } = spawnSync(path, ['-p', 'process.versions.node'], {
      encoding: 'utf8',
      timeout: versionMs,
      env: { PATH: '/usr/bin:/bin' },
    });
    return status === 0 ? stdout.trim() : undefined;
  },
};

/** Why the place of the script is none for a service: npx and its like clear it some day; undefined where it is. */
export function passingPlace(script: string): string | undefined {
  return /\/_npx\/|\/_cacache\/|\/pnpm\/dlx/.test(script)
    ? `${script} lies in a cache that is cleared some day: run npm install --global ninjad first`
    : undefined;
}
