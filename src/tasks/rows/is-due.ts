/**
 * A queued row's time has come: it was due at once, it is due by the clock, or the clock has gone back behind the moment at
 * which the wait began. Waits for money and for quiet hours end by the calendar, so they are left as they are. `now` is a
 * parameter's name; SQL.
 */
export function isDue(now: string): string {
  const began = 'coalesce(waits_from, queued_at)';
  return `(run_after <= ${began} OR run_after <= ${now} OR (${began} > ${now} AND coalesce(outcome, '') NOT IN ('over-budget', 'held')))`;
}
