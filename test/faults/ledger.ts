import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestDaemon } from '../helpers/daemon.ts';

/** What was put into the pipe whole, by key. */
export interface Ledger {
  notes: Set<string>;
  tasks: Set<string>;
  /** True where the daemon's clock was another than the agent's, so that times say nothing. */
  movesClock: boolean;
}

/** One way in which a promise was broken; empty where all held. */
export type Breach = string;

/** Keys whose event or task has no ending yet. */
export async function openKeys(daemon: TestDaemon, { notes, tasks }: Ledger): Promise<string[]> {
  const ended = new Set(
    await allRows<string>(
      daemon,
      `SELECT to_jsonb(regexp_replace(dedup_key, '^.*/', '')) FROM events LEFT JOIN tasks ON tasks.event_id = events.id
        WHERE dedup_key IS NOT NULL AND (tasks.id IS NULL AND status <> 'task' OR tasks.finished_at IS NOT NULL)`,
    ),
  );
  return [...notes, ...tasks].filter((key) => !ended.has(key));
}

/**
 * What the rows and the deeds say against the ledger: each accepted event has exactly one ending, each note one memory, and
 * no deed was done after its task had ended.
 */
export async function breaches(daemon: TestDaemon, { notes, tasks, movesClock }: Ledger): Promise<Breach[]> {
  const rows = await allRows<[string, number, string, string | null, number | null, number | null]>(
    daemon,
    `SELECT jsonb_build_array(key, count(*), max(status), max(state), extract(epoch FROM max(finished_at)) * 1000,
                              max(memories))
       FROM (SELECT regexp_replace(dedup_key, '^.*/', '') AS key, events.status, tasks.state, finished_at,
                    (SELECT count(*) FROM memory_embeddings WHERE event_id = events.id)
                      + (SELECT count(*) FROM memory_inbox WHERE event_id = events.id)
                      + (SELECT count(*) FROM memory_bundles, jsonb_array_elements(notes::jsonb) AS note
                          WHERE (note ->> 'event_id')::bigint = events.id) AS memories
               FROM events LEFT JOIN tasks ON tasks.event_id = events.id WHERE dedup_key IS NOT NULL) AS kept
      GROUP BY key`,
  );
  const found = new Map(rows.map(([key, ...rest]) => [key, rest]));
  const deeds = readDeeds(daemon.home);
  const broken: Breach[] = [];
  for (const key of [...notes, ...tasks]) {
    const row = found.get(key);
    if (row === undefined) {
      broken.push(`${key} was lost`);
      continue;
    }
    const [count, status, state, finishedAt, memories] = row;
    if (count !== 1) broken.push(`${key} was recorded ${String(count)} times`);
    if (notes.has(key) && status !== 'done') broken.push(`${key} ended as ${status}`);
    if (notes.has(key) && memories !== 1) broken.push(`${key} is remembered ${String(memories)} times`);
    if (!tasks.has(key)) continue;
    if (state !== 'done') broken.push(`the task of ${key} ended as ${String(state)}`);
    const done = deeds.get(key) ?? [];
    if (done.length === 0) broken.push(`the deed of ${key} was never done`);
    // The row is written after the agent has ended; a deed later than that is one too many.
    if (!movesClock && done.some((at) => at > Number(finishedAt) + 1_000))
      broken.push(`the deed of ${key} was done again`);
  }
  return broken;
}

/** What a query says in rows of one JSON value; the daemon hands out a thousand rows at most, and one of any length. */
async function allRows<Row>(daemon: TestDaemon, sql: string): Promise<Row[]> {
  const [[rows]] = (await daemon.rows(
    `SELECT coalesce(jsonb_agg(row), '[]')::text FROM (${sql}) AS all_rows (row)`,
  )) as [[string]];
  return JSON.parse(rows) as Row[];
}

/** The deeds that were done since `before`, as `readDeeds` told them then. */
export function deedsSince(home: string, before: ReadonlyMap<string, readonly number[]>): string[] {
  return [...readDeeds(home)]
    .filter(([key, times]) => before.has(key) && times.length > (before.get(key)?.length ?? 0))
    .map(([key]) => key);
}

/** When each deed was begun, in milliseconds. */
export function readDeeds(home: string): Map<string, number[]> {
  const path = join(home, 'deeds');
  const deeds = new Map<string, number[]>();
  if (!existsSync(path)) return deeds;
  for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
    const [key = '', at = ''] = line.split(' ');
    // The agent was only asked for its version.
    if (key === '') continue;
    deeds.set(key, [...(deeds.get(key) ?? []), Number(at)]);
  }
  return deeds;
}
