import type { Tx } from '../../lib/store/store.ts';
import type { HostRow } from './hosts.ts';

/** Takes a host away, with its name; its row stays for a while and knows who was behind it. */
export async function putHostAway(
  tx: Tx,
  { id, name, now }: { id: number; name: string; now: Date },
): Promise<void> {
  await tx.query({
    name: 'fleet-put-away',
    text: `UPDATE machines SET removed_at = $3,
                  removed_behind = ARRAY(SELECT name FROM machines WHERE parent = $2 AND removed_at IS NULL ORDER BY name)
            WHERE id = $1`,
    values: [id, name, now],
  });
}

/** The host of that name that was removed last, with those that were behind it; undefined where none is kept. */
export async function findRemovedHost(
  tx: Tx,
  name: string,
): Promise<{ id: number; parent: string | null; behind: string[] } | undefined> {
  const { rows } = await tx.query<{ id: number; parent: string | null; behind: string[] }>({
    name: 'fleet-find-removed',
    text: `SELECT id, parent, coalesce(removed_behind, '{}') AS behind FROM machines
            WHERE name = $1 AND removed_at IS NOT NULL ORDER BY removed_at DESC LIMIT 1`,
    values: [name],
  });
  return rows[0];
}

/** Brings a removed host back as it was, paused or polled: what was known of its state says nothing any more. */
export async function bringHostBack(
  tx: Tx,
  { id, parent, memory, now }: { id: number; parent: string | null; memory: HostRow['memory']; now: Date },
): Promise<void> {
  await tx.query({
    name: 'fleet-bring-back',
    text: `UPDATE machines SET removed_at = NULL, removed_behind = NULL, parent = $2, state = 'unknown',
                  state_since = $4, reason = NULL, memory = $3, next_poll_at = $4, updated_at = $4
            WHERE id = $1`,
    values: [id, parent, JSON.stringify(memory), now],
  });
}

/** Puts hosts behind one again that have no other parent meanwhile. */
export async function putBehind(
  tx: Tx,
  { name, hosts }: { name: string; hosts: readonly string[] },
): Promise<void> {
  await tx.query({
    name: 'fleet-put-behind',
    text: `UPDATE machines SET parent = $1 WHERE name = ANY ($2::text[]) AND parent IS NULL AND removed_at IS NULL`,
    values: [name, hosts],
  });
}
