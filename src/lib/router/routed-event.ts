import { routedChannel } from '../diagnostics.ts';
import type { Journal } from '../journal/journal.ts';
import type { MailItem } from '../mailbox/mailbox.ts';
import type { WireEvent } from '../wire/parse-line.ts';
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
    if (!line.ok) throw new Error(`the journal has a bad line at ${item.position}: ${line.reason}`);
    const { event } = line;
    const decision = item.superseded ? { route: 'drop' as const, rule: coalescedRule } : route(event, book);
    const isReplay = item.position < replayEnd;
    const receivedAt = isReplay ? (journal.receivedAt(item.position) ?? item.since) : item.since;
    return { position: item.position, receivedAt, event, ...decision };
  });
  routedChannel.publish(routed);
  return routed;
}
