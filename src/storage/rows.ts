import type { Tx } from '../lib/store/store.ts';
import type { PartBytes } from './measure.ts';

/** Days are kept so long, in days. */
const keptDays = 400;

/** Notes what each part takes today, and forgets what is older than a year. */
export async function keepDay(
  store: Tx,
  { worker, parts, now }: { worker: string; parts: readonly PartBytes[]; now: Date },
): Promise<void> {
  const bytes = Object.fromEntries(parts.map((part) => [part.name, part.bytes]));
  await store.query({
    name: 'storage-keep-day',
    text: `INSERT INTO storage_days (worker, day, bytes) VALUES ($1, ($2::timestamptz AT TIME ZONE 'UTC')::date, $3)
           ON CONFLICT (worker, day) DO UPDATE SET bytes = excluded.bytes`,
    values: [worker, now, JSON.stringify(bytes)],
  });
  await store.query({
    name: 'storage-prune-days',
    text: `DELETE FROM storage_days WHERE worker = $1 AND day < ($2::timestamptz AT TIME ZONE 'UTC')::date - ${keptDays}`,
    values: [worker, now],
  });
}

/** What each part took on a day of before. */
export interface PastDay {
  /** How many days ago. */
  daysAgo: number;
  bytes: Readonly<Record<string, number>>;
}

/** The oldest day that is known within the last thirty, or undefined where there is none but today. */
export async function readPastDay(
  store: Tx,
  { worker, now }: { worker: string; now: Date },
): Promise<PastDay | undefined> {
  const { rows } = await store.query<PastDay>({
    name: 'storage-past-day',
    text: `SELECT ($2::timestamptz AT TIME ZONE 'UTC')::date - day AS "daysAgo", bytes FROM storage_days
            WHERE worker = $1 AND day >= ($2::timestamptz AT TIME ZONE 'UTC')::date - 30
              AND day < ($2::timestamptz AT TIME ZONE 'UTC')::date
            ORDER BY day LIMIT 1`,
    values: [worker, now],
  });
  return rows[0];
}
