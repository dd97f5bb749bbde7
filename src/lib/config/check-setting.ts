import { UsageError } from '../errors.ts';
import { meant, nearestName } from '../nearest-name.ts';
import { ownValue } from '../own-value.ts';
import type { KeyOf, SettingsSchema } from './schema.ts';

const shownCharacters = 80;

/** True for the dotted name of a setting. */
export function isSettingKey<Values>(schema: SettingsSchema<Values>, key: string): key is KeyOf<Values> {
  return (schema.keys as readonly string[]).includes(key);
}

/** The present name of a setting that was called otherwise before; undefined for any other word. */
export function renamedKey<Values>(
  { renamed }: SettingsSchema<Values>,
  key: string,
): KeyOf<Values> | undefined {
  return ownValue(renamed, key);
}

/** The known name, also for one that was renamed; else throws a `UsageError` with the nearest one. `where` is added, e.g. ` in config.json`. */
export function knownKey<Values>(schema: SettingsSchema<Values>, key: string, where = ''): KeyOf<Values> {
  if (isSettingKey(schema, key)) return key;
  const present = renamedKey(schema, key);
  if (present !== undefined) return present;
  throw new UsageError(`unknown setting ${key}${where}${meant(key, schema.keys)}`);
}

/** The known name that is spelt most like `key`. */
export function nearestKey<Values>({ keys }: SettingsSchema<Values>, key: string): string {
  return nearestName(key, keys);
}

/** The checked value of a setting, or a `UsageError` that says what was expected and what came. */
export function checkSetting<Values, Key extends KeyOf<Values>>(
  schema: SettingsSchema<Values>,
  key: Key,
  value: unknown,
  where = '',
): Values[Key] {
  const lost = forgottenKeyIn(value);
  if (lost !== undefined)
    throw new UsageError(`${key}${where}: ${lost} cannot be the name of anything in a setting`);
  // `undefined` would be taken for "use the default"; JSON has none, but a request may lack its value.
  const parsed = value === undefined ? undefined : schema.of(key).safeParse(value);
  if (parsed?.success === true) return parsed.data as Values[Key];
  const inside = parsed?.error.issues.find(({ path }) => path.length > 0);
  if (inside !== undefined) {
    const at = inside.path.map((step) => `[${JSON.stringify(step)}]`).join('');
    throw new UsageError(`${key}${at}${where}: ${inside.message}`);
  }
  const meta = schema.meta(key);
  const came = meta.secret === true ? 'something else' : preview(value);
  throw new UsageError(`${key}${where}: expected ${meta.expects}, got ${came}`);
}

/** The name of a property that a schema of objects passes over in silence, wherever it stands in a value. */
function forgottenKeyIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, '__proto__')) return '__proto__';
  return Object.values(value)
    .map(forgottenKeyIn)
    .find((found) => found !== undefined);
}

/**
 * The value of a setting from text, as the environment and the command line give it: the text itself
 * where the setting takes it, else what it means as JSON.
 */
export function settingFromText<Values, Key extends KeyOf<Values>>(
  schema: SettingsSchema<Values>,
  key: Key,
  text: string,
  where = '',
): Values[Key] {
  // Nobody's token or command is the word null.
  if (text === 'null' && schema.of(key).safeParse(null).success)
    return checkSetting(schema, key, null, where);
  if (schema.of(key).safeParse(text).success) return checkSetting(schema, key, text, where);
  return checkSetting(schema, key, jsonOr(text), where);
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
