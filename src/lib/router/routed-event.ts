import { routedChannel } from '../diagnostics.ts';
import type { Journal } from '../journal/journal.ts';
import type { MailItem } from '../mailbox/mailbox.ts';
import type { WireEvent } from '../wire/parse-line.ts';
import type { Priority } from '../wire/priority.ts';
import { describeRejection, type RejectionReason } from '../wire/scan-line.ts';
import { readMail } from './read-mail.ts';
import type { Route } from './rule.ts';
import { route, type RuleBook } from './route.ts';

/** An event that has met its rule and waits to be recorded. */
export interface RoutedEvent {
  /** Journal position of its line. */
  position: number;
  /** Epoch milliseconds. */
  receivedAt: number;
  event: WireEvent;
  route: Route;
  rule: string;
  /** Why it can only be a dead letter, in a sentence. */
  problem?: string;
}

/** The rule name of events whose place a later one of the same source and category took. */
export const coalescedRule = 'coalesced';

/** Reads mail from the journal and asks the rules about each; pure but for the reading. */
export function routeMail(
  journal: Journal,
  items: readonly MailItem[],
  book: RuleBook,
  replayEnd: number,
): RoutedEvent[] {
  const routed = readMail(journal, items).map((line, index) => {
    const item = items[index] as MailItem;
    // Only lines that passed the same checks are ever queued, so this is a damaged journal.
    if (!line.ok) return damaged(item, line.reason);
    const { event } = line;
    const decision = item.superseded ? { route: 'drop' as const, rule: coalescedRule } : route(event, book);
    const isReplay = item.position < replayEnd;
    const receivedAt = isReplay ? (journal.receivedAt(item.position) ?? item.since) : item.since;
    return { position: item.position, receivedAt, event, ...decision };
  });
  routedChannel.publish(routed);
  return routed;
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
