import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import { z } from 'zod';

/** What the documentation, the refusals and `ninjad config` say about a setting. */
export interface SettingMeta {
  /** Completes "expected …". */
  expects: string;
  /** One sentence for the table of settings; a unit belongs into the name of the setting. */
  description: string;
  /** The environment variable that sets it. */
  env?: string;
  /** True where `ninjad config set` may change it while the daemon runs. */
  hot: boolean;
  /** True where a value may hold a password: it is then shown by `redact` only. */
  secret?: boolean;
}

/** The `SettingMeta` of every setting's schema. */
export const settingMeta = z.registry<SettingMeta>();

type Documentation = Omit<SettingMeta, 'expects'>;

/** A kind of value: its schema, and what a refusal says was expected. */
export interface Kind<Schema extends z.ZodType> {
  schema: Schema;
  expects: string;
}

/** The schema of one setting: a kind of value, its default, and its documentation. */
export function setting<Schema extends z.ZodType>(
  kind: Kind<Schema>,
  fallback: z.util.NoUndefined<z.output<Schema>>,
  documentation: Documentation,
): z.ZodDefault<Schema> {
  const schema = kind.schema.default(fallback);
  settingMeta.add(schema, { expects: kind.expects, ...documentation });
  return schema;
}

/** A whole number between two bounds, both included. */
export function wholeNumber(min: number, max: number, unit = ''): Kind<z.ZodInt> {
  const of = unit === '' ? '' : ` of ${unit}`;
  return { schema: z.int().min(min).max(max), expects: `a whole number${of} from ${min} to ${max}` };
}

/** Milliseconds, up to `max` (default 30 days). */
export function milliseconds(min: number, max = 30 * 24 * 60 * 60 * 1000): Kind<z.ZodInt> {
  return wholeNumber(min, max, 'milliseconds');
}

/** US dollars, zero or more. */
export const dollars: Kind<z.ZodNumber> = {
  schema: z.number().min(0).max(1_000_000),
  expects: 'an amount in US dollars from 0 to 1000000',
};

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return { schema: z.enum(words), expects: `one of ${words.join(', ')}` };
}

/** An absolute path of the file system; whether something is there is for the user of the setting to find out. */
export const absolutePath: Kind<z.ZodString> = {
  schema: z.string().refine(isAbsolute),
  expects: 'an absolute path',
};

/** Yes or no. */
export const flag: Kind<z.ZodBoolean> = { schema: z.boolean(), expects: 'true or false' };

/** The name of a model on the hub, which is also where it lies below a folder of models. */
export const modelName: Kind<z.ZodString> = {
  schema: z.string().regex(/^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/),
  expects: 'a model such as organisation/name',
};

/** An http or https address. */
export const webUrl: Kind<z.ZodString> = {
  schema: z.string().refine((text) => /^https?:\/\//.test(text) && URL.canParse(text)),
  expects: 'an address such as https://host',
};

/** An address of this machine to listen at. */
export const ipAddress: Kind<z.ZodString> = {
  schema: z.string().refine((text) => isIP(text) !== 0),
  expects: 'an IP address such as 127.0.0.1, or 0.0.0.0 for all of this machine',
};

/** Names of hosts, in lower case and without port. */
export const hostNames = {
  schema: z
    .array(z.string().regex(/^(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]+\])$/))
    .max(100)
    .readonly(),
  expects: 'a list of host names in lower case, without ports',
};

/** The address of a Postgres server. */
export const postgresUrl: Kind<z.ZodString> = {
  schema: z.string().refine((text) => /^postgres(?:ql)?:\/\//.test(text) && URL.canParse(text)),
  expects: 'an address such as postgres://user:password@host:5432/database',
};

/** A category of the wire format. */
export const category = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/);

/** The same kind of value, or null for "not set". */
export function orNull<Schema extends z.ZodType>(kind: Kind<Schema>): Kind<z.ZodNullable<Schema>> {
  return { schema: kind.schema.nullable(), expects: `${kind.expects}, or null` };
}
