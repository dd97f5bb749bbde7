import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { UsageError } from '../errors.ts';
import { checkSetting, knownKey } from './check-setting.ts';
import { readEnvironment } from './read-environment.ts';
import { readConfigFile, type RenamedSetting } from './read-file.ts';
import { hotKey, readStored, type StoredSetting } from './read-stored.ts';
import { redacted } from './redact.ts';
import type { KeyOf, SettingsSchema } from './schema.ts';
import type { SettingMeta } from './setting.ts';

/** Where a value comes from, weakest first. */
type SettingOrigin = 'default' | 'file' | 'table' | 'environment';

/** One setting, ready to be shown: a secret value is redacted. */
export interface SettingView {
  key: string;
  value: unknown;
  default: unknown;
  origin: SettingOrigin;
  /** True where it can change while the daemon runs. */
  hot: boolean;
  /** The environment variable that sets it. */
  env: string | null;
  description: string;
}

/** The settings of a running daemon, as those see them who show and change them: by whatever name comes. */
export interface ManagedSettings {
  /** One setting for people; throws a `UsageError` with the nearest name for an unknown one. */
  view(key: string): SettingView;
  /** All settings for people, in the order of the documentation. */
  views(): SettingView[];
  /** The settings of config.json that stand there under a name of before, which goes on working. */
  renamed(): RenamedSetting[];
  /** How a setting is documented and checked; throws as `view` does. */
  describe(key: string): { schema: z.ZodType; meta: SettingMeta };
  /** A value of this setting as people may see it: the password of an address is replaced by `***`. */
  redacted(key: string, value: unknown): unknown;
  /**
   * Checks a change at run time before it is stored. Throws a `UsageError` for an unknown or cold setting,
   * for a bad value, and for one that does not fit the others.
   */
  check(key: string, value: unknown): { key: string; value: unknown };
  /**
   * Checks that a stored value may be taken back: throws a `UsageError` for an unknown setting, unless a row of
   * that name is there, and where the value below it does not fit the others.
   */
  checkUnset(key: string): string;
  /**
   * Takes the rows of the `config` table, all of them, as the third layer. Rows that cannot be used
   * (left by another version, say) are skipped and returned as one sentence each.
   */
  applyStored(rows: Iterable<StoredSetting>): string[];
  /** Calls `listener` with the names of the settings whose value changed; returns the function that stops it. */
  onChange(listener: (keys: readonly string[]) => void): () => void;
}

/** The settings of a running daemon: defaults < config.json < `config` table (hot ones only) < environment. */
export interface LiveSettings<Values> extends ManagedSettings {
  /** The value in force now. Read it when it is used, and a change at run time needs nothing else. */
  get<Key extends KeyOf<Values>>(key: Key): Values[Key];
  onChange(listener: (keys: readonly KeyOf<Values>[]) => void): () => void;
}

export interface SettingsSources {
  /** Path of config.json; it may be missing. */
  configFile: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** Reads and checks every source except the table. Throws a `UsageError` that says what is wrong where. */
export function createLiveSettings<Values>(
  schema: SettingsSchema<Values>,
  sources: SettingsSources,
): LiveSettings<Values> {
  type Key = KeyOf<Values>;
  const { values: fromFile, renamed } = readConfigFile(schema, sources.configFile);
  const fromEnvironment = readEnvironment(schema, sources.env);
  const defaults = schema.defaults();
  let stored: Partial<Values> = {};
  let unusable: ReadonlySet<string> = new Set();
  let current = merge(stored);
  const listeners = new Set<(keys: readonly Key[]) => void>();

  const problems = schema.misfits(current);
  if (problems.length > 0) throw new UsageError(problems.map(({ message }) => message).join('\n'));

  function merge(table: Partial<Values>): Values {
    return { ...defaults, ...fromFile, ...table, ...fromEnvironment };
  }

  function originOf(key: Key): SettingOrigin {
    if (Object.hasOwn(fromEnvironment, key)) return 'environment';
    if (Object.hasOwn(stored, key)) return 'table';
    return Object.hasOwn(fromFile, key) ? 'file' : 'default';
  }

  function view(name: string): SettingView {
    const key = knownKey(schema, name);
    const { hot, env, description } = schema.meta(key);
    return {
      key,
      value: redacted(schema, key, current[key]),
      default: defaults[key],
      origin: originOf(key),
      hot,
      env: env ?? null,
      description,
    };
  }

  /** Throws where this table would leave `key` at odds with another setting. */
  function expectFit(key: Key, table: Partial<Values>): void {
    const misfit = schema.misfits(merge(table)).find(({ keys }) => keys.includes(key));
    if (misfit !== undefined) throw new UsageError(misfit.message);
  }

  return {
    get: (key) => current[key],
    view,
    views: () => schema.keys.map(view),
    renamed: () => renamed,
    describe(name) {
      const key = knownKey(schema, name);
      return { schema: schema.of(key), meta: schema.meta(key) };
    },
    redacted: (name, value) => redacted(schema, knownKey(schema, name), value),
    check(name, value) {
      const key = hotKey(schema, name);
      const checked = checkSetting(schema, key, value);
      expectFit(key, { ...stored, [key]: checked });
      return { key, value: checked };
    },
    checkUnset(name) {
      if (unusable.has(name)) return name;
      const key = knownKey(schema, name);
      expectFit(key, without(stored, [key]));
      return key;
    },
    applyStored(rows) {
      const all = [...rows];
      const { usable, refused } = readStored(schema, all);
      const unfit = schema.misfits(merge(usable));
      refused.push(...unfit.map(({ message }) => `in the config table, ${message}; it is not used`));
      const before = current;
      stored = without(
        usable,
        unfit.flatMap(({ keys }) => keys),
      );
      unusable = new Set(all.map(({ key }) => key).filter((key) => !Object.hasOwn(stored, key)));
      current = merge(stored);
      const changed = schema.keys.filter((key) => !isDeepStrictEqual(before[key], current[key]));
      if (changed.length > 0) for (const listener of [...listeners]) listener(changed);
      return refused;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function without<Values>(settings: Partial<Values>, keys: readonly string[]): Partial<Values> {
  const kept = Object.entries(settings).filter(([name]) => !keys.includes(name));
  return Object.fromEntries(kept) as Partial<Values>;
}
