import { isDeepStrictEqual } from 'node:util';
import { messageOf, UsageError } from '../errors.ts';
import { checkSetting, knownKey, settingFromText } from './check-setting.ts';
import { misfits } from './check-together.ts';
import { readConfigFile } from './read-file.ts';
import { redacted } from './redact.ts';
import { defaultSettings, metaOf, type SettingKey, settingKeys, type Settings } from './schema.ts';

/** Where a value comes from, weakest first. */
type SettingOrigin = 'default' | 'file' | 'table' | 'environment';

/** One setting, ready to be shown: a secret value is redacted. */
export interface SettingView {
  key: SettingKey;
  value: unknown;
  default: unknown;
  origin: SettingOrigin;
  /** True where it can change while the daemon runs. */
  hot: boolean;
  /** The environment variable that sets it. */
  env: string | null;
  description: string;
}

/** A row of the `config` table. */
export interface StoredSetting {
  key: string;
  value: unknown;
}

/** The settings of a running daemon: defaults < config.json < `config` table (hot ones only) < environment. */
export interface LiveSettings {
  /** The value in force now. Read it when it is used, and a change at run time needs nothing else. */
  get<Key extends SettingKey>(key: Key): Settings[Key];
  /** One setting for people; throws a `UsageError` with the nearest name for an unknown one. */
  view(key: string): SettingView;
  /** All settings for people, in the order of the documentation. */
  views(): SettingView[];
  /**
   * Checks a change at run time before it is stored. Throws a `UsageError` for an unknown or cold setting,
   * for a bad value, and for one that does not fit the others.
   */
  check(key: string, value: unknown): { key: SettingKey; value: unknown };
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
  onChange(listener: (keys: readonly SettingKey[]) => void): () => void;
}

export interface SettingsSources {
  /** Path of config.json; it may be missing. */
  configFile: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** Reads and checks every source except the table. Throws a `UsageError` that says what is wrong where. */
export function createSettings(sources: SettingsSources): LiveSettings {
  const fromFile = readConfigFile(sources.configFile);
  const fromEnvironment = readEnvironment(sources.env);
  const defaults = defaultSettings();
  let stored: Partial<Settings> = {};
  let unusable: ReadonlySet<string> = new Set();
  let current = merge(stored);
  const listeners = new Set<(keys: readonly SettingKey[]) => void>();

  const problems = misfits(current);
  if (problems.length > 0) throw new UsageError(problems.map(({ message }) => message).join('\n'));

  function merge(table: Partial<Settings>): Settings {
    return { ...defaults, ...fromFile, ...table, ...fromEnvironment };
  }

  function originOf(key: SettingKey): SettingOrigin {
    if (Object.hasOwn(fromEnvironment, key)) return 'environment';
    if (Object.hasOwn(stored, key)) return 'table';
    return Object.hasOwn(fromFile, key) ? 'file' : 'default';
  }

  function view(name: string): SettingView {
    const key = knownKey(name);
    const { hot, env, description } = metaOf(key);
    return {
      key,
      value: redacted(key, current[key]),
      default: defaults[key],
      origin: originOf(key),
      hot,
      env: env ?? null,
      description,
    };
  }

  return {
    get: (key) => current[key],
    view,
    views: () => settingKeys.map(view),
    check(name, value) {
      const key = hotKey(name);
      const checked = checkSetting(key, value);
      const misfit = misfits(merge({ ...stored, [key]: checked })).find(({ keys }) => keys.includes(key));
      if (misfit !== undefined) throw new UsageError(misfit.message);
      return { key, value: checked };
    },
    checkUnset(name) {
      if (unusable.has(name)) return name;
      const key = knownKey(name);
      const misfit = misfits(merge(without(stored, key))).find(({ keys }) => keys.includes(key));
      if (misfit !== undefined) throw new UsageError(misfit.message);
      return key;
    },
    applyStored(rows) {
      const all = [...rows];
      const { usable, refused } = readStored(all);
      for (const { keys, message } of misfits(merge(usable))) {
        for (const key of keys) Reflect.deleteProperty(usable, key);
        refused.push(`in the config table, ${message}; it is not used`);
      }
      const before = current;
      stored = usable;
      unusable = new Set(all.map(({ key }) => key).filter((key) => !Object.hasOwn(usable, key)));
      current = merge(stored);
      const changed = settingKeys.filter((key) => !isDeepStrictEqual(before[key], current[key]));
      if (changed.length > 0) for (const listener of [...listeners]) listener(changed);
      return refused;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function without(settings: Partial<Settings>, key: SettingKey): Partial<Settings> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name !== key));
}

/** The settings that the environment names. An empty variable counts as not set. */
function readEnvironment(env: SettingsSources['env']): Partial<Settings> {
  const found = new Map<SettingKey, unknown>();
  for (const key of settingKeys) {
    const name = metaOf(key).env;
    const text = name === undefined ? undefined : env[name];
    if (text !== undefined && text !== '') found.set(key, settingFromText(key, text, ` in ${String(name)}`));
  }
  return Object.fromEntries(found);
}

function readStored(rows: Iterable<StoredSetting>): { usable: Partial<Settings>; refused: string[] } {
  const usable = new Map<SettingKey, unknown>();
  const refused: string[] = [];
  for (const { key, value } of rows) {
    try {
      const known = hotKey(key);
      usable.set(known, checkSetting(known, value));
    } catch (thrown) {
      refused.push(`in the config table, ${messageOf(thrown)}; it is not used`);
    }
  }
  return { usable: Object.fromEntries(usable), refused };
}

function hotKey(name: string): SettingKey {
  const key = knownKey(name);
  if (metaOf(key).hot) return key;
  throw new UsageError(`${key} cannot change while the daemon runs: set it in config.json and restart`);
}
