import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from '../workspace.ts';
import { type Bind, insideId, type SandboxView } from './flags.ts';
import { systemView } from './system-view.ts';

/** Places inside of the sandbox. */
export const insidePlaces = {
  /** The clone. Always the same, since sessions of the agent belong to a folder. */
  tree: '/draft/repository',
  home: '/home/draft',
  temporary: '/tmp',
  /** Our own copy of the repository, read-only. */
  base: '/draft/base.git',
  /** The proxy's socket. */
  socket: '/draft/api.sock',
  /** A prepared cache of packages. */
  cache: '/draft/cache',
} as const;

/** What one kind of run may see beside the system and its own places. */
export interface ViewOptions {
  /** The folder that stands as the clone. */
  tree: string;
  readOnly?: readonly Bind[];
  /** May the clone be written to? Default yes. */
  treeIsWritable?: boolean;
}

/** The view of a run: the read-only system, the clone, a HOME and a /tmp of its own, and what is named besides. */
export function viewOf(
  { home, temporary, etc }: Pick<Workspace, 'home' | 'temporary' | 'etc'>,
  { tree, readOnly = [], treeIsWritable = true }: ViewOptions,
): SandboxView {
  const system = systemView();
  const clone = { from: tree, to: insidePlaces.tree };
  return {
    readOnly: [
      ...system.readOnly,
      ...accountFiles.map((name) => ({ from: join(etc, name), to: `/etc/${name}` })),
      ...readOnly,
      ...(treeIsWritable ? [] : [clone]),
    ],
    links: system.links,
    writable: [
      { from: home, to: insidePlaces.home },
      { from: temporary, to: insidePlaces.temporary },
      ...(treeIsWritable ? [clone] : []),
    ],
    cwd: insidePlaces.tree,
  };
}

const accounts = {
  passwd: `draft:x:${insideId}:${insideId}::${insidePlaces.home}:/bin/sh\n`,
  group: `draft:x:${insideId}:\n`,
  hosts: '127.0.0.1 localhost\n::1 localhost\n',
};
const accountFiles = Object.keys(accounts);

/** Files of /etc that name nobody of this machine. */
export function writeAccountFiles(etc: string): void {
  mkdirSync(etc, { recursive: true });
  for (const [name, text] of Object.entries(accounts)) writeFileSync(join(etc, name), text);
}
