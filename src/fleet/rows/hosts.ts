import type { Tx } from '../../lib/store/store.ts';
import { defaultOptions, type HostDefinition, type HostKind, type HostOptions } from '../definition.ts';
import { memoryOf } from '../judge/memory.ts';
import type { HostState } from '../judge/news.ts';
import type { JudgedHost, ParentView } from '../judge/settle.ts';
import { type Report, reportOf } from '../report.ts';

/** A row of `machines`. */
export interface HostRow extends JudgedHost {
  id: number;
  enabled: boolean;
  reason: string | null;
  lastSeenAt: Date | null;
  /** The newest report, and when it came. */
  report: Report | null;
  reportAt: Date | null;
  /** The one that it had before its state last changed. */
  reportBefore: Report | null;
  /** UUID of the home whose machine it is, where it is local. */
  worker: string | null;
  /** UUID of the home whose config.json declares it. */
  declaredBy: string | null;
  createdAt: Date;
}

interface Raw {
  id: number;
  name: string;
  kind: HostKind;
  address: string | null;
  every_ms: number;
  parent: string | null;
  options: Partial<HostOptions>;
  enabled: boolean;
  state: HostState;
  state_since: Date;
  reason: string | null;
  last_seen_at: Date | null;
  memory: unknown;
  report: unknown;
  report_at: Date | null;
  report_before: unknown;
  worker: string | null;
  declared_by: string | null;
  created_at: Date;
}

const columns = `id, name, kind, address, poll_every_ms AS every_ms, parent, options, enabled, state, state_since, reason,
  last_seen_at, memory, report, report_at, report_before, worker, declared_by, created_at`;

function rowOf(raw: Raw): HostRow {
  return {
    id: raw.id,
    name: raw.name,
    kind: raw.kind,
    address: raw.address,
    everyMs: raw.every_ms,
    parent: raw.parent,
    options: { ...defaultOptions, ...raw.options },
    enabled: raw.enabled,
    state: raw.state,
    stateSince: raw.state_since,
    reason: raw.reason,
    lastSeenAt: raw.last_seen_at,
    memory: memoryOf(raw.memory),
    report: reportOf(raw.report) ?? null,
    reportAt: raw.report_at,
    reportBefore: reportOf(raw.report_before) ?? null,
    worker: raw.worker,
    declaredBy: raw.declared_by,
    createdAt: raw.created_at,
  };
}

/** The most hosts that a database has. */
export const mostHosts = 2_000;

/** All hosts by name. */
export async function listHosts(store: Tx): Promise<HostRow[]> {
  const { rows } = await store.query<Raw>({
    name: 'fleet-hosts',
    text: `SELECT ${columns} FROM machines WHERE removed_at IS NULL ORDER BY name LIMIT ${mostHosts}`,
  });
  return rows.map(rowOf);
}

/** One host by its name. */
export async function findHost(store: Tx, name: string): Promise<HostRow | undefined> {
  const { rows } = await store.query<Raw>({
    name: 'fleet-host',
    text: `SELECT ${columns} FROM machines WHERE name = $1 AND removed_at IS NULL`,
    values: [name],
  });
  return rows[0] === undefined ? undefined : rowOf(rows[0]);
}

/** One host by its id, held until the transaction ends. */
export async function lockHost(tx: Tx, id: number): Promise<HostRow | undefined> {
  const { rows } = await tx.query<Raw>({
    name: 'fleet-lock',
    text: `SELECT ${columns} FROM machines WHERE id = $1 AND removed_at IS NULL FOR UPDATE`,
    values: [id],
  });
  return rows[0] === undefined ? undefined : rowOf(rows[0]);
}

/** Gives a new host its row; undefined where there is one of that name. */
export async function insertHost(
  tx: Tx,
  {
    definition,
    worker,
    declaredBy,
    tokenHash,
    enabled = true,
    now,
  }: {
    definition: HostDefinition;
    worker: string | null;
    declaredBy: string | null;
    tokenHash: string | null;
    enabled?: boolean;
    now: Date;
  },
): Promise<number | undefined> {
  const { name, kind, address, everyMs, parent, options } = definition;
  const { rows } = await tx.query<{ id: number }>({
    name: 'fleet-insert',
    text: `INSERT INTO machines (name, kind, address, poll_every_ms, parent, options, worker, declared_by, push_token_hash,
                                 enabled, state, state_since, next_poll_at, created_at, updated_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'unknown', $11, $11, $11, $11)
           ON CONFLICT (name) WHERE removed_at IS NULL DO NOTHING RETURNING id`,
    values: [
      name,
      kind,
      address,
      everyMs,
      parent,
      JSON.stringify(options),
      worker,
      declaredBy,
      tokenHash,
      enabled,
      now,
    ],
  });
  return rows[0]?.id;
}

/** Changes what a host is; it is polled anew at once. */
export async function updateDefinition(
  tx: Tx,
  {
    id,
    definition,
    worker,
    tokenHash,
    now,
  }: {
    id: number;
    definition: HostDefinition;
    worker: string | null;
    /** Null leaves it as it is, where it is one that reports by itself. */
    tokenHash: string | null;
    now: Date;
  },
): Promise<void> {
  const { name, kind, address, everyMs, parent, options } = definition;
  await tx.query({
    name: 'fleet-update',
    text: `UPDATE machines SET name = $2, kind = $3, address = $4, poll_every_ms = $5, parent = $6, options = $7, worker = $8,
                  push_token_hash = CASE WHEN $3 = 'push' THEN coalesce($9, push_token_hash) END,
                  next_poll_at = $10, updated_at = $10
            WHERE id = $1`,
    values: [id, name, kind, address, everyMs, parent, JSON.stringify(options), worker, tokenHash, now],
  });
}

/** Those behind a host lose it as their parent, or follow its new name. */
export async function renameParent(tx: Tx, from: string, to: string | null): Promise<void> {
  await tx.query({
    name: 'fleet-rename-parent',
    text: 'UPDATE machines SET parent = $2 WHERE parent = $1',
    values: [from, to],
  });
}

/** Deletes a host with its reports, events and alerts. */
export async function deleteHost(tx: Tx, id: number): Promise<void> {
  await tx.query({ name: 'fleet-delete', text: 'DELETE FROM machines WHERE id = $1', values: [id] });
}

/** What a poll or a look has decided. */
export interface Judgement extends Pick<HostRow, 'state' | 'reason' | 'memory'> {
  id: number;
  now: Date;
  /** The state was another one before. */
  changed: boolean;
  /** The host has answered: its report takes the place of the last one. */
  report?: Report;
  told: boolean;
}

/** Writes a judgement down. */
export async function writeJudgement(
  tx: Tx,
  { id, state, reason, memory, now, changed, report, told }: Judgement,
): Promise<void> {
  await tx.query({
    name: report === undefined ? 'fleet-judge' : 'fleet-judge-report',
    text: `UPDATE machines SET state = $2, reason = $3, memory = $4,
                  state_since = CASE WHEN $5 THEN $6::timestamptz ELSE state_since END,
                  report_before = CASE WHEN $5 THEN report ELSE report_before END,
                  last_told_at = CASE WHEN $7 THEN $6::timestamptz ELSE last_told_at END
                  ${report === undefined ? '' : ', report = $8, report_at = $6, last_seen_at = $6'}
            WHERE id = $1`,
    values: [
      id,
      state,
      reason,
      JSON.stringify(memory),
      changed,
      now,
      told,
      ...(report === undefined ? [] : [JSON.stringify(report)]),
    ],
  });
}

/** Pauses a host, or lets it be polled again: what was known of its state says nothing then. */
export async function switchHost(
  tx: Tx,
  { id, enabled, memory, now }: { id: number; enabled: boolean; memory: HostRow['memory']; now: Date },
): Promise<void> {
  await tx.query({
    name: 'fleet-switch',
    text: `UPDATE machines SET enabled = $2, state = 'unknown', state_since = $3, reason = NULL, memory = $4, next_poll_at = $3
            WHERE id = $1`,
    values: [id, enabled, now, JSON.stringify(memory)],
  });
}

/** A host as those behind it see it. */
export async function findParent(tx: Tx, name: string | null): Promise<ParentView | undefined> {
  if (name === null) return undefined;
  const { rows } = await tx.query<Omit<ParentView, 'failures'> & { failures: string | null }>({
    name: 'fleet-parent',
    text: `SELECT name, kind, enabled, state, last_seen_at AS "lastSeenAt", memory->>'failures' AS failures
             FROM machines WHERE name = $1 AND removed_at IS NULL`,
    values: [name],
  });
  const [row] = rows;
  return row === undefined ? undefined : { ...row, failures: Number(row.failures ?? 0) };
}

/** Names of all hosts behind one, near and far; those that are polled only. */
export async function hostsBehind(tx: Tx, name: string): Promise<string[]> {
  const { rows } = await tx.query<{ name: string }>({
    name: 'fleet-behind',
    text: `WITH RECURSIVE behind AS (
             SELECT name, enabled FROM machines WHERE parent = $1
             UNION SELECT machine.name, machine.enabled FROM machines machine JOIN behind ON machine.parent = behind.name)
           SELECT name FROM behind WHERE enabled ORDER BY name LIMIT ${mostHosts}`,
    values: [name],
  });
  return rows.map((row) => row.name);
}

/** The host whose token has this hash. */
export async function findByToken(
  store: Tx,
  name: string,
  tokenHash: string,
): Promise<{ id: number; enabled: boolean } | undefined> {
  const { rows } = await store.query<{ id: number; enabled: boolean }>({
    name: 'fleet-by-token',
    text: `SELECT id, enabled FROM machines
            WHERE name = $1 AND removed_at IS NULL AND kind = 'push' AND push_token_hash = $2`,
    values: [name, tokenHash],
  });
  return rows[0];
}

/** The time of the database, which all who write into it share. */
export async function databaseTime(store: Tx): Promise<Date> {
  const { rows } = await store.query<{ now: Date }>({
    name: 'fleet-time',
    text: 'SELECT clock_timestamp() AS now',
  });
  return rows[0]?.now ?? new Date();
}
