import { DAY, HOUR, MINUTE, SECOND } from '../lib/time.ts';

const units: readonly (readonly [size: number, name: string])[] = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'm'],
  [SECOND, 's'],
];

/** A duration in milliseconds for people, in its two largest units: `2 m 14 s`, `3 h`, `850 ms`. */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
  const whole = Math.floor(ms / SECOND) * SECOND;
  const first = units.findIndex(([size]) => whole >= size);
  const [large, largeName] = units[first] ?? [SECOND, 's'];
  const count = Math.floor(whole / large);
  const [small, smallName] = units[first + 1] ?? [1, ''];
  const rest = smallName === '' ? 0 : Math.floor((whole - count * large) / small);
  return rest === 0 ? `${count} ${largeName}` : `${count} ${largeName} ${rest} ${smallName}`;
}

/** A time for people, relative to `now`, in its largest unit: `3 m ago`, `in 2 h`, `now`. */
export function relativeTime(at: number, now: number): string {
  const ms = Math.abs(now - at);
  const unit = units.find(([size]) => ms >= size);
  if (unit === undefined) return 'now';
  const text = `${Math.floor(ms / unit[0])} ${unit[1]}`;
  return at <= now ? `${text} ago` : `in ${text}`;
}

/** US dollars for people: `$0`, `<$0.001`, `$0.042`, `$12.50`. */
export function money(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.001) return '<$0.001';
  return `$${usd.toFixed(usd < 1 ? 3 : 2)}`;
}

/** A count for people, with thousands apart: `1 204 311`. */
export function count(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
}

const sizes = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** A number of bytes for people, in the unit that leaves three digits: `512 B`, `7.4 GiB`. */
export function bytes(number: number): string {
  const step = number < 1 ? 0 : Math.min(sizes.length - 1, Math.floor(Math.log2(number) / 10));
  const value = number / 1024 ** step;
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${sizes[step] ?? ''}`;
}
