import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDirty, withoutPrograms } from './owners-git.ts';
import { type Git, git, gitWords, tryGit } from './run-git.ts';

/** What became of a draft that the owner wants in their checkout. */
export type Applied = { kind: 'applied'; branch: string } | { kind: 'refused'; reason: string };

/** Whether a patch still fits a repository. */
export type Standing = { kind: 'applies' } | { kind: 'stale'; reason: string };

const shortChars = 12;

/**
 * Whether the patch applies to what the repository's HEAD names now. Nothing of the repository is written to: the index is
 * one in `folder`, a temporary folder of ours, and `--check` makes no objects.
 */
export async function patchStands(
  plain: Git,
  folder: string,
  { path, base, patch }: { path: string; base: string; patch: string },
): Promise<Standing> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    return { kind: 'stale', reason: `there is no repository at ${path}` };
  const how = await withoutPrograms(plain, path);
  const head = await commitOf(how, path, 'HEAD');
  if (head === undefined) return { kind: 'stale', reason: `${path} has no commit that HEAD names` };
  const tried = await tryOn(withIndex(how, folder), folder, path, { commit: head, patch });
  if (tried === undefined) return { kind: 'applies' };
  const moved =
    head === base
      ? ''
      : ` since the draft was made (${base.slice(0, shortChars)} is now ${head.slice(0, shortChars)})`;
  return { kind: 'stale', reason: `the patch does not apply to ${path} any more${moved}: ${tried}` };
}

/**
 * Makes the branch `ninjad/wish-ID` in the owner's checkout, one commit on top of its HEAD. Files, index, HEAD and the branch
 * that is checked out stay as they are. Refused on a checkout with anything uncommitted, and where the branch is there already
 * with something else.
 */
export async function applyDraft(
  plain: Git,
  folder: string,
  { checkout, wishId, base, patch }: { checkout: string; wishId: number; base: string; patch: string },
): Promise<Applied> {
  const branch = `ninjad/wish-${wishId}`;
  if (statSync(checkout, { throwIfNoEntry: false })?.isDirectory() !== true)
    return refused(`there is no checkout at ${checkout}`);
  const how = await withoutPrograms(plain, checkout);
  const top = await tryGit(how, checkout, ['rev-parse', '--is-inside-work-tree', '--show-cdup']);
  if (top.code !== 0) return refused(`${checkout} is no git repository: ${gitWords(top)}`);
  const [inside, up] = top.stdout.toString('utf8').split('\n');
  if (inside !== 'true') return refused(`${checkout} is a bare repository: apply it to a checkout`);
  if (up !== '') return refused(`${checkout} is a folder inside of a checkout, not the checkout itself`);
  const dirt = await isDirty(how, checkout);
  if (dirt !== undefined)
    return refused(`${checkout} is not clean (${dirt}): commit or put away what is there first`);
  if ((await commitOf(how, checkout, base)) === undefined)
    return refused(`${checkout} does not have the commit ${base.slice(0, shortChars)} that was drafted from`);
  const head = await commitOf(how, checkout, 'HEAD');
  if (head === undefined) return refused(`${checkout} has no commit yet`);
  const indexed = withIndex(how, folder);
  const problem = await tryOn(indexed, folder, checkout, { commit: head, patch });
  if (problem !== undefined)
    return refused(`the draft does not apply to ${head.slice(0, shortChars)} any more: ${problem}`);
  return makeBranch(how, indexed, { folder, checkout, wishId, head, branch });
}

interface BranchInput {
  folder: string;
  checkout: string;
  wishId: number;
  head: string;
  branch: string;
}

/** The objects go into the owner's repository: a branch is made of them. */
async function makeBranch(how: Git, indexed: Git, input: BranchInput): Promise<Applied> {
  const { folder, checkout, wishId, head, branch } = input;
  await git(indexed, checkout, ['read-tree', head]);
  await git(indexed, checkout, ['apply', '--cached', '--whitespace=nowarn', patchFile(folder)]);
  const tree = (await git(indexed, checkout, ['write-tree'])).trim();
  const existing = await commitOf(how, checkout, `refs/heads/${branch}`);
  if (existing !== undefined) {
    const there = (await git(how, checkout, ['rev-parse', `${existing}^{tree}`])).trim();
    return there === tree
      ? { kind: 'applied', branch }
      : refused(`the branch ${branch} is there already, with something else: rename or delete it first`);
  }
  const message = `Apply the draft of wish ${wishId}\n\nDrafted by ninjad and applied by the owner.`;
  const commit = (await git(how, checkout, ['commit-tree', '-p', head, '-m', message, tree])).trim();
  const made = await tryGit(how, checkout, [
    'update-ref',
    `refs/heads/${branch}`,
    commit,
    '0'.repeat(head.length),
  ]);
  return made.code === 0
    ? { kind: 'applied', branch }
    : refused(`the branch ${branch} could not be made: ${gitWords(made)}`);
}

/** The same git with an index of its own. */
function withIndex(how: Git, folder: string): Git {
  return { ...how, env: { ...how.env, GIT_INDEX_FILE: join(folder, 'index') } };
}

/** Applies a patch to a commit in the index alone; undefined where it fits, else why not. */
async function tryOn(
  how: Git,
  folder: string,
  path: string,
  { commit, patch }: { commit: string; patch: string },
): Promise<string | undefined> {
  writeFileSync(patchFile(folder), patch, { mode: 0o600 });
  const read = await tryGit(how, path, ['read-tree', commit]);
  if (read.code !== 0) return gitWords(read);
  const checked = await tryGit(how, path, [
    'apply',
    '--cached',
    '--check',
    '--whitespace=nowarn',
    patchFile(folder),
  ]);
  return checked.code === 0 ? undefined : gitWords(checked);
}

function patchFile(folder: string): string {
  return join(folder, 'apply.patch');
}

async function commitOf(how: Git, path: string, name: string): Promise<string | undefined> {
  const end = await tryGit(how, path, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
  return end.code === 0 ? end.stdout.toString('utf8').trim() : undefined;
}

function refused(reason: string): Applied {
  return { kind: 'refused', reason };
}
