import { durationText } from '../lib/duration-text.ts';

/** `34 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `1 task`, `3 tasks`. */
export function count(number: number, one: string, more = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : more}`;
}

/** `$1.20`; small amounts with more digits. */
export function dollars(usd: number): string {
  return `$${usd.toFixed(usd !== 0 && usd < 0.1 ? 4 : 2)}`;
}

/** `850 ms`, `12 s`, `4m 10s`. */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000
    ? `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`
    : durationText(Math.round(ms / 1_000) * 1_000);
}

/** `12 MB`. */
export function bytes(number: number): string {
  if (number < 1_000_000) return `${Math.round(number / 1_000)} kB`;
  return number < 1_000_000_000
    ? `${Math.round(number / 1_000_000)} MB`
    : `${(number / 1_000_000_000).toFixed(1)} GB`;
}

/** A text on one line, cut after so many characters. */
export function inBrief(text: string, chars: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > chars ? `${line.slice(0, chars - 1)}…` : line;
}
