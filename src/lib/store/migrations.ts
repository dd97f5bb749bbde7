import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../package-root.ts';

/** One forward-only step of the schema, as it lies in `sql/`. */
export interface Migration {
  /** The six digits of the file name as a number; the order of application. */
  version: number;
  /** The file name without its digits and `.sql`. */
  name: string;
  sql: string;
  /** SHA-256 of the text with `\n` line ends, in hex. */
  checksum: string;
}

const fileNamePattern = /^(\d{6})_([a-z0-9_]+)\.sql$/;

/** Reads the migrations of a folder (default: the package's `sql/`) in order; throws when two share a version. */
export function loadMigrations(dir: string = packagePath('sql')): Migration[] {
  const migrations = readdirSync(dir)
    .flatMap((fileName) => {
      const [, version, name] = fileNamePattern.exec(fileName) ?? [];
      if (version === undefined || name === undefined) return [];
      return [toMigration(Number(version), name, readFileSync(join(dir, fileName), 'utf8'))];
    })
    .sort((a, b) => a.version - b.version);
  for (const [index, { version }] of migrations.entries()) {
    if (migrations[index + 1]?.version === version) {
      throw new Error(`two migrations in ${dir} have the version ${version}`);
    }
  }
  return migrations;
}

/** Makes a migration of its text. Line ends do not count, so that a Windows checkout has the same checksums. */
export function toMigration(version: number, name: string, text: string): Migration {
  const sql = text.replaceAll('\r\n', '\n');
  return { version, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}

/** Name of a migration in messages: its file name without `.sql`. */
export function migrationLabel({ version, name }: Pick<Migration, 'version' | 'name'>): string {
  return `${String(version).padStart(6, '0')}_${name}`;
}
