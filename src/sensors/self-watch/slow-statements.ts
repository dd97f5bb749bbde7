import { createHash } from 'node:crypto';
import type { SeenStatement } from '../../lib/store/pool.ts';
import type { Tx } from '../../lib/store/store.ts';

/** A statement that was slow, as often as it was since the last reading. */
export interface SlowStatement {
  /** Its text, which holds no values. */
  text: string;
  calls: number;
  totalMs: number;
  maxMs: number;
}

/** A statement that was slow within the days that are asked for. */
export interface SlowStatementRow extends SlowStatement {
  lastAt: Date;
}

/** Gathers slow statements by their text. */
export interface SlowStatements {
  note(seen: SeenStatement): void;
  /** Those since the last reading. */
  take(): SlowStatement[];
  /** Gives back what could not be kept. */
  giveBack(slow: readonly SlowStatement[]): void;
}

const maxTexts = 200;
const maxTextChars = 4_000;

/** See `SlowStatements`. Only statements with parameters are taken: another one may have values in its text. */
export function createSlowStatements(slowMs: () => number): SlowStatements {
  let found = new Map<string, SlowStatement>();
  const add = (slow: SlowStatement): void => {
    const known = found.get(slow.text);
    if (known === undefined) {
      if (found.size < maxTexts) found.set(slow.text, { ...slow });
      return;
    }
    known.calls += slow.calls;
    known.totalMs += slow.totalMs;
    known.maxMs = Math.max(known.maxMs, slow.maxMs);
  };
  return {
    note({ text, tookMs, isOurs }) {
      if (!isOurs || tookMs < slowMs()) return;
      const plain = text.replace(/\s+/g, ' ').trim().slice(0, maxTextChars);
      add({ text: plain, calls: 1, totalMs: tookMs, maxMs: tookMs });
    },
    take() {
      const taken = [...found.values()];
      found = new Map();
      return taken;
    },
    giveBack: (slow) => slow.forEach(add),
  };
}

/** Adds slow statements to those of their day. */
export async function keepSlowStatements(
  tx: Tx,
  { worker, slow, now }: { worker: string; slow: readonly SlowStatement[]; now: Date },
): Promise<void> {
  for (const { text, calls, totalMs, maxMs } of slow) {
    await tx.query({
      name: 'slow-statements-keep',
      text: `INSERT INTO slow_statements AS kept (worker, day, hash, text, calls, total_ms, max_ms, last_at)
             VALUES ($1, ($7::timestamptz AT TIME ZONE 'UTC')::date, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (worker, day, hash) DO UPDATE
               SET calls = kept.calls + excluded.calls, total_ms = kept.total_ms + excluded.total_ms,
                   max_ms = greatest(kept.max_ms, excluded.max_ms), last_at = excluded.last_at`,
      values: [worker, createHash('sha256').update(text).digest('hex'), text, calls, totalMs, maxMs, now],
    });
  }
}

/** The slowest statements since then, by the time that they took in all. */
export async function listSlowStatements(
  store: Tx,
  { worker, since, limit }: { worker: string; since: Date; limit: number },
): Promise<SlowStatementRow[]> {
  const { rows } = await store.query<SlowStatementRow>({
    name: 'slow-statements-list',
    text: `SELECT text, sum(calls)::int AS calls, sum(total_ms) AS "totalMs", max(max_ms) AS "maxMs", max(last_at) AS "lastAt"
             FROM slow_statements WHERE worker = $1 AND last_at >= $2 GROUP BY text ORDER BY sum(total_ms) DESC LIMIT $3`,
    values: [worker, since, limit],
  });
  return rows;
}
