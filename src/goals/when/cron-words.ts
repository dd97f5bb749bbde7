import cronstrue from 'cronstrue';

/**
 * Cron in words; null where the library does not know it, or would say it wrongly: it joins a day of the month and a weekday by
 * "and", though either is enough.
 */
export function cronWords(cron: string): string | null {
  const [day = '', , weekday = ''] = cron.split(' ').slice(-3);
  if (!/^[*?]$/.test(day) && !/^[*?]$/.test(weekday)) return null;
  if (/[LW#+]/i.test(`${day}${weekday.replace(/[a-z]{3}/gi, '')}`)) return null;
  try {
    return cronstrue.toString(cron, { use24HourTimeFormat: true, verbose: false });
  } catch {
    return null;
  }
}
