import type { KeyOf, SettingsSchema } from './schema.ts';

/** A setting's value as people may see it: the password of an address is replaced by `***`. */
export function redacted<Values>(
  schema: SettingsSchema<Values>,
  key: KeyOf<Values>,
  value: unknown,
): unknown {
  if (schema.meta(key).secret !== true) return value;
  return typeof value === 'string' ? withoutPassword(value) : withoutTokens(value);
}

/** Fields of an object that may hold a secret, such as `pushToken` and what a header says. */
const secretField = /token|password|secret|authorization|^headers$/i;

function withoutTokens(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTokens);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>).map(([name, field]) => [
      name,
      !secretField.test(name)
        ? withoutTokens(field)
        : typeof field === 'object' && field !== null
          ? hidden(field)
          : '***',
    ]),
  );
}

function hidden(fields: object): unknown {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, '***']));
}

/** An address without its password; a text that is no address becomes `***`. */
function withoutPassword(address: string): string {
  if (!URL.canParse(address)) return '***';
  const url = new URL(address);
  if (url.password !== '') url.password = '***';
  if (url.searchParams.has('password')) url.searchParams.set('password', '***');
  return url.href;
}
