import { z } from 'zod';
import type { Store } from '../../lib/store/store.ts';
import { readPayload } from '../../lib/wire/parse-line.ts';

/** An event of mail as its row has it, with where it went. */
export interface MailRow {
  id: number;
  source: string;
  payload: string;
  receivedAt: Date;
  route: string;
  rule: string;
  status: string;
  reason: string | null;
  taskId: number | null;
}

/** A mail for people: its fields, its text, and what became of it. */
export interface MailView {
  id: number;
  source: string;
  receivedAt: Date;
  from: string;
  fromName: string;
  to: string[];
  subject: string;
  date: string;
  folder: string;
  account: string;
  list: string | null;
  bulk: boolean;
  automatic: string | null;
  auth: { server: string; spf: string | null; dkim: string | null; dmarc: string | null } | null;
  attachments: { name: string | null; type: string; size: number | null }[];
  hidden: { elements: number; characters: number };
  unparsed: string | null;
  /** How many mails this line stands for, where it is a digest. */
  digest: number | null;
  text: string;
  route: string;
  rule: string;
  status: string;
  reason: string | null;
  taskId: number | null;
}

const columns = `event.id, event.source, left(event.payload, 200000) AS payload, event.received_at AS "receivedAt", event.route,
  event.rule, event.status, event.reason, task.id AS "taskId"`;
const mails = `events event LEFT JOIN tasks task ON task.event_id = event.id
  WHERE event.category = 'mail' AND (event.source = 'email' OR event.source LIKE 'email:%')`;

/** The newest mails before an event. */
export async function listMails(
  store: Pick<Store, 'query'>,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<MailView[]> {
  const { rows } = await store.query<MailRow>({
    name: 'mail-events-list',
    text: `SELECT ${columns} FROM ${mails} AND ($1::bigint IS NULL OR event.id < $1) ORDER BY event.id DESC LIMIT $2`,
    values: [before ?? null, limit],
  });
  return rows.map(viewOf);
}

/** The mails that were received since a time, oldest first; the newest ones where there are more than `limit`. */
export async function mailsSince(
  store: Pick<Store, 'query'>,
  { since, limit }: { since: Date; limit: number },
): Promise<MailView[]> {
  const { rows } = await store.query<MailRow>({
    name: 'mail-events-since',
    text: `SELECT ${columns} FROM ${mails} AND event.received_at >= $1 AND event.status <> 'dropped' ORDER BY event.id DESC LIMIT $2`,
    values: [since, limit],
  });
  return rows.map(viewOf).reverse();
}

/** When the last digest was asked for; undefined where none is known. */
export async function lastDigestAt(store: Pick<Store, 'query'>): Promise<Date | undefined> {
  const { rows } = await store.query<{ at: Date }>({
    name: 'mail-digest-last',
    text: `SELECT received_at AS at FROM events WHERE route = 'reflex:digest' AND status = 'done' ORDER BY id DESC LIMIT 1`,
    values: [],
  });
  return rows[0]?.at;
}

const text = z.string().catch('');
const textOrNull = z.string().nullable().catch(null);
const count = z.number().catch(0);
/** Anybody may write a line with the source of mail, so that nothing of it is taken for granted. */
const payloadSchema = z.object({
  from: text,
  fromName: text,
  to: z.array(z.string()).catch([]),
  subject: text,
  date: text,
  folder: text,
  account: text,
  list: textOrNull,
  bulk: z.boolean().catch(false),
  automatic: textOrNull,
  auth: z
    .object({ server: text, spf: textOrNull, dkim: textOrNull, dmarc: textOrNull })
    .nullable()
    .catch(null),
  attachments: z
    .array(z.object({ name: textOrNull, type: text, size: z.number().nullable().catch(null) }))
    .catch([]),
  hidden: z.object({ elements: count, characters: count }).catch({ elements: 0, characters: 0 }),
  unparsed: textOrNull,
  digest: z.number().nullable().catch(null),
});

function viewOf({ payload, ...row }: MailRow): MailView {
  return { ...row, ...payloadSchema.parse(objectOf(payload)), text: readPayload(payload).text };
}

function objectOf(payload: string): object {
  try {
    const value: unknown = JSON.parse(payload);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
