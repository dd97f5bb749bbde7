import { ConflictError, UsageError } from '../../lib/errors.ts';
import { zoneName } from '../../lib/local-time.ts';
import { PRIORITIES } from '../../lib/wire/priority.ts';
import type { Trust } from '../../lib/wire/trust.ts';
import { checkZone } from '../../schedule/zone.ts';
import { HOUR, MINUTE } from '../../lib/time.ts';
import type { DoneCheck, GoalChange, GoalInput } from '../definition.ts';
import type { Goal, GoalTerms, GoalTrust } from '../rows/goals.ts';
import { checkReflexLine } from '../run/event.ts';
import { readWhen } from '../when/when.ts';

/** Who makes or changes a goal, and how far they are trusted: the goal is trusted no further. */
export interface Maker {
  /** A face, `config.json`, or the task that asks. */
  by: string;
  trust: Trust;
}

const defaults = {
  category: 'goal',
  priority: PRIORITIES.indexOf('NORMAL'),
  timeoutMs: 30 * MINUTE,
  missed: 'skip',
  missedWindowMs: 24 * HOUR,
  missedCap: 10,
  overlap: 'skip',
  jitterMs: 0,
} as const;

/** The columns that say when a goal is due. */
export type ScheduleTerms = Pick<GoalTerms, 'spoken' | 'cron' | 'everyMs' | 'anchor' | 'dueAt'>;

interface NewTermsOptions {
  maker: Maker;
  declaredBy: string | null;
  now: Date;
  /** What the same words were understood as before, such as "tomorrow at 8". */
  kept?: ScheduleTerms | undefined;
}

/**
 * The terms of a new goal. Throws a `UsageError` that says what cannot be kept, and a `ConflictError` where whoever makes it
 * may not.
 */
export function newTerms(input: GoalInput, { maker, declaredBy, now, kept }: NewTermsOptions): GoalTerms {
  const trust = trustOfMaker(maker);
  const timeZone = input.zone ?? zoneName();
  const empty: GoalTerms = {
    ...{ name: input.name, spoken: null, cron: null, everyMs: null, anchor: null, dueAt: null, timeZone },
    ...{ prompt: null, reflex: null, conversation: null, model: null, budgetUsd: null, quiet: null },
    ...{ agent: null, condition: null, doneCheck: null, doneSchema: null, ...defaults },
    ...{ madeBy: maker.by, trust, declaredBy },
  };
  const change = withoutName(input);
  if (kept === undefined) return changedTerms(empty, change, { maker, now });
  return changedTerms({ ...empty, ...kept }, { ...change, when: undefined }, { maker, now });
}

/** The terms of a goal with changes; throws as `newTerms` does. */
export function changedTerms(
  terms: GoalTerms,
  change: GoalChange,
  { maker, now }: { maker: Maker; now: Date },
): GoalTerms {
  const trust = trustOfMaker(maker);
  if (trust === 'local' && terms.trust === 'owner')
    throw new ConflictError(`the goal ${terms.name} is the owner's: ${maker.by} may not change it`);
  const { when, zone, budget, timeout, missedWindow, jitter, doneCheck, priority, ...plain } = change;
  const changed: GoalTerms = {
    ...terms,
    ...withoutUndefined(plain),
    ...(zone !== undefined && { timeZone: zone }),
    ...(budget !== undefined && { budgetUsd: budget }),
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(missedWindow !== undefined && { missedWindowMs: missedWindow }),
    ...(jitter !== undefined && { jitterMs: jitter }),
    ...(priority !== undefined && { priority: PRIORITIES.indexOf(priority) }),
    ...(doneCheck !== undefined && doneCheckTerms(doneCheck)),
    ...otherThan(change),
  };
  checkZone(changed.timeZone);
  const scheduled =
    when === undefined ? changed : { ...changed, ...scheduleTerms(when, changed.timeZone, now) };
  checkTerms(scheduled);
  return scheduled;
}

/** A goal as terms to be changed. */
export function termsOfGoal({
  id: _,
  enabled: __,
  pausedReason: ___,
  failuresInARow: ____,
  lastSuccessAt: _____,
  since: ______,
  ...terms
}: Goal): GoalTerms {
  return terms;
}

/** Whether two terms are due at other instants. */
export function isRescheduled(before: GoalTerms, after: GoalTerms): boolean {
  return (
    before.cron !== after.cron ||
    before.everyMs !== after.everyMs ||
    before.anchor?.getTime() !== after.anchor?.getTime() ||
    before.dueAt?.getTime() !== after.dueAt?.getTime() ||
    (after.cron !== null && before.timeZone !== after.timeZone)
  );
}

function withoutName({ name: _, ...change }: GoalInput): GoalChange {
  return change;
}

function trustOfMaker({ by, trust }: Maker): GoalTrust {
  if (trust === 'untrusted')
    throw new ConflictError(`${by} may make no goal: what strangers wrote starts nothing by the clock`);
  return trust;
}

/** A prompt takes the place of a reflex, and the other way round. */
function otherThan({ prompt, reflex }: GoalChange): Partial<GoalTerms> {
  if (prompt != null && reflex === undefined) return { reflex: null };
  return reflex != null && prompt === undefined ? { prompt: null } : {};
}

function doneCheckTerms(check: DoneCheck | null): Pick<GoalTerms, 'doneCheck' | 'doneSchema'> {
  if (check === null) return { doneCheck: null, doneSchema: null };
  const schema = 'schema' in check ? check.schema : undefined;
  const command = 'command' in check ? check.command : undefined;
  return { doneCheck: command ?? null, doneSchema: schema ?? null };
}

function scheduleTerms(when: string, zone: string, now: Date): ScheduleTerms {
  const { schedule } = readWhen(when, { zone, now });
  const none = { cron: null, everyMs: null, anchor: null, dueAt: null };
  switch (schedule.kind) {
    case 'cron':
      return { ...none, cron: schedule.cron, spoken: when.trim() === schedule.cron ? null : when.trim() };
    case 'every':
      return { ...none, everyMs: schedule.everyMs, anchor: schedule.anchor, spoken: when.trim() };
    case 'at':
      return { ...none, dueAt: schedule.at, spoken: when.trim() };
  }
}

function checkTerms({ prompt, reflex, trust, condition, doneCheck, doneSchema, name }: GoalTerms): void {
  if ((prompt === null) === (reflex === null))
    throw new UsageError(
      prompt === null
        ? `the goal ${name} needs a prompt, or a line to write (reflex)`
        : `the goal ${name} has a prompt and a line to write: expected one of them`,
    );
  if (reflex !== null) checkReflexLine(reflex, trust);
  if (reflex !== null && doneSchema !== null)
    throw new UsageError('a JSON schema judges an answer of an agent: a goal that writes a line has none');
  if (trust !== 'owner' && (condition !== null || doneCheck !== null))
    throw new ConflictError(
      'only the owner gives a goal commands: a condition or a done-check runs with their rights',
    );
}

function withoutUndefined<T extends object>(fields: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
