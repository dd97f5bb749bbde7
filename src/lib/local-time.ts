import { MINUTE } from './time.ts';

/** A day as people write it, such as `2026-03-29`, in the daemon's time zone. */
export function dayName(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** An instant as a person reads it, such as `2026-11-27 23:27 -10:00`, in the daemon's time zone. */
export function localTime(at: Date): string {
  return `${dayName(at)} ${two(at.getHours())}:${two(at.getMinutes())} ${offsetOf(at)}`;
}

/** An instant as programs read it, with the offset that people live by: `2026-11-27T23:27:00.000-10:00`; in UTC with `Z`. */
export function localIso(at: Date): string {
  const offset = offsetOf(at);
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * MINUTE);
  return offset === '+00:00' ? at.toISOString() : shifted.toISOString().replace('Z', offset);
}

/** The name of the daemon's time zone, such as `Pacific/Honolulu`. */
export function zoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function offsetOf(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
