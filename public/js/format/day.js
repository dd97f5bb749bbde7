const dayNames = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const withYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });

/**
 * The day of an instant as a heading, by the clocks of whoever looks: today, yesterday, a weekday with its date, and of
 * another year the year.
 * @param {string | number | Date} at @param {number} now epoch milliseconds
 */
export function dayOf(at, now) {
  const date = new Date(at);
  const today = new Date(now);
  const days = Math.round((startOf(today) - startOf(date)) / 86_400_000);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return (date.getFullYear() === today.getFullYear() ? dayNames : withYear).format(date);
}

/** The midnight before, as if all days had the same length. @param {Date} date */
function startOf(date) {
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
}
