import type { Store, Tx } from '../../lib/store/store.ts';

/** How many failures of an agent are kept. */
const keptFailures = 20;

/** A failure of an agent, as it is kept. */
export interface KeptFailure {
  kind: string;
  reason: string;
  at: Date;
  /** The task that it was found by. */
  taskId: number | null;
  /** When the agent succeeded again; null where it has not. */
  overAt: Date | null;
}

/** A failure that is to be kept. */
export interface NewFailure extends Omit<KeptFailure, 'overAt'> {
  agent: string;
}

/** Keeps a failure; of those of one agent only the last 20 stay. */
export async function keepAgentFailure(
  tx: Tx,
  { agent, kind, reason, at, taskId }: NewFailure,
): Promise<void> {
  await tx.query({
    name: 'agent-failures-keep',
    text: `INSERT INTO agent_failures (agent, at, kind, reason, task_id) VALUES ($1, $2, $3, left($4, 2000), $5)`,
    values: [agent, at, kind, reason, taskId],
  });
  await tx.query({
    name: 'agent-failures-prune',
    text: `DELETE FROM agent_failures WHERE agent = $1 AND id <= (
             SELECT id FROM agent_failures WHERE agent = $1 ORDER BY id DESC OFFSET ${keptFailures} LIMIT 1)`,
    values: [agent],
  });
}

/** Notes that an agent has succeeded again. */
export async function endAgentFailures(tx: Tx, { agent, at }: { agent: string; at: Date }): Promise<void> {
  await tx.query({
    name: 'agent-failures-end',
    text: `UPDATE agent_failures SET over_at = $2 WHERE agent = $1 AND over_at IS NULL`,
    values: [agent, at],
  });
}

/** The last failures by agent, at most `limit` of each, newest first. */
export async function listAgentFailures(
  store: Pick<Store, 'query'>,
  limit: number,
): Promise<Map<string, KeptFailure[]>> {
  const { rows } = await store.query<KeptFailure & { agent: string }>({
    name: 'agent-failures-list',
    text: `SELECT agent, kind, reason, at, task_id AS "taskId", over_at AS "overAt" FROM (
             SELECT *, row_number() OVER (PARTITION BY agent ORDER BY id DESC) AS place FROM agent_failures) AS placed
            WHERE place <= $1 ORDER BY agent, place`,
    values: [limit],
  });
  const byAgent = new Map<string, KeptFailure[]>();
  for (const { agent, ...failure } of rows) byAgent.set(agent, [...(byAgent.get(agent) ?? []), failure]);
  return byAgent;
}
