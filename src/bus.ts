import type { DiscordFacts } from './discord/facts.ts';
import type { EventFacts } from './events/facts.ts';
import type { FleetFacts } from './fleet/facts.ts';
import { type Bus, createBus as createBusOf } from './lib/bus.ts';
import type { ListFacts } from './lib/operations/facts.ts';
import type { WireFacts } from './lib/wire/facts.ts';
import type { MemoryFacts } from './memory/facts.ts';
import type { OutboxFacts } from './outbox/facts.ts';
import type { ScheduleFacts } from './schedule/facts.ts';
import type { TaskFacts } from './tasks/facts.ts';

/** All that observers may hear: one line a concern. */
export type BusFacts = WireFacts &
  EventFacts &
  TaskFacts &
  MemoryFacts &
  OutboxFacts &
  ScheduleFacts &
  DiscordFacts &
  FleetFacts &
  ListFacts;

/** The observers' bus of the daemon. */
export type DaemonBus = Bus<BusFacts>;

/** See `Bus`; the one with every concern's facts. */
export function createBus(onListenerError: (thrown: unknown) => void): DaemonBus {
  return createBusOf<BusFacts>(onListenerError);
}
