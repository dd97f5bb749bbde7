import { messageOf } from '../errors.ts';
import { readPayload } from '../wire/parse-line.ts';
import { readSpool, removeSpool } from '../wire/spool.ts';
import { route, type RuleBook } from './route.ts';
import { coalescedRule, type RoutedEvent } from './routed-event.ts';

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
): Promise<OpenedEvent[]> {
  const opened: OpenedEvent[] = [];
  for (const routed of events) {
    const { problem } = routed;
    const { spool } = routed.event;
    if (problem !== undefined) opened.push({ routed, problem });
    else opened.push(spool === undefined ? { routed } : await openOne(routed, spool, spoolDir, rules));
  }
  return opened;
}

/** Removes the files of events that are recorded; one that could not be read stays for the owner to look at. */
export async function removeSpooled(opened: readonly OpenedEvent[], spoolDir: string): Promise<void> {
  for (const { routed, problem } of opened) {
    const { spool } = routed.event;
    if (spool !== undefined && problem === undefined) await removeSpool(spoolDir, spool);
  }
}

async function openOne(
  routed: RoutedEvent,
  spool: string,
  spoolDir: string,
  rules: () => RuleBook,
): Promise<OpenedEvent> {
  try {
    const event = { ...routed.event, ...readPayload(await readSpool(spoolDir, spool)) };
    const decision = routed.rule === coalescedRule ? {} : route(event, rules());
    return { routed: { ...routed, event, ...decision } };
  } catch (thrown) {
    return { routed, problem: messageOf(thrown) };
  }
}
