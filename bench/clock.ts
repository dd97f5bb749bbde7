/** Milliseconds of the machine's monotonic clock, which all its processes share (Linux; elsewhere only the offsets differ). */
export function clockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
