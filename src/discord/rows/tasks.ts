import type { Tx } from '../../lib/store/store.ts';

const prefix = 'discord:';

/** The channel to which the reply of a task goes, or undefined where it goes elsewhere. */
export async function channelOfTask(tx: Tx, taskId: number): Promise<string | undefined> {
  const { rows } = await tx.query<{ replyTo: string }>({
    name: 'discord-channel-of-task',
    text: `SELECT reply_to AS "replyTo" FROM tasks WHERE id = $1 AND starts_with(reply_to, '${prefix}')`,
    values: [taskId],
  });
  return rows[0]?.replyTo.slice(prefix.length);
}

/** The tasks that run and reply to this address. */
export async function runningTasksOf(tx: Tx, address: string): Promise<number[]> {
  const { rows } = await tx.query<{ id: number }>({
    name: 'discord-running-tasks',
    text: `SELECT id FROM tasks WHERE state = 'running' AND reply_to = $1 ORDER BY id`,
    values: [address],
  });
  return rows.map(({ id }) => id);
}
