import { join } from 'node:path';
import type { Workspace } from '../workspace.ts';
import type { SourceRepository } from './inspect.ts';
import { type Git, git } from './run-git.ts';

/** A bare name for the one branch of a clone. */
const branch = 'draft';
const cloneFlags = ['--quiet', '--no-hardlinks', '--no-recurse-submodules', '--no-tags', '--template='];

/**
 * Copies the repository twice, all of it and without a link to it: once bare, for us alone, then from there for the agent. The
 * agent's copy names no other repository.
 */
export async function cloneRepository(
  how: Git,
  { path, base }: SourceRepository,
  workspace: Pick<Workspace, 'folder' | 'base' | 'tree'>,
): Promise<void> {
  await git(how, workspace.folder, ['clone', ...cloneFlags, '--bare', '--', path, workspace.base]);
  await git(how, workspace.base, ['remote', 'remove', 'origin']);
  await git(how, workspace.base, ['update-ref', '--no-deref', 'HEAD', base]);
  await checkOut(how, workspace.base, base, workspace.tree);
}

/** A fresh clone of our own copy at its base, checked out. */
export async function checkOut(how: Git, from: string, base: string, to: string): Promise<void> {
  await git(how, join(to, '..'), ['clone', ...cloneFlags, '--no-checkout', '--', from, to]);
  await git(how, to, ['remote', 'remove', 'origin']);
  await git(how, to, ['checkout', '--quiet', '--force', '-B', branch, base]);
}
