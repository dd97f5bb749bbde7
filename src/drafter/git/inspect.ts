import { statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { packagePath } from '../../lib/package-root.ts';
import type { Blocked } from '../sandbox/blocked.ts';
import { isDirty, withoutPrograms } from './owners-git.ts';
import { type Git, git, gitWords, tryGit, zeroSeparated } from './run-git.ts';

/** A repository that can be drafted from. */
export interface SourceRepository {
  path: string;
  /** Full hash of the commit that its HEAD names. */
  base: string;
  /** There is work in it that is not committed, which a draft does not know. */
  isDirty: boolean;
  isShallow: boolean;
}

const setFix = 'name a repository with drafter.repository (ninjad config set drafter.repository /path)';

/** The configured repository, or where this program was built from. */
export function repositoryPath(configured: string | null): string {
  return configured ?? packagePath();
}

/** Looks at the repository and changes nothing; says what is in the way of a draft where something is. */
export async function inspectRepository(
  plain: Git,
  path: string,
  maxBytes: number,
): Promise<SourceRepository | { blocked: Blocked }> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    return blocked(`there is no repository at ${path}`, setFix);
  const how = await withoutPrograms(plain, path);
  const top = await tryGit(how, path, [
    'rev-parse',
    '--is-bare-repository',
    '--is-shallow-repository',
    '--show-cdup',
  ]);
  if (top.code !== 0) return blocked(`${path} is no git repository: ${gitWords(top)}`, setFix);
  const [bare, shallow, up] = top.stdout.toString('utf8').split('\n');
  if (bare === 'false' && up !== '')
    return blocked(`${path} is a folder inside of a git repository, not the repository itself`, setFix);
  const head = await tryGit(how, path, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (head.code !== 0) return blocked(`${path} has no commit yet`, 'commit something there first');
  const base = head.stdout.toString('utf8').trim();
  const size = await sizeOf(how, path, base);
  if (size > maxBytes)
    return blocked(
      `${path} takes ${megabytes(size)} as a clone with its files, and a draft copies it several times: ${megabytes(maxBytes)} is the most, a quarter of drafter.maxMegabytes`,
      'raise drafter.maxMegabytes, or name a smaller repository',
    );
  const out = await linksOut(how, path, base);
  if (out.length > 0)
    return blocked(
      `${path} has ${out.length === 1 ? 'a symbolic link that leads' : `${out.length} symbolic links that lead`} out of it: ${out
        .slice(0, 3)
        .map((link) => JSON.stringify(link))
        .join(', ')}`,
      'take such links out of the repository: a draft holds to its own tree',
    );
  return {
    path,
    base,
    isDirty: bare === 'false' && (await isDirty(how, path)) !== undefined,
    isShallow: shallow === 'true',
  };
}

function blocked(reason: string, fix: string): { blocked: Blocked } {
  return { blocked: { reason, fix } };
}

/** Bytes of its objects twice (ours and the agent's clone), and of its files once for each clone that is checked out. */
async function sizeOf(how: Git, path: string, base: string): Promise<number> {
  const counted = await git(how, path, ['count-objects', '-v']);
  const kib = ['size', 'size-pack'].map((key) =>
    Number(new RegExp(`^${key}: (\\d+)$`, 'm').exec(counted)?.[1] ?? 0),
  );
  const listed = zeroSeparated(await git(how, path, ['ls-tree', '-r', '-l', '-z', base]));
  const files = listed.reduce((sum, line) => sum + (Number(line.split('\t')[0]?.split(/\s+/)[3]) || 0), 0);
  return kib.reduce((sum, each) => sum + each * 1024, 0) * 2 + files * 2;
}

/** Symbolic links of the commit whose target is absolute or above the top. */
async function linksOut(how: Git, path: string, base: string): Promise<string[]> {
  const listed = zeroSeparated(await git(how, path, ['ls-tree', '-r', '-z', base]));
  const links = listed.filter((line) => line.startsWith('120000 '));
  const found: string[] = [];
  for (const line of links) {
    const [meta = '', at = ''] = line.split('\t', 2);
    const target = await git(how, path, ['cat-file', 'blob', meta.split(' ')[2] ?? '']);
    if (leadsOut(at, target)) found.push(at);
  }
  return found;
}

/** Whether a symbolic link at that path of a tree leads out of the tree. */
export function leadsOut(at: string, target: string): boolean {
  const reached = normalize(join(dirname(at), target));
  return (
    target.startsWith('/') || reached === '..' || reached.startsWith('../') || /^\.git(?:\/|$)/i.test(reached)
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 ** 2).toLocaleString('en-US')} MB`;
}
