import { recordAct } from '../activity/record-act.ts';
import { localTime } from '../lib/local-time.ts';
import { ConflictError, NotFoundError, UsageError } from '../lib/errors.ts';
import type { Caller } from '../lib/operations/operation.ts';
import type { Tx } from '../lib/store/store.ts';
import { DAY } from '../lib/time.ts';
import type { Evidence } from '../wishes/evidence.ts';
import { type NewWish, proposeWish } from '../wishes/rows.ts';
import { wishMadeOf, withdrawWish } from '../wishes/withdraw.ts';
import type { FindingMetric } from './detector.ts';
import { decideFinding as closeFinding, type Finding, findFinding, noteDecision } from './rows.ts';
import { forgetDismissal, reopenFinding } from './rows-reopen.ts';

/** `reopen` takes any of the others back; an acceptance only while nothing was done about its wish. */
export const findingDecisions = ['accept', 'dismiss', 'snooze', 'reopen'] as const;

/** A decision of the owner about one finding. */
export interface DecidedFinding {
  id: number;
  decision: (typeof findingDecisions)[number];
  reason?: string | undefined;
  /** Until when it is snoozed; a week where nothing is said. */
  until?: Date | undefined;
}

const states = { accept: 'accepted', dismiss: 'dismissed', snooze: 'snoozed' } as const;
const snoozeMs = 7 * DAY;
const longestSnoozeMs = 366 * DAY;
const evidenceChars = 10_000;

/**
 * Decides a finding that waits, with its line in the activity log; an accepted one becomes a wish. Rejects with `NotFoundError`
 * where there is none, with `ConflictError` where it does not wait (any more) or has nothing to take back (any more), and with `UsageError`
 * for a wrong time.
 */
export async function decideFinding(
  tx: Tx,
  caller: Caller,
  { id, decision, reason, until }: DecidedFinding,
  now: Date,
): Promise<Finding> {
  if (decision === 'reopen') return reopen(tx, caller, id, now);
  const state = states[decision];
  const snoozedUntil = decision === 'snooze' ? snoozeEnd(until, now) : null;
  const finding = await closeFinding(tx, { id, state, reason: reason ?? null, until: snoozedUntil, now });
  if (finding === undefined) throw await whyNotOpen(tx, id, now);
  await noteDecision(tx, id, state);
  const wish = decision === 'accept' ? await proposeWish(tx, wishOf(finding, now)) : undefined;
  const how = snoozedUntil === null ? state : `snoozed until ${localTime(snoozedUntil)}`;
  await recordAct(tx, caller, {
    at: now,
    action: `finding.${state}`,
    summary: `finding ${id} was ${how}: ${finding.summary}`.slice(0, 1_000),
    detail: { finding: id, wish: wish?.id ?? null, reason: reason ?? null, until: snoozedUntil },
  });
  return { ...finding, wishId: wish?.id ?? finding.wishId };
}

/** Lets a decided finding wait for the owner again, as if nothing had been said; the wish that was made of it is none any more. */
async function reopen(tx: Tx, caller: Caller, id: number, now: Date): Promise<Finding> {
  const before = await findFinding(tx, id, now);
  if (before === undefined) throw new NotFoundError(`there is no finding ${id}`);
  if (before.state === 'accepted') await takeWishBack(tx, before);
  const finding = await reopenFinding(tx, id, now);
  if (finding === undefined)
    throw new ConflictError(`finding ${id} is ${before.state}: there is no decision to take back`);
  if (before.state === 'dismissed') await forgetDismissal(tx, id);
  await recordAct(tx, caller, {
    at: now,
    action: 'finding.reopened',
    summary: `finding ${id} is open again: ${finding.summary}`.slice(0, 1_000),
    detail: { finding: id },
  });
  return finding;
}

async function takeWishBack(tx: Tx, { id, decidedAt }: Finding): Promise<void> {
  const made = decidedAt === null ? undefined : await wishMadeOf(tx, { findingId: id, at: decidedAt });
  if (made === undefined || (await withdrawWish(tx, made.id))) return;
  throw new ConflictError(
    `wish ${made.id} came of finding ${id} and is ${made.state}: decide there what becomes of it`,
  );
}

function snoozeEnd(until: Date | undefined, now: Date): Date {
  const end = until ?? new Date(now.getTime() + snoozeMs);
  const ms = end.getTime() - now.getTime();
  if (ms > 0 && ms <= longestSnoozeMs) return end;
  throw new UsageError(`expected a time within the next year to snooze it until, got ${end.toISOString()}`);
}

/** A wish with what its finding knows: why, what backs it, and the metric that it is to change. */
interface FindingWish extends NewWish {
  why: string;
  evidence: readonly Evidence[];
  expected?: FindingMetric;
}

function wishOf(finding: Finding, now: Date): FindingWish {
  const { id, summary, evidence, measured, figures, remedy, metric } = finding;
  const shown =
    evidence.length > 0 ? evidence.map(lineOf).join('\n') : JSON.stringify(measured, undefined, 2);
  const numbers = figures
    .map(({ name, value, unit }) => `${name}: ${Number(value.toFixed(3))} ${unit}`)
    .join('\n');
  return {
    title: summary.slice(0, 200),
    description: [summary, remedy, numbers, `Evidence:\n${shown}`]
      .filter((part) => part !== '')
      .join('\n\n')
      .slice(0, evidenceChars),
    origin: 'finding',
    why: remedy === '' ? summary : `${summary}. ${remedy}`,
    evidence: [{ kind: 'finding', ref: String(id), note: summary.slice(0, 300) }, ...evidence],
    ...(metric !== null && { expected: metric }),
    findingId: id,
    approved: false,
    now,
  };
}

function lineOf({ kind, ref, note }: Evidence): string {
  return note === '' ? `${kind} ${ref}` : `${kind} ${ref}: ${note}`;
}

async function whyNotOpen(tx: Tx, id: number, now: Date): Promise<Error> {
  const finding = await findFinding(tx, id, now);
  if (finding === undefined) return new NotFoundError(`there is no finding ${id}`);
  if (finding.state === 'gone')
    return new ConflictError(`finding ${id} is not measured any more: there is nothing to decide`);
  return new ConflictError(`finding ${id} was decided already: it is ${finding.state}`);
}
