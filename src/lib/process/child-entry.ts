import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A command line, ready for spawn: no shell, no quoting. */
export interface ChildEntry {
  command: string;
  args: string[];
}

/**
 * The command that runs an entry file of ours as a child process, from wherever it is called.
 * Beside a compiled file it is `node …/x-child.js`; from source it is `node --import tsx …/x-child.ts`,
 * with tsx by its full address, so that the child's working directory does not matter.
 * Append the child's own arguments to `args`.
 *
 * @example childEntry(import.meta.url, './pglite-child.ts')
 */
export function childEntry(metaUrl: string, relativeTs: `./${string}.ts` | `../${string}.ts`): ChildEntry {
  const fromSource = new URL(metaUrl).pathname.endsWith('.ts');
  const entryUrl = new URL(fromSource ? relativeTs : relativeTs.replace(/\.ts$/, '.js'), metaUrl);
  const loader = fromSource ? ['--import', tsxUrl()] : [];
  return { command: process.execPath, args: [...loader, fileURLToPath(entryUrl)] };
}

function tsxUrl(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
}
