import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { programLabel } from '../version.ts';
import { writeWhole } from '../write-whole.ts';
import { newerSentence } from './migrate.ts';
import { type Migration, migrationLabel } from './migrations.ts';

/** What the folder of an embedded database says of its schema, for those who cannot start the database to ask. */
export interface SchemaNote {
  version: number;
  name: string;
  /** The program that brought it up to date. */
  writtenBy: string;
}

/** PostgreSQL passes over files that it does not know, and a copy of the folder takes it along. */
const noteName = 'ninjad-schema.json';

/** Notes the schema of a folder once its database is up to date. Gives why it could not; undefined where it could. */
export function noteSchema(dataDir: string, migrations: readonly Migration[]): string | undefined {
  const newest = migrations.at(-1);
  if (newest === undefined) return undefined;
  const note: SchemaNote = { version: newest.version, name: newest.name, writtenBy: programLabel() };
  const before = readSchemaNote(dataDir);
  if (before?.version === note.version && before.writtenBy === note.writtenBy) return undefined;
  try {
    writeWhole(join(dataDir, noteName), `${JSON.stringify(note)}\n`);
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** The note of a folder; undefined where there is none. */
export function readSchemaNote(dataDir: string): SchemaNote | undefined {
  try {
    const { version, name, writtenBy } = JSON.parse(readFileSync(join(dataDir, noteName), 'utf8')) as Record<
      string,
      unknown
    >;
    if (typeof version !== 'number' || typeof name !== 'string') return undefined;
    return { version, name, writtenBy: String(writtenBy) };
  } catch {
    return undefined;
  }
}

/** Why this program does not start on a folder, by its note; undefined where it does, or where nothing is noted. */
export function whyNewerFolder(dataDir: string, migrations: readonly Migration[]): string | undefined {
  const note = readSchemaNote(dataDir);
  const known = migrations.at(-1);
  if (note === undefined || known === undefined || note.version <= known.version) return undefined;
  return newerSentence({
    what: `the embedded database in ${dataDir}`,
    found: migrationLabel(note),
    knows: migrationLabel(known),
    writer: note.writtenBy,
  });
}
