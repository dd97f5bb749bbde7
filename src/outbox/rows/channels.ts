import type { Tx } from '../../lib/store/store.ts';
import { isPaused } from './waits.ts';

/** A channel as its daemon announces it. */
export interface AnnouncedChannel {
  name: string;
  ownerAddress: string | null;
}

/** Says which channels this worker serves and the owner's address there; one that it serves no more has none. */
export async function announceChannels(
  tx: Tx,
  { worker, channels, now }: { worker: string; channels: readonly AnnouncedChannel[]; now: Date },
): Promise<void> {
  await tx.query({
    name: 'delivery-channels-announce',
    text: `WITH gone AS (
             UPDATE delivery_channels SET owner_address = NULL
              WHERE worker = $1 AND owner_address IS NOT NULL AND NOT name = ANY ($2))
           INSERT INTO delivery_channels (name, owner_address, worker, seen_at)
           SELECT name, owner_address, $1, $4 FROM unnest($2::text[], $3::text[]) AS served (name, owner_address)
           ON CONFLICT ON CONSTRAINT delivery_channels_pkey
             DO UPDATE SET owner_address = excluded.owner_address, worker = excluded.worker, seen_at = excluded.seen_at`,
    values: [worker, channels.map(({ name }) => name), channels.map(({ ownerAddress }) => ownerAddress), now],
  });
}

/** What has made a channel pause. */
export interface Pause {
  until: Date;
  reason: string;
  /** Whether the next pause is to be longer. */
  isFailure: boolean;
  now: Date;
}

/** How many outages a channel has had in a row. */
export async function channelFailures(tx: Tx, name: string): Promise<number> {
  const { rows } = await tx.query<{ failures: number }>({
    name: 'delivery-channels-failures',
    text: `SELECT failures FROM delivery_channels WHERE name = $1`,
    values: [name],
  });
  return rows[0]?.failures ?? 0;
}

/** Sends nothing through a channel for a while. Messages that met the same outage count as one failure. */
export async function pauseChannel(
  tx: Tx,
  name: string,
  { until, reason, isFailure, now }: Pause,
): Promise<void> {
  await tx.query({
    name: 'delivery-channels-pause',
    text: `UPDATE delivery_channels
              SET failures = CASE WHEN $4 AND NOT ${isPaused('$5')} THEN failures + 1 ELSE failures END,
                  paused_until = CASE WHEN NOT ${isPaused('$5')} THEN $2 WHEN $4 THEN paused_until ELSE greatest(paused_until, $2) END,
                  problem = $3
            WHERE name = $1`,
    values: [name, until, reason, isFailure, now],
  });
}

/** The channel works: what was wrong with it is over. */
export async function channelWorks(tx: Tx, name: string): Promise<void> {
  await tx.query({
    name: 'delivery-channels-works',
    text: `UPDATE delivery_channels SET failures = 0, problem = NULL, paused_until = NULL WHERE name = $1 AND failures > 0`,
    values: [name],
  });
}
