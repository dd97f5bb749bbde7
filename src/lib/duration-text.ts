import { UsageError } from './errors.ts';
import { DAY, HOUR, MINUTE, SECOND } from './time.ts';

const units: readonly (readonly [size: number, name: string])[] = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'm'],
  [SECOND, 's'],
];
const whole = /^(?:\d{1,7}[dhms])+$/;

/** Reads a span such as `10m`, `90s` or `1h30m` into milliseconds. Throws a `UsageError` for anything else. */
export function readDuration(text: string): number {
  const words = text.trim().toLowerCase().replaceAll(' ', '');
  if (!whole.test(words))
    throw new UsageError(`expected a span of time such as 90s, 10m, 1h30m or 2d, got "${text.slice(0, 40)}"`);
  return [...words.matchAll(/(\d+)([dhms])/g)].reduce((sum, [, count, unit]) => {
    const [size = 0] = units.find(([, name]) => name === unit) ?? [];
    return sum + Number(count) * size;
  }, 0);
}

/** A span as `readDuration` reads it: `90m` is `1h30m`. Whole seconds; less than one is `0s`. */
export function durationText(ms: number): string {
  let left = Math.floor(ms / SECOND) * SECOND;
  const parts = units.map(([size, name]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? '' : `${count}${name}`;
  });
  return parts.join('') || '0s';
}

const singleUnits: readonly (readonly [size: number, name: string])[] = [...units, [1, 'ms']];

/** Reads a span of one unit such as `90s`, `5m`, `12h` or `1d`; undefined where it is none. Milliseconds. */
export function parseSpan(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,9})\s*(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  const [size] = singleUnits.find(([, name]) => name === unit) ?? [];
  return number === undefined || size === undefined ? undefined : Number(number) * size;
}

/** A span as `parseSpan` reads it, in the largest unit that fits. */
export function spanText(ms: number): string {
  const [size, name] = singleUnits.find(([each]) => ms % each === 0) ?? [1, 'ms'];
  return `${ms / size}${name}`;
}
