import { z } from 'zod';
import { createEventIds, epochBytes } from '../events/rows/register-journal.ts';
import type { Tx } from '../lib/store/store.ts';
import type { ExportedRow, HomePart } from './home-part.ts';

/** A message of a conversation with what came of it, as an export has it. */
const turn = z.object({
  journal: z.uuid(),
  epoch: z.int().min(0),
  position: z.int().min(0),
  conversation: z.string().min(1),
  at: z.iso.datetime({ offset: true }),
  priority: z.int().min(0).max(5),
  source: z.string(),
  category: z.string(),
  text: z.string(),
  status: z.string(),
  reason: z.string().nullable(),
  reply: z.string().nullable(),
  task: z
    .object({
      state: z.string(),
      outcome: z.string().nullable(),
      reason: z.string().nullable(),
      reply: z.string().nullable(),
      startedAt: z.iso.datetime({ offset: true }).nullable(),
      finishedAt: z.iso.datetime({ offset: true }).nullable(),
      costUsd: z.number(),
    })
    .nullable(),
});
export type ExportedTurn = z.output<typeof turn>;

const iso = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The conversations, a message a line. Each keeps the place in the journal that it came by, so that it is stored once. */
export const conversations: HomePart = {
  name: 'conversations',
  says: 'each message of your conversations with its answer; conversations/ has them to read',
  async page(store, after, limit) {
    const { rows } = await store.query<{ id: number; row: ExportedRow }>({
      name: 'transfer-page-conversations',
      text: `SELECT e.id, jsonb_build_object(
                 'journal', j.uuid, 'epoch', j.epoch, 'position', e.id % ${epochBytes}, 'conversation', e.conversation,
                 'at', ${iso('e.received_at')}, 'priority', e.priority, 'source', e.source, 'category', e.category,
                 'text', e.payload, 'status', e.status, 'reason', e.reason, 'reply', e.reply,
                 'task', CASE WHEN t.id IS NOT NULL THEN jsonb_build_object('state', t.state, 'outcome', t.outcome,
                    'reason', t.reason, 'reply', t.reply, 'startedAt', ${iso('t.started_at')},
                    'finishedAt', ${iso('t.finished_at')}, 'costUsd', t.cost_usd) END) AS row
               FROM events e JOIN journals j ON j.id = e.id / ${epochBytes} LEFT JOIN tasks t ON t.event_id = e.id
              WHERE e.conversation IS NOT NULL AND e.id > $1 ORDER BY e.id LIMIT $2`,
      values: [after, limit],
    });
    return { rows: rows.map(({ row }) => row), after: rows.at(-1)?.id ?? null };
  },
  put: (tx, row) => putTurn(tx, turn.parse(row)),
};

/** A task that was still open there is over here: nobody works on it. */
async function putTurn(tx: Tx, given: ExportedTurn): Promise<boolean> {
  const at = given.epoch * epochBytes + given.position;
  const ids = createEventIds(tx, { uuid: given.journal });
  await ids.prepare([at]);
  const id = ids.idOf(at);
  const task = given.task?.finishedAt == null ? null : given.task;
  const status = given.status !== 'task' ? given.status : task === null ? 'dropped' : 'task';
  const { rowCount } = await tx.query({
    name: 'transfer-put-event',
    text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status, reason, reply, conversation)
           VALUES ($1, $2, $3, $4, $5, $6, $6, 'import', 'import', $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING`,
    values: [
      id,
      given.priority,
      given.source,
      given.category,
      given.text,
      given.at,
      status,
      status === 'dropped' ? (given.reason ?? 'it was open when it was exported') : given.reason,
      given.reply,
      given.conversation,
    ],
  });
  if ((rowCount ?? 0) === 0) return false;
  if (task === null) return true;
  await tx.query({
    name: 'transfer-put-task',
    text: `INSERT INTO tasks (event_id, priority, source, category, conversation, prompt, state, outcome, reason, reply, cost_usd,
                              queued_at, run_after, started_at, finished_at, remembered_at, attempts)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $14, 1) ON CONFLICT (event_id) DO NOTHING`,
    values: [
      id,
      given.priority,
      given.source,
      given.category,
      given.conversation,
      given.text,
      task.state,
      task.outcome ?? 'succeeded',
      task.reason,
      task.reply,
      task.costUsd,
      given.at,
      task.startedAt,
      task.finishedAt,
    ],
  });
  return true;
}
