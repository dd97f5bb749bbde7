import cronstrue from 'cronstrue';

/**
 * Cron in words, such as "Mondays at 06:00"; null where the library does not know it, or would say it wrongly: it joins a day
 * of the month and a weekday by "and", though either is enough.
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
    return asSaid(cronstrue.toString(cron, { use24HourTimeFormat: true, verbose: false }));
  } catch {
    return null;
  }
}

const times = String.raw`\d\d:\d\d(?::\d\d)?(?:(?:, | and |, and )\d\d:\d\d(?::\d\d)?)*`;
const dayName = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const shapes: readonly [RegExp, (at: string, on: string) => string][] = [
  [new RegExp(`^At (${times})$`), (at) => `every day at ${at}`],
  [new RegExp(`^At (${times}), Monday through Friday$`), (at) => `weekdays at ${at}`],
  [
    new RegExp(`^At (${times}), only on (${dayName}(?:(?:, | and |, and )${dayName})*)$`),
    (at, on) => `${on.replaceAll(/day\b/g, 'days')} at ${at}`,
  ],
  [
    new RegExp(String.raw`^At (${times}), on day (\d+(?:(?:, | and |, and )\d+)*) of the month$`),
    (at, on) => `on the ${on.replaceAll(/\d+/g, ordinal)} at ${at}`,
  ],
];

/** The library's words for the usual schedules, as a person would say them; others begin small, to stand in a sentence. */
function asSaid(words: string): string {
  for (const [shape, say] of shapes) {
    const [, at = '', on = ''] = shape.exec(words) ?? [];
    if (at !== '') return say(at, on);
  }
  return `${words.slice(0, 1).toLowerCase()}${words.slice(1)}`;
}

/** A day of the month, such as 22nd. */
function ordinal(day: string): string {
  const isTeen = /^1\d$/.test(day);
  const ending = isTeen ? undefined : { '1': 'st', '2': 'nd', '3': 'rd' }[day.slice(-1)];
  return `${day}${ending ?? 'th'}`;
}
