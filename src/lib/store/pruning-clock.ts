import { DAY, HOUR } from '../time.ts';
import type { Tx } from './store.ts';

/** What is known of the clock: when it was last believed, and how long a reading far from there has gone on. */
export interface ClockState {
  believedAt: Date;
  /** Null while the clock is believed. */
  doubtedAt: Date | null;
  stoodMs: number;
}

/** Readings this far from the last one may be a wrong clock. Less than any retention, more than a chore's rest. */
const farMs = 12 * HOUR;
/** A clock that has gone on from its jump for so long is right, whatever it was before. */
const mustStandMs = DAY;
/** One step of a doubted clock counts no more than this, so that a second jump does not end the doubt. */
const longestStepMs = 6 * HOUR;
const freshMs = HOUR;

/**
 * Judges a reading of the wall clock by those before it. A clock that has jumped, either way, is doubted until it has gone
 * on for a day or has come back; what is deleted by age waits meanwhile. A daemon that was off for longer than half a day
 * waits too, which costs nothing but a day.
 */
export function judgeClock(before: ClockState, now: Date): ClockState {
  if (Math.abs(now.getTime() - before.believedAt.getTime()) <= farMs) return believed(now);
  const { doubtedAt } = before;
  const step = doubtedAt === null ? -1 : now.getTime() - doubtedAt.getTime();
  // A doubted clock that goes back begins anew.
  const stoodMs = step < 0 ? 0 : before.stoodMs + Math.min(step, longestStepMs);
  if (stoodMs >= mustStandMs) return believed(now);
  return { believedAt: before.believedAt, doubtedAt: now, stoodMs };
}

/** The state after the owner has said that the clock is right. */
export function believed(now: Date): ClockState {
  return { believedAt: now, doubtedAt: null, stoodMs: 0 };
}

/** A reading as pruners take it: whether they may go by it, and whether that has just changed. */
export interface ClockVerdict {
  isBelieved: boolean;
  hasChanged: boolean;
  /** The last reading before this one that was believed. */
  believedAt: Date;
}

/**
 * Judges this reading and keeps the judgement in the store, which daemons of one database share; call it in a transaction.
 * Whoever deletes rows for their age asks first, and deletes nothing while `isBelieved` is false.
 */
export async function readPruningClock(tx: Tx, now: Date): Promise<ClockVerdict> {
  const known = await readState(tx);
  if (known !== undefined && isFresh(known, now))
    return { isBelieved: true, hasChanged: false, believedAt: known.believedAt };
  const before = (await readState(tx, 'to change it')) ?? believed((await newestRowAt(tx)) ?? now);
  const after = judgeClock(before, now);
  await writeState(tx, after);
  const isBelieved = after.doubtedAt === null;
  return {
    isBelieved,
    hasChanged: isBelieved !== (before.doubtedAt === null),
    believedAt: before.believedAt,
  };
}

/** Takes the owner's word that the clock is right. */
export async function believeClock(tx: Tx, now: Date): Promise<void> {
  await writeState(tx, believed(now));
}

/** A reading that says hardly anything new is not written down: a write costs a sync to disk. */
function isFresh({ believedAt, doubtedAt }: ClockState, now: Date): boolean {
  const age = now.getTime() - believedAt.getTime();
  return doubtedAt === null && age >= 0 && age < freshMs;
}

async function readState(tx: Tx, why?: 'to change it'): Promise<ClockState | undefined> {
  const { rows } = await tx.query<ClockState>({
    name: why === undefined ? 'pruning-clock-read' : 'pruning-clock-lock',
    text: `SELECT believed_at AS "believedAt", doubted_at AS "doubtedAt", stood_ms AS "stoodMs" FROM pruning_clock
           ${why === undefined ? '' : 'FOR UPDATE'}`,
  });
  return rows[0];
}

/** The time of the newest row, which tells when the clock was right where it was never looked at. */
async function newestRowAt(tx: Tx): Promise<Date | undefined> {
  const { rows } = await tx.query<{ at: Date | null }>({
    name: 'pruning-clock-newest',
    text: `SELECT greatest((SELECT received_at FROM events ORDER BY id DESC LIMIT 1),
                           (SELECT max(recorded_at) FROM task_transcripts)) AS at`,
  });
  return rows[0]?.at ?? undefined;
}

async function writeState(tx: Tx, { believedAt, doubtedAt, stoodMs }: ClockState): Promise<void> {
  await tx.query({
    name: 'pruning-clock-write',
    text: `INSERT INTO pruning_clock (believed_at, doubted_at, stood_ms) VALUES ($1, $2, $3)
           ON CONFLICT ON CONSTRAINT pruning_clock_pkey
             DO UPDATE SET believed_at = excluded.believed_at, doubted_at = excluded.doubted_at, stood_ms = excluded.stood_ms`,
    values: [believedAt, doubtedAt, Math.round(stoodMs)],
  });
}
