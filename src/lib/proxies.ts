import { isIP } from 'node:net';
import { ownValue } from './own-value.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a connection is to lead. */
export interface Destination {
  /** A name or an address; an IPv6 one with or without its brackets. */
  host: string;
  port: number;
}

/** The proxy that the environment names for destinations of this scheme; undefined where it names none. */
export function proxyIn(env: Environment, scheme: 'http' | 'https' | 'all'): string | undefined {
  return valuesOf(env, `${scheme}_proxy`)[0];
}

/** True where the environment names a proxy of any scheme. */
export function namesProxy(env: Environment): boolean {
  return (['http', 'https', 'all'] as const).some((scheme) => proxyIn(env, scheme) !== undefined);
}

/**
 * True where `NO_PROXY` spares a destination from the proxy: by `*`, its host, its host and port, or a domain that it belongs
 * to (`example.org`, `.example.org`, `*.example.org`). Entries are separated by commas or spaces. Programs differ in whether
 * they read `NO_PROXY` or `no_proxy` first: where both are set, both have to.
 */
export function isSpared(env: Environment, destination: Destination): boolean {
  const lists = valuesOf(env, 'no_proxy');
  return (
    lists.length > 0 &&
    lists.every((list) => list.split(/[\s,]+/).some((entry) => spares(entry, destination)))
  );
}

function spares(entry: string, { host, port }: Destination): boolean {
  if (entry === '*') return true;
  const name = bareHost(host).toLowerCase();
  const suffix = entry.replace(/^\*?\./, '').toLowerCase();
  if (suffix === '') return false;
  if ([name, `${name}:${port}`, `[${name}]`, `[${name}]:${port}`].includes(suffix)) return true;
  return isIP(name) === 0 && name.endsWith(`.${suffix}`);
}

/** The values of a variable in capitals and in small letters, in this order; empty ones count as unset. */
function valuesOf(env: Environment, name: string): string[] {
  return [name.toUpperCase(), name]
    .map((spelling) => ownValue(env, spelling))
    .filter((value): value is string => value !== undefined && value !== '');
}

/** A host without the brackets of an IPv6 address. */
export function bareHost(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
