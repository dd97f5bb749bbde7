import { readFileSync } from 'node:fs';
import { duplicateKeys } from './duplicate-keys.ts';
import { messageOf, UsageError } from '../errors.ts';
import { meant } from '../nearest-name.ts';
import { checkSetting, isSettingKey, nearestKey, renamedKey } from './check-setting.ts';
import type { KeyOf, SettingsSchema } from './schema.ts';

interface Reading<Values> {
  schema: SettingsSchema<Values>;
  path: string;
  found: Map<string, Values[KeyOf<Values>]>;
  problems: string[];
  renamed: RenamedSetting[];
}

/** A setting of config.json under a name of before. */
export interface RenamedSetting {
  old: string;
  name: string;
}

/** What a config.json says. */
export interface ConfigFile<Values> {
  values: Partial<Values>;
  renamed: RenamedSetting[];
}

/**
 * The settings of a `config.json`, by nested objects or dotted names; none where the file does not exist.
 * Throws one `UsageError` that names every problem of the file, a line each.
 */
export function readConfigFile<Values>(schema: SettingsSchema<Values>, path: string): ConfigFile<Values> {
  const root = readObject(path);
  if (root === undefined) return { values: {}, renamed: [] };
  const reading: Reading<Values> = { schema, path, found: new Map(), problems: [], renamed: [] };
  collect(reading, root, '');
  if (reading.problems.length > 0) throw new UsageError(reading.problems.join('\n'));
  return { values: Object.fromEntries(reading.found) as Partial<Values>, renamed: reading.renamed };
}

function readObject(path: string): object | undefined {
  let text: string;
  try {
    // Editors of Windows begin a file with a mark of its encoding.
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UsageError(`cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${path} is not JSON: ${messageOf(cause)}`, { cause });
  }
  const twice = duplicateKeys(text).map((key) => `${key} in ${path}: expected it once, got it twice`);
  if (twice.length > 0) throw new UsageError(twice.join('\n'));
  if (isPlainObject(value)) return value;
  throw new UsageError(`${path}: expected one JSON object`);
}

function collect<Values>(reading: Reading<Values>, node: object, prefix: string): void {
  const { schema, path, found, problems } = reading;
  for (const [name, value] of Object.entries(node) as [string, unknown][]) {
    const written = `${prefix}${name}`;
    const present = renamedKey(schema, written);
    if (present !== undefined) reading.renamed.push({ old: written, name: present });
    const key: string = present ?? written;
    if (!isSettingKey(schema, key)) {
      if (isGroup(schema, key) && isPlainObject(value)) collect(reading, value, `${key}.`);
      else problems.push(unknownKey(schema, key, path));
    } else if (found.has(key)) {
      problems.push(
        `${key} in ${path}: expected it once, got it twice${written === key ? '' : `, also as ${written}`}`,
      );
    } else {
      try {
        found.set(key, checkSetting(schema, key, value, ` in ${path}`));
      } catch (thrown) {
        problems.push(messageOf(thrown));
      }
    }
  }
}

function unknownKey<Values>(schema: SettingsSchema<Values>, key: string, path: string): string {
  if (isGroup(schema, key))
    return `${key} in ${path}: expected an object of settings such as ${nearestKey(schema, `${key}.`)}`;
  return `unknown setting ${key} in ${path}${meant(key, schema.keys)}`;
}

function isGroup<Values>({ keys, renamed }: SettingsSchema<Values>, key: string): boolean {
  return [...keys, ...Object.keys(renamed)].some((known) => known.startsWith(`${key}.`));
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
