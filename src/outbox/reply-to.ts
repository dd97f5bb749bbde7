import { type Lineage, standingOf } from '../lib/wire/standing.ts';

/** Faces that hear every reply on the bus, so that nothing needs to be sent to them. */
const listeners: ReadonlySet<string> = new Set(['dashboard', 'cli', 'shell']);

const channelPattern = /^[a-z][a-z0-9-]{0,31}$/;
const addressPattern = /^[^\s\u0000-\u001f\u007f]{1,200}$/;

/** Where a reply goes: to an address, nowhere since somebody listens for it, or nowhere since it must not. */
export type Destination =
  | { kind: 'address'; channel: string; address: string }
  | { kind: 'listened-for' }
  | { kind: 'refused'; reason: string };

/**
 * Reads the `replyTo` of an event: `channel:address`. A word without a colon is only a name for whoever listens.
 *
 * Trust comes from the source: the owner's may name any channel, a machine's its own (`matrix` or `matrix:room` may name
 * `matrix:…`), a stranger's none, since a mail that looks like JSON would name one too. A task that another one queued
 * stands as that one did.
 */
export function destinationOf(
  replyTo: string,
  from: { source: string; lineage?: Lineage | null },
): Destination {
  const colon = replyTo.indexOf(':');
  const channel = replyTo.slice(0, colon);
  if (colon === -1 || listeners.has(channel)) return { kind: 'listened-for' };
  const address = replyTo.slice(colon + 1);
  const shown = JSON.stringify(replyTo.slice(0, 100));
  if (!channelPattern.test(channel) || !addressPattern.test(address)) {
    return { kind: 'refused', reason: `${shown} is no address: expected channel:address without spaces` };
  }
  if (!mayName(channel, from)) {
    return { kind: 'refused', reason: `the source ${from.source} may not have replies sent to ${shown}` };
  }
  return { kind: 'address', channel, address };
}

function mayName(channel: string, from: { source: string; lineage?: Lineage | null }): boolean {
  const { trust } = standingOf(from);
  return trust === 'owner' || (trust === 'local' && from.source.split(':', 1)[0] === channel);
}
