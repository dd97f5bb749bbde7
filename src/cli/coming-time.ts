import { InvalidArgumentError } from 'commander';
import { readDuration } from '../lib/duration-text.ts';
import { UsageError } from '../lib/errors.ts';

/** Parses `--for`: a span of time. */
export function spanOption(text: string): string {
  try {
    readDuration(text);
    return text;
  } catch {
    throw new InvalidArgumentError('Expected a span of time such as 12h, 7d or 1d12h.');
  }
}

/** Parses `--until`: a date, or date and time, in the zone of this machine; gives ISO 8601. */
export function dateOption(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const at = Date.parse(isDay ? `${text}T00:00:00` : text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(at))
    throw new InvalidArgumentError('Expected a date such as 2026-12-24, or date and time.');
  return new Date(at).toISOString();
}

/** The instant that `--for` or `--until` names, as ISO 8601; undefined where neither is given. Throws a `UsageError` for both. */
export function comingTimeOf({
  for: span,
  until,
}: {
  for?: string | undefined;
  until?: string | undefined;
}): string | undefined {
  if (span !== undefined && until !== undefined) throw new UsageError('expected --for or --until, got both');
  return span === undefined ? until : new Date(Date.now() + readDuration(span)).toISOString();
}
