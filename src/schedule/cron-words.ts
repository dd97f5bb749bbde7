import cronstrue from 'cronstrue';

/**
 * Cron in words; null where the library does not know it, or would say it wrongly: it joins a day of the month and a weekday by
 * "and", though either is enough.
 */
export function cronWords(cron: string): string | null {
  const before = known.get(cron);
  if (before !== undefined) return before;
  const words = readWords(cron);
  if (known.size >= mostKnown) known.clear();
  known.set(cron, words);
  return words;
}

/** Lists ask for the same again and again, and a thousand of them hold up the loop. */
const known = new Map<string, string | null>();
const mostKnown = 1_000;

function readWords(cron: string): string | null {
  const [day = '', , weekday = ''] = cron.split(' ').slice(-3);
  if (!/^[*?]$/.test(day) && !/^[*?]$/.test(weekday)) return null;
  if (/[LW#+]/i.test(`${day}${weekday.replace(/[a-z]{3}/gi, '')}`)) return null;
  try {
    return cronstrue.toString(cron, { use24HourTimeFormat: true, verbose: false });
  } catch {
    return null;
  }
}
