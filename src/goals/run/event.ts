import { UsageError } from '../../lib/errors.ts';
import { ownValue } from '../../lib/own-value.ts';
import { parseLine, type WireEvent } from '../../lib/wire/parse-line.ts';
import { HUMAN, type Priority, priorityName } from '../../lib/wire/priority.ts';
import type { NewEvent } from '../../lib/wire/put-event.ts';
import { describeRejection } from '../../lib/wire/scan-line.ts';
import { trustOf, trusts } from '../../lib/wire/trust.ts';
import type { Goal, GoalTrust } from '../rows/goals.ts';
import type { GoalRun } from '../rows/runs.ts';
import { promptOf } from './prompt.ts';

/** The event that a run puts into the pipe: the goal's prompt, or the line that it is to write. */
export function eventOfRun({
  goalId,
  terms,
  dedupKey,
  finding,
}: Pick<GoalRun, 'goalId' | 'terms' | 'dedupKey' | 'finding'>): NewEvent {
  const { name, prompt, reflex, conversation, priority } = terms;
  if (prompt === null) return reflexEvent(reflex ?? '', dedupKey);
  return {
    priority: priorityName(priority as Priority),
    source: sourceOf(name, goalId),
    category: goalCategory,
    payload: { text: promptOf(terms, finding), dedupKey, ...(conversation !== null && { conversation }) },
  };
}

/** All prompts of goals come by this category; what they may do goes by the goal's own. */
const goalCategory = 'goal';

/** The source of a goal's own events: its name, where that fits, else its number. */
export function sourceOf(name: string, id: number): string {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,57}$/.test(name) ? `goal:${name}` : `goal:${id}`;
}

/** The source of the events of a goal: that of its line, where it writes one. */
export function sourceOfRuns({ id, name, reflex }: Pick<Goal, 'id' | 'name' | 'reflex'>): string {
  if (reflex === null) return sourceOf(name, id);
  const parsed = parseLine(reflex);
  return parsed.ok ? parsed.event.source : sourceOf(name, id);
}

/**
 * Reads the wire line that a goal is to write. Throws a `UsageError` where the wire would refuse it, and where it would speak
 * for somebody who is trusted more than who makes the goal.
 */
export function checkReflexLine(line: string, trust: GoalTrust): WireEvent {
  const parsed = parseLine(line);
  if (!parsed.ok)
    throw new UsageError(
      `the line is refused by the wire: ${describeRejection(parsed.reason)}. A line is priority|source|timestamp|category|payload, such as NORMAL|cron:report||note|a text`,
    );
  const { event } = parsed;
  if (event.spool !== undefined)
    throw new UsageError('a line of a goal names no spool file: those are read once');
  if (event.dedupKey !== undefined)
    throw new UsageError('leave dedupKey out of the line: each run needs a key of its own');
  if (trusts.indexOf(trustOf(event.source)) < trusts.indexOf(trust))
    throw new UsageError(
      `the source ${event.source} is the owner's, and this goal was not made by the owner`,
    );
  if (event.priority === HUMAN) throw new UsageError('what runs by the clock is not HUMAN: use URGENT');
  return event;
}

/** The line with the key of this run, by which it is written once however often it is tried. */
function reflexEvent(line: string, dedupKey: string): NewEvent {
  const parsed = parseLine(line);
  if (!parsed.ok)
    throw new UsageError(`the line is refused by the wire: ${describeRejection(parsed.reason)}`);
  const { priority, source, category, payload, occurredAt } = parsed.event;
  return {
    priority: priorityName(priority),
    source,
    category,
    payload: { ...(objectOf(payload) ?? { text: payload }), dedupKey },
    ...(occurredAt !== undefined && { timestamp: occurredAt }),
  };
}

function objectOf(payload: string): Record<string, unknown> | undefined {
  if (!payload.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(payload) as Record<string, unknown>;
    return ownValue(value, 'dedupKey') === undefined ? value : undefined;
  } catch {
    return undefined;
  }
}
