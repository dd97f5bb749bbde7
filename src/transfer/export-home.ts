import { existsSync } from 'node:fs';
import {
  appendFile,
  cp,
  type FileHandle,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { HomePaths } from '../lib/config/paths.ts';
import { ConflictError } from '../lib/errors.ts';
import { ownValue } from '../lib/own-value.ts';
import type { Ask } from '../lib/operations/ask.ts';
import { packageVersion } from '../lib/version.ts';
import type { ExportedTurn } from './conversations.ts';
import type { ExportedRow } from './home-part.ts';
import { fileNameOf, memoryMarkdown, turnMarkdown } from './markdown.ts';
import type { transferOperations } from './operations.ts';
import { homeParts } from './parts.ts';

/** The newest form of exports that this program reads and the one that it writes. */
export const exportFormat = 1;
/** Says what a folder is. */
export const exportFile = 'ninjad-export.json';

export interface ExportOptions {
  ask: Ask<typeof transferOperations>;
  paths: Pick<HomePaths, 'home' | 'sensors' | 'work' | 'attachments'>;
  /** A folder that is not there yet, or empty. */
  into: string;
  /** Settings that are not at their default, without secrets that were not asked for. */
  settings: Readonly<Record<string, unknown>>;
  /** Names of the secret settings that are left out. */
  hidden: readonly string[];
  /** Notes that are no memories yet. */
  waiting: number;
  now: () => Date;
  /** Told after each page. */
  progress: (part: string, rows: number) => void;
}

/** What an export says of itself. */
export interface ExportView {
  format: number;
  program: string;
  at: string;
  home: string;
  /** Rows by part. */
  counts: Record<string, number>;
  /** What is not in it, and why. */
  leftOut: string[];
}

/** Folders of the home that are the owner's, and their names in an export. */
export const exportedFolders = { sensors: 'sensors', work: 'work', attachments: 'attachments' } as const;

/**
 * Writes all that is the owner's into a folder: JSON lines for programs, Markdown for people, the settings without secrets unless
 * they are given. It is made beside and named when it is whole.
 */
export async function exportHome(options: ExportOptions): Promise<{ path: string } & ExportView> {
  const path = resolve(options.into);
  if (existsSync(path) && (await readdir(path)).length > 0)
    throw new ConflictError(`${path} is not empty: name a folder that is not there yet`);
  await mkdir(dirname(path), { recursive: true });
  const folder = await mkdtemp(join(dirname(path), `.${basename(path)}.partial-`));
  try {
    const view = await fill(folder, options);
    if (existsSync(path)) await rm(path, { recursive: true });
    await rename(folder, path);
    return { path, ...view };
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    throw thrown;
  }
}

async function fill(folder: string, options: ExportOptions): Promise<ExportView> {
  const { ask, paths, settings, hidden, waiting, now, progress } = options;
  const counts = new Map<string, number>();
  const readers = createReaders(folder);
  for (const { name } of homeParts) {
    const file = await open(join(folder, `${name}.jsonl`), 'wx', 0o600);
    try {
      counts.set(name, await writePart(file, { name, ask, progress, read: readers.get(name) }));
    } finally {
      await file.close();
    }
  }
  const leftOut = ['memories: vectors and the graph are made anew from the text'];
  if (waiting > 0) leftOut.push(`memories that are not prepared yet: ${waiting}`);
  if (hidden.length > 0) leftOut.push(`secret settings (--with-secrets): ${hidden.join(', ')}`);
  await writeFile(join(folder, 'config.json'), json(settings), { mode: 0o600 });
  for (const [key, name] of Object.entries(exportedFolders)) {
    const from = paths[key as keyof typeof exportedFolders];
    if (existsSync(from)) await copyFolder(from, join(folder, name), leftOut);
  }
  const view: ExportView = {
    format: exportFormat,
    program: packageVersion(),
    at: now().toISOString(),
    home: paths.home,
    counts: Object.fromEntries(counts),
    leftOut,
  };
  await writeFile(join(folder, 'README.md'), readmeOf(view), { mode: 0o600 });
  await writeFile(join(folder, exportFile), json(view), { mode: 0o600 });
  return view;
}

interface WriteOptions extends Pick<ExportOptions, 'ask' | 'progress'> {
  name: string;
  read: ((rows: readonly ExportedRow[]) => Promise<void>) | undefined;
}

async function writePart(file: FileHandle, { name, ask, progress, read }: WriteOptions): Promise<number> {
  let count = 0;
  for (let after: number | null = 0; after !== null;) {
    const page: { rows: ExportedRow[]; after: number | null } = await ask('export.page', {
      part: name,
      after,
    });
    await file.writeFile(page.rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await read?.(page.rows);
    count += page.rows.length;
    after = page.after;
    progress(name, count);
  }
  await file.sync();
  return count;
}

/** Files to be read by people, beside those for programs. */
function createReaders(folder: string): Map<string, (rows: readonly ExportedRow[]) => Promise<void>> {
  const names = new Map<string, string>();
  const append = async (sub: string, file: string, heading: string, text: string): Promise<void> => {
    await mkdir(join(folder, sub), { recursive: true, mode: 0o700 });
    const path = join(folder, sub, file);
    await appendFile(path, existsSync(path) ? text : `# ${heading}\n\n${text}`, { mode: 0o600 });
  };
  return new Map([
    [
      'memories',
      async (rows: readonly ExportedRow[]) => {
        for (const [month, some] of grouped(rows, (row) => String(row['createdAt']).slice(0, 7)))
          await append('memories', `${month}.md`, `Memories of ${month}`, some.map(memoryMarkdown).join(''));
      },
    ],
    [
      'conversations',
      async (rows: readonly ExportedRow[]) => {
        for (const [name, some] of grouped(rows, (row) => String(row['conversation']))) {
          const text = some.map((row) => turnMarkdown(row as unknown as ExportedTurn)).join('');
          await append('conversations', fileNameOf(name, names), name, text);
        }
      },
    ],
  ]);
}

function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}

/** Copies what can be copied; a socket or pipe that somebody left there is passed over. */
async function copyFolder(from: string, to: string, leftOut: string[]): Promise<void> {
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    async filter(path) {
      const found = await lstat(path).catch(() => undefined);
      const isCopied =
        found !== undefined && (found.isFile() || found.isDirectory() || found.isSymbolicLink());
      if (!isCopied) leftOut.push(`${path}: neither a file nor a folder`);
      return isCopied;
    },
  });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function readmeOf({ at, home, program, counts, leftOut }: ExportView): string {
  const parts = homeParts.map(
    ({ name, says }) => `- \`${name}.jsonl\` (${ownValue(counts, name) ?? 0}): ${says}`,
  );
  return `# Export of ${home}

Made by ninjad ${program} at ${at}. Each \`.jsonl\` file has one JSON object a line.

${parts.join('\n')}
- \`config.json\`: settings that are not at their default
- \`sensors/\`, \`work/\`, \`attachments/\`: your sensors, the folders of agents, files that you have sent

Not in it: ${leftOut.join('; ')}.

\`ninjad import\` brings this folder into another home; doing it twice changes nothing more.
`;
}
