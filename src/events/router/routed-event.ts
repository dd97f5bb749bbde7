import { routedChannel } from '../../lib/diagnostics.ts';
import type { Journal } from '../../lib/journal/journal.ts';
import type { MailItem } from '../../lib/mailbox/mailbox.ts';
import type { WireEvent } from '../../lib/wire/parse-line.ts';
import type { Priority } from '../../lib/wire/priority.ts';
import { describeRejection, type RejectionReason } from '../../lib/wire/scan-line.ts';
import { readMail } from './read-mail.ts';
import type { Route } from './rule.ts';
import { route, type RuleBook, type Routing } from './route.ts';
import type { Moment, Shaping } from './shape.ts';
import type { Throttles } from './throttles.ts';

/** An event that has met its rule and waits to be recorded. */
export interface RoutedEvent {
  /** Journal position of its line. */
  position: number;
  /** Epoch milliseconds. */
  receivedAt: number;
  event: WireEvent;
  route: Route;
  rule: string;
  /** What rules did to it besides choosing the route; its priority is the event's by now. */
  shaping?: Shaping;
  /** Why it can only be a dead letter, in a sentence. */
  problem?: string;
}

/** The rule name of events whose place a later one of the same source and category took. */
export const coalescedRule = 'coalesced';

/** Reads mail from the journal and asks the rules about each; pure but for the reading and the count of the throttles. */
export function routeMail(
  journal: Journal,
  items: readonly MailItem[],
  book: RuleBook,
  replayEnd: number,
  throttles?: Throttles,
): RoutedEvent[] {
  const routed = readMail(journal, items).map((line, index): RoutedEvent => {
    const item = items[index] as MailItem;
    // Only lines that passed the same checks are ever queued, so this is a damaged journal.
    if (!line.ok) return damaged(item, line.reason);
    const { event } = line;
    const isReplay = item.position < replayEnd;
    const receivedAt = isReplay ? (journal.receivedAt(item.position) ?? item.since) : item.since;
    const { position } = item;
    if (item.superseded) return { position, receivedAt, event, route: 'drop', rule: coalescedRule };
    // A spooled event meets its rule when its text is there; until then it counts for no throttle.
    const moment = throttles && event.spool === undefined ? { at: receivedAt, throttles } : undefined;
    return routedBy({ position, receivedAt, event }, book, moment);
  });
  routedChannel.publish(routed);
  return routed;
}

/** An event with the answer of the rules, and the priority that they give it. */
export function routedBy(
  { position, receivedAt, event }: Pick<RoutedEvent, 'position' | 'receivedAt' | 'event'>,
  book: RuleBook,
  moment: Moment | undefined,
): RoutedEvent {
  const { route: to, rule, shaping }: Routing = route(event, book, moment);
  if (shaping === undefined) return { position, receivedAt, event, route: to, rule };
  if (event.spool !== undefined && moment === undefined)
    return { position, receivedAt, event, route: to, rule };
  const { priority = event.priority } = shaping;
  return { position, receivedAt, event: { ...event, priority }, route: to, rule, shaping };
}

/** What is left of a line that went bad on the disk: where it was, so that the owner hears of the loss. */
function damaged({ position, priority, since }: MailItem, reason: RejectionReason): RoutedEvent {
  return {
    position,
    receivedAt: since,
    event: {
      priority: priority as Priority,
      lowered: false,
      source: 'journal',
      occurredAt: undefined,
      category: 'damaged',
      payload: '',
      text: '',
      conversation: undefined,
      replyTo: undefined,
      dedupKey: undefined,
      fork: undefined,
      spool: undefined,
    },
    route: 'drop',
    rule: 'damaged',
    problem: `the journal is damaged at ${position}: ${describeRejection(reason)}`,
  };
}
