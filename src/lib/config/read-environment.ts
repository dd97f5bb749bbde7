import { settingFromText } from './check-setting.ts';
import type { KeyOf, SettingsSchema } from './schema.ts';
import { ownValue } from '../own-value.ts';

/** The settings that the environment names; an empty variable counts as not set. Throws a `UsageError` for a bad value. */
export function readEnvironment<Values>(
  schema: SettingsSchema<Values>,
  env: Readonly<Record<string, string | undefined>>,
): Partial<Values> {
  const found = new Map<string, Values[KeyOf<Values>]>();
  for (const key of schema.keys) {
    const name = schema.meta(key).env;
    const text = name === undefined ? undefined : ownValue(env, name);
    if (text !== undefined && text !== '')
      found.set(key, settingFromText(schema, key, text, ` in ${String(name)}`));
  }
  return Object.fromEntries(found) as Partial<Values>;
}
