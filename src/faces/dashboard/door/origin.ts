import { isIP } from 'node:net';

/** Names by which a browser on this machine reaches us, on whatever port a tunnel puts us. */
const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The headers of a request that tell through which name and from which page it came. */
export interface RequestHeaders {
  host?: string | undefined;
  origin?: string | undefined;
  'sec-fetch-site'?: string | string[] | undefined;
}

/**
 * Whether a Host header names us: a loopback name, or one of `names` (lower case, without port). A page of a foreign
 * name whose DNS was turned to our address (DNS rebinding) sends that name and is refused.
 */
export function isOurHost(host: string | undefined, names: readonly string[]): boolean {
  const name = hostName(host);
  return name !== undefined && (loopbackNames.has(name) || names.includes(name));
}

/**
 * Whether a request may act for the owner: our Host, and where the browser says from which page it comes, a page of ours.
 * A request without Origin comes from no page (a script, an address typed in) or from our own page by GET.
 */
export function isOurPage(headers: RequestHeaders, names: readonly string[]): boolean {
  if (!isOurHost(headers.host, names)) return false;
  const { origin } = headers;
  if (origin !== undefined) return isSameHost(origin, headers.host);
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}

function isSameHost(origin: string, host: string | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: from } = new URL(origin);
  return (protocol === 'http:' || protocol === 'https:') && normal(host, protocol) === from;
}

/** `URL` leaves out the default port and writes names small; the header may not. */
function normal(host: string | undefined, protocol: string): string | undefined {
  const address = `${protocol}//${host ?? ''}`;
  return URL.canParse(address) ? new URL(address).host : undefined;
}

function hostName(host: string | undefined): string | undefined {
  // A header with a path, a user or a space in it is none that a browser makes.
  if (host === undefined || !/^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.test(host)) return undefined;
  const name = host.replace(/:\d{1,5}$/, '').toLowerCase();
  return name.startsWith('[') && isIP(name.slice(1, -1)) !== 6 ? undefined : name;
}
