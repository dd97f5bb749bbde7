import type { Tx } from '../lib/store/store.ts';
import { DAY } from '../lib/time.ts';
import { mutedAt } from './record.ts';
import { type HostRow, listHosts } from './rows/hosts.ts';
import { availability } from './rows/spans.ts';

/** What others may see of a host: its name, how it is and since when; no address, and no reason. */
export interface ShownHost {
  name: string;
  state: HostRow['state'] | 'maintenance';
  since: Date;
  /** Share of the polls of 30 days that were answered, 0 to 1; null where there is none. */
  answered: number | null;
}

/** The hosts that others may see. */
export async function shownHosts(store: Tx, now: Date): Promise<ShownHost[]> {
  const shares = await availability(store, new Date(now.getTime() - 30 * DAY));
  return (await listHosts(store))
    .filter(({ enabled, options }) => enabled && options.onStatusPage)
    .map((host) => ({
      name: host.name,
      state: mutedAt(host, now) === undefined ? host.state : 'maintenance',
      since: host.stateSince,
      answered: shares.get(host.id) ?? null,
    }));
}

const words: Readonly<Record<ShownHost['state'], readonly [glyph: string, word: string]>> = {
  up: ['●', 'up'],
  degraded: ['◐', 'not well'],
  down: ['✕', 'down'],
  unreachable: ['○', 'cannot be reached'],
  unknown: ['○', 'not known yet'],
  maintenance: ['◌', 'under maintenance'],
};

/** The page for others: plain HTML, no script, nothing of the owner's. It asks itself anew every minute. */
export function statusPage(hosts: readonly ShownHost[], now: Date): string {
  const bad = hosts.filter(({ state }) => state !== 'up' && state !== 'maintenance' && state !== 'unknown');
  const headline =
    hosts.length === 0
      ? 'Nothing is shown here'
      : bad.length === 0
        ? 'All is well'
        : `${bad.length} of ${hosts.length} in trouble`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="60">
<meta name="robots" content="noindex">
<title>Status: ${escaped(headline)}</title>
<link rel="stylesheet" href="/css/status-page.css">
<link rel="icon" href="/icon.svg">
</head>
<body>
<main>
<h1 class="${bad.length === 0 ? 'well' : 'ill'}">${escaped(headline)}</h1>
<ul>
${hosts.map(row).join('\n')}
</ul>
<p class="soft">As of <time datetime="${now.toISOString()}">${shown(now)}</time>. The page asks anew every minute.</p>
</main>
</body>
</html>
`;
}

function row({ name, state, since, answered }: ShownHost): string {
  const [glyph, word] = words[state];
  const share = answered === null ? '' : `<span class="soft share">${percent(answered)} in 30 days</span>`;
  return `<li class="${state}"><span class="name">${escaped(name)}</span><span class="state"><span aria-hidden="true">${glyph}</span> ${word}</span><span class="soft">since <time datetime="${since.toISOString()}">${shown(since)}</time></span>${share}</li>`;
}

function percent(share: number): string {
  // A host that missed one poll was not there all the time.
  return `${share === 1 ? '100' : Math.min(99.99, share * 100).toFixed(2)} %`;
}

function shown(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
