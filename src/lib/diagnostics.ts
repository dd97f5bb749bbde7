import { channel } from 'node:diagnostics_channel';

/*
 * For whoever measures the daemon from inside its process, such as the benchmark's probe (bench/probe.js).
 * Without a subscriber a publication is one comparison. Nothing in the daemon subscribes.
 */

/** The events (`RoutedEvent[]`) of a batch, in the instant in which the last of them met its rule. */
export const routedChannel = channel('ninjad.routed');

/** How many events (a number) the store has just recorded. */
export const recordedChannel = channel('ninjad.recorded');

/** The journal position (a number) up to which everything is on the disk now. */
export const syncedChannel = channel('ninjad.synced');
