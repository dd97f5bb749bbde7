import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { UsageError } from '../../lib/errors.ts';

const run = promisify(execFile);

/** The checkout that the owner means: the named one, this one where it has the base of the draft, else that of the draft. */
export async function checkoutFor({
  named,
  base,
  repository,
}: {
  named: string | undefined;
  base: string;
  repository: string | null;
}): Promise<string> {
  if (named !== undefined) return (await topOf(resolve(named))) ?? resolve(named);
  const here = await topOf(process.cwd());
  if (here !== undefined && (await says(here, ['cat-file', '-e', `${base}^{commit}`])) !== undefined)
    return here;
  if (repository !== null) return repository;
  throw new UsageError('this folder is no checkout of what was drafted: name one with --checkout');
}

async function topOf(folder: string): Promise<string | undefined> {
  const top = (await says(folder, ['rev-parse', '--show-toplevel']))?.replace(/\n$/, '');
  return top === '' ? undefined : top;
}

/** What git says there; undefined where it fails, or there is none. */
async function says(folder: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await run('git', ['-C', folder, ...args])).stdout;
  } catch {
    return undefined;
  }
}
