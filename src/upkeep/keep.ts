/** How many backups are kept: the newest of so many days, weeks and months. */
export interface KeepCounts {
  daily: number;
  weekly: number;
  monthly: number;
}

/**
 * Which backups may go, by the instants at which they were made: those that are neither the newest of one of the last days that
 * have one, nor of the last weeks (from Monday), nor of the last months. Days are UTC. The newest always stays.
 */
export function outlived<Backup extends { at: Date }>(
  backups: readonly Backup[],
  keep: KeepCounts,
): Backup[] {
  const newestFirst = [...backups].sort((a, b) => b.at.getTime() - a.at.getTime());
  const kept = new Set<Backup>([
    ...newestFirst.slice(0, 1),
    ...newestOfEach(newestFirst, dayOf, keep.daily),
    ...newestOfEach(newestFirst, weekOf, keep.weekly),
    ...newestOfEach(newestFirst, monthOf, keep.monthly),
  ]);
  return newestFirst.filter((backup) => !kept.has(backup));
}

function newestOfEach<Backup extends { at: Date }>(
  newestFirst: readonly Backup[],
  periodOf: (at: Date) => string,
  count: number,
): Backup[] {
  const found = new Map<string, Backup>();
  for (const backup of newestFirst) {
    const period = periodOf(backup.at);
    if (!found.has(period)) found.set(period, backup);
  }
  return [...found.values()].slice(0, count);
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

/** The Monday that a week begins with. */
function weekOf(at: Date): string {
  const sinceMonday = (at.getUTCDay() + 6) % 7;
  return dayOf(new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() - sinceMonday)));
}
