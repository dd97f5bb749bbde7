/** The first instant of the day of `now`, in the daemon's time zone; `daysAgo` counts back. */
export function startOfDay(now: Date, daysAgo = 0): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo);
}

/** The first instant of the month of `now`, in the daemon's time zone. */
export function startOfMonth(now: Date): Date {
  return new Date(now.getFullYear(), now.getMonth(), 1);
}

/** The first instant of the month after that of `now`, in the daemon's time zone. */
export function startOfNextMonth(now: Date): Date {
  return new Date(now.getFullYear(), now.getMonth() + 1, 1);
}

/** Milliseconds until the next day begins: a day has 23 to 25 hours. */
export function untilNextDay(now: Date): number {
  return startOfDay(now, -1).getTime() - now.getTime();
}
