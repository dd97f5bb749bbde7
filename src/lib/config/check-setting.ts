import { closest } from 'fastest-levenshtein';
import { UsageError } from '../errors.ts';
import { metaOf, schemaOf, type SettingKey, settingKeys, type Settings } from './schema.ts';

const shownCharacters = 80;

/** True for the dotted name of a setting. */
export function isSettingKey(key: string): key is SettingKey {
  return (settingKeys as readonly string[]).includes(key);
}

/** The known name; else throws a `UsageError` with the nearest one. `where` is added, e.g. ` in config.json`. */
export function knownKey(key: string, where = ''): SettingKey {
  if (isSettingKey(key)) return key;
  throw new UsageError(`unknown setting ${key}${where}: did you mean ${nearestKey(key)}?`);
}

/** The known name that is spelt most like `key`. */
export function nearestKey(key: string): SettingKey {
  const lower = key.toLowerCase();
  const byLowerCase = new Map(settingKeys.map((known) => [known.toLowerCase(), known]));
  return byLowerCase.get(closest(lower, [...byLowerCase.keys()])) ?? settingKeys[0] ?? 'port';
}

/** The checked value of a setting, or a `UsageError` that says what was expected and what came. */
export function checkSetting<Key extends SettingKey>(key: Key, value: unknown, where = ''): Settings[Key] {
  // `undefined` would be taken for "use the default"; JSON has none, but a request may lack its value.
  const parsed = value === undefined ? undefined : schemaOf(key).safeParse(value);
  if (parsed?.success === true) return parsed.data as Settings[Key];
  const inside = parsed?.error.issues.find(({ path }) => path.length > 0);
  if (inside !== undefined) {
    const at = inside.path.map((step) => `[${JSON.stringify(step)}]`).join('');
    throw new UsageError(`${key}${at}${where}: ${inside.message}`);
  }
  const meta = metaOf(key);
  const came = meta.secret === true ? 'something else' : preview(value);
  throw new UsageError(`${key}${where}: expected ${meta.expects}, got ${came}`);
}

/**
 * The value of a setting from text, as the environment and the command line give it: the text itself
 * where the setting takes it, else what it means as JSON.
 */
export function settingFromText<Key extends SettingKey>(key: Key, text: string, where = ''): Settings[Key] {
  if (schemaOf(key).safeParse(text).success) return checkSetting(key, text, where);
  return checkSetting(key, jsonOr(text), where);
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function preview(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
}
