import type { z } from 'zod';
import { type SettingMeta, settingMeta } from './setting.ts';
import { ownValue } from '../own-value.ts';

/** The settings that a concern declares, by dotted name; `setting` makes each. */
export type SettingDeclarations = Readonly<Record<string, z.ZodDefault>>;

/** The values of declared settings by dotted name. */
export type ValuesOf<Declared extends SettingDeclarations> = {
  readonly [Key in keyof Declared]: z.output<Declared[Key]>;
};

/** Dotted name of one of these settings. */
export type KeyOf<Values> = keyof Values & string;

/** Settings that are each good alone and do not fit together. */
export interface Misfit {
  keys: readonly string[];
  message: string;
}

/** Rule between the settings of one concern: empty where they fit. */
export type MisfitRule<Values> = (values: Values) => readonly Misfit[];

/** All settings that there are, with the rules between them. */
export interface SettingsSchema<Values> {
  /** Names in the order of the documentation. */
  keys: readonly KeyOf<Values>[];
  /** Schema of one setting. */
  of: (key: KeyOf<Values>) => z.ZodType;
  /** Documentation of one setting. */
  meta: (key: KeyOf<Values>) => SettingMeta;
  /** Value of every setting where nobody says otherwise. */
  defaults: () => Values;
  /** The present name of each setting that was called otherwise before. */
  renamed: Readonly<Record<string, KeyOf<Values>>>;
  /** Breaches of the rules between settings: empty where all is well. */
  misfits: (values: Values) => Misfit[];
}

/** Makes one schema of the settings of all concerns and of the rules between them. */
export function createSettingsSchema<Declared extends SettingDeclarations>(
  declared: Declared,
  rules: readonly MisfitRule<ValuesOf<Declared>>[] = [],
  renamed: Readonly<Record<string, KeyOf<ValuesOf<Declared>>>> = {},
): SettingsSchema<ValuesOf<Declared>> {
  type Key = KeyOf<ValuesOf<Declared>>;
  const keys = Object.keys(declared) as Key[];
  const of = (key: Key): z.ZodType => {
    const schema = ownValue(declared, key);
    if (schema === undefined) throw new Error(`the setting ${key} is not declared`);
    return schema;
  };
  return {
    keys,
    of,
    meta(key) {
      const meta = settingMeta.get(of(key));
      if (meta === undefined) throw new Error(`the setting ${key} is not documented`);
      return meta;
    },
    defaults: () =>
      Object.fromEntries(keys.map((key) => [key, of(key).parse(undefined)])) as ValuesOf<Declared>,
    renamed,
    misfits: (values) => rules.flatMap((rule) => rule(values)),
  };
}
