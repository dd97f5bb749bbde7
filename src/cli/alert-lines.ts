import type { Alert } from '../alerts/alert-file.ts';
import { paint } from './paint.ts';
import { oneLine } from './printable.ts';
import { relativeTime } from './units.ts';

/** What could not be told by the way that is down, before everything else. `now` in epoch milliseconds. */
export function alertLines(alerts: readonly Alert[], now: number): string[] {
  if (alerts.length === 0) return [];
  return [
    ...alerts.map(({ since, text }) => paint('red', `! ${oneLine(text)} (${relativeTime(since, now)})`)),
    '',
  ];
}
