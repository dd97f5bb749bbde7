import { messageOf, UsageError } from '../errors.ts';
import { checkSetting, knownKey } from './check-setting.ts';
import type { KeyOf, SettingsSchema } from './schema.ts';

/** A row of the `config` table. */
export interface StoredSetting {
  key: string;
  value: unknown;
}

/** The rows of the `config` table that can be used, each for itself, and one sentence for each of the others. */
export function readStored<Values>(
  schema: SettingsSchema<Values>,
  rows: Iterable<StoredSetting>,
): { usable: Partial<Values>; refused: string[] } {
  const usable = new Map<string, Values[KeyOf<Values>]>();
  const refused: string[] = [];
  for (const { key, value } of rows) {
    try {
      const known = hotKey(schema, key);
      usable.set(known, checkSetting(schema, known, value));
    } catch (thrown) {
      refused.push(`in the config table, ${messageOf(thrown)}; it is not used`);
    }
  }
  return { usable: Object.fromEntries(usable) as Partial<Values>, refused };
}

/** The known name of a setting that can change while the daemon runs; a `UsageError` for any other. */
export function hotKey<Values>(schema: SettingsSchema<Values>, name: string): KeyOf<Values> {
  const key = knownKey(schema, name);
  if (schema.meta(key).hot) return key;
  throw new UsageError(`${key} cannot change while the daemon runs: set it in config.json and restart`);
}
