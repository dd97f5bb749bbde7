import { messageOf } from '../../lib/errors.ts';
import { readPayload, type WireEvent } from '../../lib/wire/parse-line.ts';
import type { Priority } from '../../lib/wire/priority.ts';
import { readSpool } from '../../lib/wire/spool.ts';
import type { RuleBook } from './route.ts';
import { coalescedRule, routedBy, type RoutedEvent } from './routed-event.ts';
import type { Throttles } from './throttles.ts';

/** A routed event with its payload at hand, or the reason why there is none: a damaged line, a lost spool file. */
export interface OpenedEvent {
  routed: RoutedEvent;
  problem?: string;
}

/**
 * Reads the files that stand for payloads. A spooled event meets its rule again when its payload is there, since rules
 * may ask for the text.
 */
export async function openSpooled(
  events: readonly RoutedEvent[],
  spoolDir: string,
  rules: () => RuleBook,
  throttles?: Throttles,
): Promise<OpenedEvent[]> {
  const opened: OpenedEvent[] = [];
  for (const routed of events) {
    const { problem } = routed;
    const { spool } = routed.event;
    if (problem !== undefined) opened.push({ routed, problem });
    else
      opened.push(
        spool === undefined ? { routed } : await openOne(routed, spool, { spoolDir, rules, throttles }),
      );
  }
  return opened;
}

/** Removes the files of events that are recorded; one that could not be read stays for the owner to look at. */
export async function removeSpooled(
  opened: readonly OpenedEvent[],
  remove: (name: string) => Promise<void>,
): Promise<void> {
  for (const { routed, problem } of opened) {
    const { spool } = routed.event;
    if (spool !== undefined && problem === undefined) await remove(spool);
  }
}

async function openOne(
  routed: RoutedEvent,
  spool: string,
  {
    spoolDir,
    rules,
    throttles,
  }: { spoolDir: string; rules: () => RuleBook; throttles: Throttles | undefined },
): Promise<OpenedEvent> {
  try {
    const event = { ...routed.event, ...readPayload(await readSpool(spoolDir, spool)) };
    const moment = throttles && { at: routed.receivedAt, throttles };
    if (routed.rule === coalescedRule) return { routed: { ...routed, event } };
    return { routed: decideOnce(routed, event, () => routedBy({ ...routed, event }, rules(), moment)) };
  } catch (thrown) {
    return { routed, problem: messageOf(thrown) };
  }
}

/** The decisions on events that wait: while the store is away they are opened again and again, and count once. */
const decided = new WeakMap<RoutedEvent, Omit<RoutedEvent, 'event'> & { priority: Priority }>();

function decideOnce(waiting: RoutedEvent, opened: WireEvent, decide: () => RoutedEvent): RoutedEvent {
  const before = decided.get(waiting);
  if (before !== undefined) {
    const { priority, ...decision } = before;
    return { ...decision, event: { ...opened, priority } };
  }
  const { event, ...decision } = decide();
  decided.set(waiting, { ...decision, priority: event.priority });
  return { ...decision, event };
}
