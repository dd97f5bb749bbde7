import { closest } from 'fastest-levenshtein';
import { UsageError } from '../lib/errors.ts';

const known = new Set<string>();

/** Throws a `UsageError` with the nearest name where `zone` is no IANA time zone that this machine knows. */
export function checkZone(zone: string): void {
  if (known.has(zone)) return;
  if (!isZone(zone))
    throw new UsageError(`there is no time zone "${zone.slice(0, 60)}": did you mean ${nearestZone(zone)}?`);
  if (known.size < 1000) known.add(zone);
}

function isZone(zone: string): boolean {
  // Node takes offsets such as +01:00 too, which know nothing of summer time.
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function nearestZone(zone: string): string {
  const names = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const place = /[^/]*$/.exec(zone)?.[0].toLowerCase().replaceAll(' ', '_') ?? '';
  const samePlace = place === '' ? undefined : names.find((name) => name.toLowerCase().endsWith(`/${place}`));
  return samePlace ?? closest(zone.slice(0, 60), names);
}
