/** A time of day by a 24-hour clock. */
export interface TimeOfDay {
  hour: number;
  minute: number;
}

/** Where in the day a bare hour lies: "8 in the evening" is 20:00. */
export type PartOfDay = 'morning' | 'afternoon' | 'evening' | 'night';

const pattern = /^(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.|o'clock|h|uhr)?$/;

/** Reads `9`, `9:30`, `09.30`, `9am`, `9:30 pm`, `noon`, `midnight`; undefined for anything else, such as 25:00 or 13pm. */
export function readTimeOfDay(text: string, part?: PartOfDay): TimeOfDay | undefined {
  if (text === 'noon' || text === 'midday') return { hour: 12, minute: 0 };
  if (text === 'midnight') return { hour: 0, minute: 0 };
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const minute = Number(found[2] ?? '0');
  const half = found[3]?.replaceAll('.', '');
  const hour = hourOf(Number(found[1]), half === 'am' || half === 'pm' ? half : undefined, part);
  return hour === undefined || minute > 59 ? undefined : { hour, minute };
}

function hourOf(
  hour: number,
  half: 'am' | 'pm' | undefined,
  part: PartOfDay | undefined,
): number | undefined {
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    return (hour % 12) + (half === 'pm' ? 12 : 0);
  }
  if (hour > 23) return undefined;
  if (part === 'morning') return hour < 12 ? hour : undefined;
  if (part === 'afternoon' || part === 'evening') return hour >= 1 && hour < 12 ? hour + 12 : hour;
  if (part === 'night' && hour >= 7 && hour < 12) return hour + 12;
  return hour;
}

/** As it stands in the closed grammar: `9:00`, `18:30`. */
export function timeText({ hour, minute }: TimeOfDay): string {
  return `${hour}:${String(minute).padStart(2, '0')}`;
}
