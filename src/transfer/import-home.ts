import { createReadStream, existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { HomePaths } from '../lib/config/paths.ts';
import { countLines } from '../lib/count-lines.ts';
import { messageOf, UsageError } from '../lib/errors.ts';
import type { Ask } from '../lib/operations/ask.ts';
import { exportedFolders, exportFile, exportFormat, type ExportView } from './export-home.ts';
import { type ExportedRow, noteBad, type Taken } from './home-part.ts';
import { type transferOperations, pageRows } from './operations.ts';
import { homeParts } from './parts.ts';

export interface ImportHomeOptions {
  ask: Ask<typeof transferOperations>;
  from: string;
  paths: Pick<HomePaths, 'sensors' | 'work' | 'attachments'>;
  /** Sets a setting that is at its default; resolves to why not, or undefined. Not called in a dry run. */
  takeSetting: (key: string, value: unknown) => Promise<string | undefined>;
  /** Settings that somebody has set here already. */
  isSet: (key: string) => boolean;
  dryRun: boolean;
  /** Told of a part at its beginning and after each batch; `total` is the number of its rows. */
  progress: (part: string, rows: number, total?: number) => void;
}

/** What was brought in. */
export interface ImportedHome {
  from: string;
  dryRun: boolean;
  parts: Record<string, Taken>;
  /** Files that were not there yet. */
  folders: string[];
  settings: { taken: string[]; kept: string[]; refused: Record<string, string> };
}

const maxBatchBytes = 3 * 1024 * 1024;

/** Reads what a folder says of itself; undefined where it is no export. Throws a `UsageError` for one of a later program. */
export async function readExport(folder: string): Promise<ExportView | undefined> {
  const text = await readFile(join(folder, exportFile), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let view: ExportView;
  try {
    view = JSON.parse(text) as ExportView;
  } catch (cause) {
    throw new UsageError(`${join(folder, exportFile)} is damaged: expected JSON`, { cause });
  }
  if (!Number.isInteger(view.format) || view.format > exportFormat)
    throw new UsageError(
      `${folder} has the form ${String(view.format)}, written by ninjad ${view.program}, and this ninjad reads up to ${exportFormat}: use a newer one`,
    );
  return view;
}

/**
 * Brings an export into the home of a running daemon. What is there already is left as it is, so doing it twice changes nothing
 * more; a row that cannot be read is counted and the others are taken.
 */
export async function importHome(options: ImportHomeOptions): Promise<ImportedHome> {
  const { from, dryRun } = options;
  const parts = new Map<string, Taken>();
  for (const { name, put, putAll } of homeParts) {
    const path = join(from, `${name}.jsonl`);
    if ((put === undefined && putAll === undefined) || !existsSync(path)) continue;
    parts.set(name, await importPart(name, path, options));
  }
  const folders: string[] = [];
  for (const [key, name] of Object.entries(exportedFolders)) {
    if (!existsSync(join(from, name))) continue;
    folders.push(name);
    if (dryRun) continue;
    const to = options.paths[key as keyof typeof exportedFolders];
    await cp(join(from, name), to, {
      recursive: true,
      force: false,
      errorOnExist: false,
      verbatimSymlinks: true,
    });
  }
  return { from, dryRun, parts: Object.fromEntries(parts), folders, settings: await importSettings(options) };
}

async function importPart(
  name: string,
  path: string,
  { ask, dryRun, progress }: ImportHomeOptions,
): Promise<Taken> {
  const all: Taken = { imported: 0, known: 0, bad: 0, problems: [] };
  let rows: ExportedRow[] = [];
  let bytes = 0;
  let number = 0;
  const total = await countLines(path);
  progress(name, 0, total);
  const send = async (): Promise<void> => {
    if (rows.length === 0) return;
    const taken = await ask('import.rows', { part: name, rows, dryRun });
    all.imported += taken.imported;
    all.known += taken.known;
    all.bad += taken.bad;
    all.problems.push(...taken.problems);
    rows = [];
    bytes = 0;
    progress(name, number, total);
  };
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number += 1;
    if (line.trim() === '') continue;
    const size = Buffer.byteLength(line);
    if (rows.length === pageRows || bytes + size > maxBatchBytes) await send();
    try {
      rows.push(JSON.parse(line) as ExportedRow);
      bytes += size;
    } catch (thrown) {
      noteBad(all, `${name}.jsonl, line ${number}: ${messageOf(thrown)}`);
    }
  }
  await send();
  return all;
}

async function importSettings({
  from,
  dryRun,
  isSet,
  takeSetting,
}: ImportHomeOptions): Promise<ImportedHome['settings']> {
  const settings: ImportedHome['settings'] = { taken: [], kept: [], refused: {} };
  const text = await readFile(join(from, 'config.json'), 'utf8').catch(() => '{}');
  const refused = new Map<string, string>();
  for (const [key, value] of Object.entries(JSON.parse(text) as Record<string, unknown>)) {
    if (isSet(key)) {
      settings.kept.push(key);
      continue;
    }
    const problem = dryRun ? undefined : await takeSetting(key, value);
    if (problem === undefined) settings.taken.push(key);
    else refused.set(key, problem);
  }
  settings.refused = Object.fromEntries(refused);
  return settings;
}
