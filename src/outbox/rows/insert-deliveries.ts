import { storable } from '../../lib/store/storable.ts';
import type { Tx } from '../../lib/store/store.ts';

/** The words of a delivery. */
export interface DeliveryBody {
  text: string;
  state: string | null;
}

/** A reply with its address. */
export interface NewReply {
  channel: string;
  address: string;
  subject: string;
  body: DeliveryBody;
  eventId: number;
  taskId: number | null;
  now: Date;
}

/** Keeps one reply for one address; a second of the same subject changes nothing. */
export async function insertReply(tx: Tx, reply: NewReply): Promise<void> {
  const { channel, address, subject, body, eventId, taskId, now } = reply;
  await tx.query({
    name: 'deliveries-insert-reply',
    text: `INSERT INTO deliveries (channel, address, kind, subject, body, event_id, task_id, created_at, queued_at, due_at)
           VALUES ($1, $2, 'reply', $3, $4, $5, $6, $7, $7, $7)
           ON CONFLICT ON CONSTRAINT deliveries_once_an_address DO NOTHING`,
    values: [channel, address, subject, json(body), eventId, taskId, now],
  });
}

/** News for the owner. */
export interface News {
  /** Names them, whatever keeps them: the same subject is one delivery an address. */
  subject: string;
  text: string;
  taskId: number | null;
  /** The channel whose failure they tell of. */
  except: string | null;
  now: Date;
}

/** Keeps news for the owner's address in every channel that has one, except in one channel. */
export async function insertNews(tx: Tx, { subject, text, taskId, except, now }: News): Promise<void> {
  await tx.query({
    name: 'deliveries-insert-news',
    text: `INSERT INTO deliveries (channel, address, kind, subject, body, task_id, created_at, queued_at, due_at)
           SELECT name, owner_address, 'news', $1, $2, $3, $5, $5, $5
             FROM delivery_channels WHERE owner_address IS NOT NULL AND name IS DISTINCT FROM $4
           ON CONFLICT ON CONSTRAINT deliveries_once_an_address DO NOTHING`,
    values: [subject, json({ text, state: null }), taskId, except, now],
  });
}

/** Takes back the part of these news that is not sent yet, since nobody needs to read it any more. */
export async function dropNews(tx: Tx, subjects: readonly string[], now: Date): Promise<void> {
  if (subjects.length === 0) return;
  await tx.query({
    name: 'deliveries-drop-news',
    text: `UPDATE deliveries SET state = 'dropped', ended_at = $2, reason = 'it was seen, or no longer held, before it was sent'
            WHERE state = 'pending' AND kind = 'news' AND subject = ANY ($1::text[])`,
    values: [subjects, now],
  });
}

function json(body: DeliveryBody): string {
  return JSON.stringify(storable(body));
}
