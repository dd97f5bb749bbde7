import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramEnd, ProgramRunner } from '../../lib/process/run-program.ts';
import { enterSandbox } from '../sandbox/enter.ts';
import { insidePlaces, viewOf } from '../sandbox/views.ts';
import type { Workspace } from '../workspace.ts';
import { gitEnvironment, hardenedGit } from './hardened.ts';
import { leadsOut } from './inspect.ts';
import { zeroSeparated } from './run-git.ts';

/** One file of a patch as git counts it. */
export interface PatchedFile {
  path: string;
  status: 'added' | 'changed' | 'deleted';
  additions: number;
  deletions: number;
  /** Modes as git writes them, such as 100755; all zero where there is none. */
  oldMode: string;
  newMode: string;
}

/** What the agent has made of its clone, or why that is no patch. */
export type TakenPatch = { patch: string; files: PatchedFile[]; leftOut: string[] } | { refused: string };

export interface PatchDeps {
  programs: ProgramRunner;
  bwrap: string;
  workspace: Workspace;
  base: string;
  /** Bytes of the patch. */
  maxBytes: number;
  maxFileBytes: number;
}

const maxPatchFiles = 2_000;
const stepMs = 120_000;
const objects = '/draft/objects';
const configAt = '/draft/gitconfig';
/** Sandboxes of other tools leave these behind, empty and read-only. */
const leftovers =
  /^(?:\.bashrc|\.bash_profile|\.profile|\.zshrc|\.zprofile|\.gitconfig|\.gitmodules|\.mcp\.json|\.ripgreprc|\.vscode|\.idea|\.claude(?:\/.+)?)$/;
const emptyBlob = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';

/**
 * Takes the patch by a fresh index against our own copy of the repository: the agent's own .git, with whatever it has come to
 * hold, is not looked at. Git runs inside of the sandbox, since the files that it reads are the agent's.
 */
export async function takePatch(deps: PatchDeps, signal: AbortSignal): Promise<TakenPatch> {
  const run = gitInside(deps, signal);
  const added = await run(
    // Installed packages are nobody's work, also where nothing ignores them.
    `git read-tree "$1" && git add --all -- . ':(exclude,top,glob)**/node_modules/**' && git write-tree`,
  );
  if (added.code !== 0) return { refused: `its files cannot be read: ${words(added)}` };
  let tree = added.stdout.toString('utf8').trim();
  const listed = await listChanges(run, tree);
  if ('refused' in listed) return listed;
  const leftOut = listed.filter(isLeftover).map(({ path }) => path);
  if (leftOut.length > 0) tree = await withoutPaths(run, leftOut);
  const changes = listed.filter((change) => !isLeftover(change));
  const problem = problemOf(changes) ?? (await emptied(run, tree));
  if (problem !== undefined) return { refused: problem };
  const out = await linksOut(run, changes);
  if (out !== undefined) return { refused: out };
  const counted = await run('git diff-tree -r -z --no-renames --numstat "$1" "$2"', tree);
  const files = withCounts(changes, counted.stdout.toString('utf8'));
  if ('refused' in files) return files;
  const diff = await run(
    'git diff-tree -r -p --no-renames --full-index --no-ext-diff --no-textconv --src-prefix=a/ --dst-prefix=b/ "$1" "$2"',
    tree,
    { maxOutputBytes: deps.maxBytes },
  );
  if (diff.ended === 'flood')
    return { refused: `the patch is over ${Math.round(deps.maxBytes / 1024 ** 2)} MB` };
  if (diff.code !== 0) return { refused: `the patch cannot be written: ${words(diff)}` };
  const patch = diff.stdout.toString('utf8');
  if (!Buffer.from(patch).equals(diff.stdout)) return { refused: 'the patch holds text that is not UTF-8' };
  return { patch, files, leftOut };
}

type RunInside = (
  script: string,
  tree?: string,
  more?: { maxOutputBytes?: number; paths?: readonly string[] },
) => Promise<ProgramEnd>;

function gitInside(deps: PatchDeps, signal: AbortSignal): RunInside {
  const { programs, bwrap, workspace, base, maxFileBytes } = deps;
  const store = join(workspace.folder, 'objects');
  mkdirSync(store, { recursive: true, mode: 0o700 });
  hardenedGit(workspace.folder);
  const view = viewOf(workspace, {
    tree: workspace.tree,
    treeIsWritable: false,
    readOnly: [
      { from: workspace.base, to: insidePlaces.base },
      { from: join(workspace.folder, 'gitconfig'), to: configAt },
    ],
  });
  const own = { ...view, writable: [...view.writable, { from: store, to: objects }] };
  const env = {
    ...gitEnvironment(configAt),
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: '/nowhere',
    GIT_DIR: insidePlaces.base,
    GIT_WORK_TREE: insidePlaces.tree,
    GIT_INDEX_FILE: `${objects}/index`,
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: `${insidePlaces.base}/objects`,
  };
  return (script, tree = '', { maxOutputBytes = 16 * 1024 * 1024, paths = [] } = {}) => {
    const inside = { command: '/bin/sh', args: ['-c', script, 'sh', base, tree, ...paths], env };
    const entered = enterSandbox(bwrap, own, inside, { maxFileBytes });
    return programs.run({ ...entered, cwd: workspace.folder, timeoutMs: stepMs, maxOutputBytes }, signal);
  };
}

async function listChanges(run: RunInside, tree: string): Promise<Change[] | { refused: string }> {
  const raw = await run('git diff-tree -r -z --no-renames --abbrev=40 "$1" "$2"', tree);
  if (raw.code !== 0) return { refused: `its changes cannot be listed: ${words(raw)}` };
  return readRaw(raw.stdout.toString('utf8'));
}

function isLeftover({ path, oldMode, newBlob }: Change): boolean {
  return oldMode === '000000' && newBlob === emptyBlob && leftovers.test(path);
}

async function withoutPaths(run: RunInside, paths: readonly string[]): Promise<string> {
  const script = 'shift 2; git update-index --force-remove -- "$@" && git write-tree';
  return (await run(script, '', { paths })).stdout.toString('utf8').trim();
}

interface Change {
  path: string;
  oldMode: string;
  newMode: string;
  newBlob: string;
}

/** `:100644 100755 OLD NEW M\0PATH\0…` */
function readRaw(output: string): Change[] {
  const parts = output.split('\0');
  const changes: Change[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [oldMode = '', newMode = '', , newBlob = ''] = (parts[at] ?? '').slice(1).split(' ');
    changes.push({ path: parts[at + 1] ?? '', oldMode, newMode, newBlob });
  }
  return changes;
}

function problemOf(changes: readonly Change[]): string | undefined {
  if (changes.length === 0) return 'the draft changes nothing';
  if (changes.length > maxPatchFiles)
    return `the draft changes ${changes.length} files, and ${maxPatchFiles} are the most`;
  const nested = changes.find(({ newMode }) => newMode === '160000');
  if (nested !== undefined) return `the draft has a repository of its own at ${quote(nested.path)}`;
  const unprintable = changes.find(({ path }) => path.includes('\uFFFD'));
  if (unprintable !== undefined) return `the name ${quote(unprintable.path)} is not UTF-8`;
  return undefined;
}

/** An agent that has taken everything away has drafted nothing. */
async function emptied(run: RunInside, tree: string): Promise<string | undefined> {
  const left = await run('git ls-tree "$2" | head -n 1', tree);
  return left.stdout.length === 0 ? 'the draft takes every file away' : undefined;
}

async function linksOut(run: RunInside, changes: readonly Change[]): Promise<string | undefined> {
  for (const { path, newMode, newBlob } of changes) {
    if (newMode !== '120000') continue;
    const target = (await run('git cat-file blob "$2"', newBlob)).stdout.toString('utf8');
    if (leadsOut(path, target)) return `the draft has a symbolic link out of its tree at ${quote(path)}`;
  }
  return undefined;
}

function withCounts(changes: readonly Change[], output: string): PatchedFile[] | { refused: string } {
  const counts = new Map<string, [string, string]>();
  for (const line of zeroSeparated(output)) {
    const [additions = '', deletions = '', ...path] = line.split('\t');
    counts.set(path.join('\t'), [additions, deletions]);
  }
  const files: PatchedFile[] = [];
  for (const { path, oldMode, newMode } of changes) {
    const [additions, deletions] = counts.get(path) ?? ['0', '0'];
    if (additions === '-') return { refused: `the draft changes a binary file: ${quote(path)}` };
    const status = oldMode === '000000' ? 'added' : newMode === '000000' ? 'deleted' : 'changed';
    files.push({
      path,
      status,
      additions: Number(additions),
      deletions: Number(deletions),
      oldMode,
      newMode,
    });
  }
  return files;
}

function words({ stderr, problem, code }: ProgramEnd): string {
  const said = stderr.toString('utf8').trim().replaceAll(/\s+/g, ' ').slice(0, 500);
  return said !== '' ? said : (problem ?? `it exited with status ${code}`);
}

function quote(path: string): string {
  return JSON.stringify(path);
}
