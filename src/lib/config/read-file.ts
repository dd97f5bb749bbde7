import { readFileSync } from 'node:fs';
import { messageOf, UsageError } from '../errors.ts';
import { checkSetting, isSettingKey, nearestKey } from './check-setting.ts';
import { type SettingKey, settingKeys, type Settings } from './schema.ts';

/**
 * The settings of a `config.json`, by nested objects or dotted names; none where the file does not exist.
 * Throws one `UsageError` that names every problem of the file, a line each.
 */
export function readConfigFile(path: string): Partial<Settings> {
  const root = readObject(path);
  if (root === undefined) return {};
  const found = new Map<SettingKey, unknown>();
  const problems: string[] = [];
  collect(root, '', path, found, problems);
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return Object.fromEntries(found);
}

function readObject(path: string): object | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
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
  if (isPlainObject(value)) return value;
  throw new UsageError(`${path}: expected one JSON object`);
}

function collect(
  node: object,
  prefix: string,
  path: string,
  found: Map<SettingKey, unknown>,
  problems: string[],
): void {
  for (const [name, value] of Object.entries(node) as [string, unknown][]) {
    const key = `${prefix}${name}`;
    if (!isSettingKey(key)) {
      if (isGroup(key) && isPlainObject(value)) collect(value, `${key}.`, path, found, problems);
      else problems.push(unknownKey(key, path));
    } else if (found.has(key)) {
      problems.push(`${key} in ${path}: expected it once, got it twice`);
    } else {
      try {
        found.set(key, checkSetting(key, value, ` in ${path}`));
      } catch (thrown) {
        problems.push(messageOf(thrown));
      }
    }
  }
}

function unknownKey(key: string, path: string): string {
  if (isGroup(key))
    return `${key} in ${path}: expected an object of settings such as ${nearestKey(`${key}.`)}`;
  return `unknown setting ${key} in ${path}: did you mean ${nearestKey(key)}?`;
}

function isGroup(key: string): boolean {
  return settingKeys.some((known) => known.startsWith(`${key}.`));
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
