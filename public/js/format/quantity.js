/**
 * US dollars with as many decimals as the amount needs to say something: `$0.042`, `$12.50`, `$0`.
 * @param {number | null | undefined} usd
 */
export function money(usd) {
  if (usd === null || usd === undefined || !Number.isFinite(usd)) return '–';
  if (usd === 0) return '$0';
  if (Math.abs(usd) >= 1) return `$${usd.toFixed(2)}`;
  if (Math.abs(usd) >= 0.001) return `$${usd.toFixed(3)}`;
  return '<$0.001';
}

/** @type {Intl.NumberFormat | undefined} */
let grouped;

/**
 * A whole number with its thousands set apart: `12,480`.
 * @param {number | null | undefined} value
 */
export function count(value) {
  if (value === null || value === undefined) return '–';
  if (Math.abs(value) < 999.5) return String(Math.round(value));
  // Made when a number needs it: it takes a browser tens of milliseconds.
  grouped ??= new Intl.NumberFormat('en-US');
  return grouped.format(Math.round(value));
}

/**
 * A number short enough for a badge or an axis: `940`, `12.4 k`, `1.2 M`.
 * @param {number} value
 */
export function short(value) {
  const size = Math.abs(value);
  if (size >= 999_500) return `${oneDecimal(value / 1_000_000)} M`;
  if (size >= 1_000) return `${oneDecimal(value / 1_000)} k`;
  if (size >= 100 || Number.isInteger(value)) return String(Math.round(value));
  return oneDecimal(value);
}

/**
 * Bytes in binary units: `512 B`, `1.5 MiB`.
 * @param {number | null | undefined} value
 */
export function bytes(value) {
  if (value === null || value === undefined) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? size : oneDecimal(size)} ${units[unit]}`;
}

/**
 * A share as a whole percentage: `91 %`.
 * @param {number | null | undefined} share 0 to 1
 */
export function percent(share) {
  return share === null || share === undefined ? '–' : `${Math.round(share * 100)} %`;
}

/**
 * A noun with its number, `1 task`, `3 tasks`.
 * @param {number} number @param {string} singular @param {string} [plural]
 */
export function plural(number, singular, plural = `${singular}s`) {
  return `${count(number)} ${number === 1 ? singular : plural}`;
}

/** @param {number} value */
function oneDecimal(value) {
  return value.toFixed(Math.abs(value) < 10 ? 1 : Math.abs(value) < 100 ? 1 : 0).replace(/\.0$/, '');
}
