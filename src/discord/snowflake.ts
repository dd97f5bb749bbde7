/** The first second of 2015 in epoch milliseconds: Discord's ids count from there. */
const epochMs = 1_420_070_400_000n;
const stepBits = 22n;

/** True for an id of Discord: a number of up to 20 digits as text. */
export function isSnowflake(text: string): boolean {
  return /^[1-9]\d{0,19}$/.test(text);
}

/** When the thing with this id was made, in epoch milliseconds: by Discord's clock, whenever it arrived. */
export function madeAt(id: string): number {
  return Number((BigInt(id) >> stepBits) + epochMs);
}

/** The lowest id of that moment (epoch milliseconds). */
export function idAt(at: number): string {
  const since = BigInt(Math.round(at)) - epochMs;
  return String((since < 0n ? 0n : since) << stepBits);
}

/** Sorts ids by age, the oldest first. */
export function byAge(a: string, b: string): number {
  const [left, right] = [BigInt(a), BigInt(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** True where the first id is of a later thing than the second; anything is later than nothing. */
export function isAfter(id: string, other: string | null): boolean {
  return other === null || byAge(id, other) > 0;
}
