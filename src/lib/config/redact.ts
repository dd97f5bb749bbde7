import { metaOf, type SettingKey } from './schema.ts';

/** A setting's value as people may see it: the password of an address is replaced by `***`. */
export function redacted(key: SettingKey, value: unknown): unknown {
  return metaOf(key).secret === true && typeof value === 'string' ? withoutPassword(value) : value;
}

/** An address without its password; a text that is no address becomes `***`. */
function withoutPassword(address: string): string {
  if (!URL.canParse(address)) return '***';
  const url = new URL(address);
  if (url.password !== '') url.password = '***';
  if (url.searchParams.has('password')) url.searchParams.set('password', '***');
  return url.href;
}
