import { z } from 'zod';

/** Where ssh is to go. */
export interface SshAddress {
  user: string | null;
  host: string;
  port: number | null;
}

const userPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;
const hostPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$/;
const ipv6Pattern = /^[0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9._-]{1,16})?$/;

/**
 * Reads `user@host`, `host:port` or `[::1]:22`. Undefined for anything else: what begins with a dash would be an option of
 * ssh, and what holds a space or a quote a command.
 */
export function readSshAddress(text: string): SshAddress | undefined {
  const at = text.lastIndexOf('@');
  const user = at < 0 ? null : text.slice(0, at);
  if (user !== null && !userPattern.test(user)) return undefined;
  const place = text.slice(at + 1);
  const [, bracketed, bracketedPort] = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(place) ?? [];
  if (bracketed !== undefined)
    return ipv6Pattern.test(bracketed) ? withPort(user, bracketed, bracketedPort) : undefined;
  const [, host, port] = /^([^:]+)(?::(\d{1,5}))?$/.exec(place) ?? [];
  if (host !== undefined && hostPattern.test(host)) return withPort(user, host, port);
  return ipv6Pattern.test(place) && place.includes(':') ? withPort(user, place, undefined) : undefined;
}

function withPort(user: string | null, host: string, port: string | undefined): SshAddress | undefined {
  if (port === undefined) return { user, host, port: null };
  const number = Number(port);
  return number >= 1 && number <= 65_535 ? { user, host, port: number } : undefined;
}

/** The address of an ssh host, as `user@host[:port]`. */
export const sshAddress = z
  .string()
  .max(400)
  .refine((text) => readSshAddress(text) !== undefined, 'expected user@host, host:port or [::1]:22');

/** The address of an http host. */
export const httpAddress = z
  .string()
  .max(2048)
  .refine(
    (text) => /^https?:\/\//.test(text) && URL.canParse(text),
    'expected an address such as https://host/path',
  );

/** An address as people may read it: without the password that a URL may hold. */
export function shownAddress(kind: string, address: string | null): string | null {
  if (address === null || kind !== 'http' || !URL.canParse(address)) return address;
  const url = new URL(address);
  url.username = '';
  url.password = '';
  url.search = url.search === '' ? '' : '?***';
  return url.href;
}
