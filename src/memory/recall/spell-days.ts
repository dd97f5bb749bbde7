const named = /(?<![\p{L}\p{N}.])(\d{1,2})\.(?= \p{L}{3})/gu;
const yearFirst = /(?<![\p{L}\p{N}.-])(\d{4})([-./])(\d{1,2})\2(\d{1,2})(?=T\d{2}:|[^\p{L}\p{N}-]|$)/gu;
const yearLast = /(?<![\p{L}\p{N}.-])(\d{1,2})([./])(\d{1,2})\2(\d{4})(?![\p{L}\p{N}-])/gu;

/**
 * A question with its days as the words of memories have them: `30. April` as `30 April`, and after `30.4.2026`, `30/04/2026`
 * and `2026/04/30` the same day as `2026-04-30`. Where the second of two numbers can be no month, it is the day.
 */
export function spellDays(text: string): string {
  return text
    .replace(yearFirst, (whole, year: string, _, month: string, day: string) => also(whole, year, month, day))
    .replace(yearLast, (whole, first: string, _, second: string, year: string) =>
      Number(second) > 12 ? also(whole, year, first, second) : also(whole, year, second, first),
    )
    .replace(named, '$1');
}

function also(whole: string, year: string, month: string, day: string): string {
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const isDay = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
  // Said twice it would weigh more.
  const said = whole === iso ? iso : `${whole} ${iso}`;
  return isDay ? `${said} ` : whole;
}
