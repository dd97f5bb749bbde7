import type { AgentName } from '../../lib/wire/agent-names.ts';
import { isQuiet, quietUntil } from '../../lib/quiet-hours.ts';
import { HUMAN, type Priority, PRIORITIES, URGENT } from '../../lib/wire/priority.ts';
import type { BookRule, QuietClock } from './book.ts';
import type { Throttles } from './throttles.ts';

/** What rules did to an event besides choosing its route. */
export interface Shaping {
  /** The priority that it goes on with. */
  priority?: Priority;
  /** The entry of `permissions.byCategory` that its task gets. */
  permissionCategory?: string;
  /** The agent that its task goes to. */
  agent?: AgentName;
  /** The rule whose quiet hours hold its task, and epoch milliseconds of their end. */
  heldBy?: string;
  heldUntil?: number;
  /** The rule that lowered it in its quiet hours. */
  loweredBy?: string;
  /** The rule whose throttle it was one too many for. */
  throttledBy?: string;
  /** Rules without a route that it met on its way. */
  met?: readonly string[];
  /** Why it waits, was lowered or was dropped, for its row. */
  reason?: string;
}

/** The moment at which an event meets the rules. */
export interface Moment {
  /** Epoch milliseconds. */
  at: number;
  throttles: Throttles;
}

const LOW = PRIORITIES.indexOf('LOW') as Priority;

/**
 * The event as a rule changes it that takes it or lets it go on; `so` is what earlier rules did. Without a moment nothing is
 * throttled and no hour is quiet.
 */
export function shapedBy(
  event: { source: string; priority: Priority },
  rule: BookRule,
  so: Shaping,
  moment: Moment | undefined,
): Shaping {
  if (moment !== undefined && event.priority !== HUMAN && isTooMany(event, rule, moment))
    return { ...so, throttledBy: rule.name, reason: throttleReason(rule) };
  const shaped: Shaping = { ...so };
  if (rule.toPriority !== undefined) shaped.priority = rule.toPriority;
  if (rule.permissionCategory !== undefined) shaped.permissionCategory = rule.permissionCategory;
  if (rule.agent !== undefined) shaped.agent = rule.agent;
  const priority = shaped.priority ?? event.priority;
  if (moment !== undefined && rule.quietClock !== undefined && priority > URGENT)
    quieten(rule, rule.quietClock, priority, shaped, moment.at);
  return shaped;
}

function isTooMany({ source }: { source: string }, { name, limit }: BookRule, moment: Moment): boolean {
  if (limit === undefined) return false;
  const { count, windowMs, isPerSource } = limit;
  const key = `${name} ${count}/${windowMs}${isPerSource ? ` ${source}` : ''}`;
  return !moment.throttles.pass({ key, count, windowMs }, moment.at);
}

function throttleReason({ name, throttle }: BookRule): string {
  const each = throttle?.by === 'source' ? ' of a source' : '';
  return `one too many: the rule ${name} lets ${throttle?.count}${each} through in ${throttle?.per}`;
}

function quieten(rule: BookRule, clock: QuietClock, priority: Priority, shaped: Shaping, at: number): void {
  const end = quietEnd(clock, at);
  if (end === undefined) return;
  if (rule.quiet?.then === 'lower') {
    if (priority >= LOW) return;
    shaped.priority = LOW;
    shaped.loweredBy = rule.name;
    shaped.reason = `lowered to LOW in the quiet hours of the rule ${rule.name}`;
  } else if (shaped.heldUntil === undefined || end > shaped.heldUntil) {
    shaped.heldUntil = end;
    shaped.heldBy = rule.name;
    shaped.reason = `held until ${clock.until} (${clock.zone}): quiet hours of the rule ${rule.name}`;
  }
}

const minuteMs = 60_000;

/** Reading a clock in a zone takes microseconds, and all events of a minute get the same answer. */
function quietEnd(clock: QuietClock, at: number): number | undefined {
  const minute = Math.floor(at / minuteMs);
  if (clock.minute === minute) return clock.end;
  const { hours, zone, end, minute: before } = clock;
  clock.minute = minute;
  if (!isQuiet(hours, zone, new Date(at))) clock.end = undefined;
  // Within the same quiet hours the end stays what it is.
  else if (end === undefined || minute < before || at >= end)
    clock.end = quietUntil(hours, zone, new Date(at)).getTime();
  return clock.end;
}
