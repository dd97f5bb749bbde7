import type { RuleInput } from '../../events/router/rule.ts';
import type { Tx } from '../../lib/store/store.ts';

/** A version of the owner's rules without the rules. */
export interface RuleVersion {
  id: number;
  at: Date;
  /** The face that the change came by. */
  by: string;
  /** What was done: `added`, `edited`, `moved`, …; `found` for rules that came another way. */
  action: string;
  summary: string;
  /** The version that this one took back. */
  undoes: number | null;
  /** How many rules there were. */
  count: number;
}

/** A version with its rules. */
export interface FullRuleVersion extends RuleVersion {
  rules: RuleInput[];
  origin: 'table' | 'file' | 'default';
}

export type NewRuleVersion = Omit<FullRuleVersion, 'id' | 'count'>;

/** Versions kept; each holds all rules. Past so many bytes together fewer are. */
const keptVersions = 500;
const keptBytes = 16 * 1024 * 1024;

const listed = `id, at, by, action, summary, undoes, jsonb_array_length(rules) AS count`;

/** Makes other changes of the rules wait until this transaction is over, and dashboards and daemons of the same database. */
export async function lockRules(tx: Tx): Promise<void> {
  await tx.query({ name: 'rules-lock', text: 'LOCK TABLE rule_versions IN SHARE ROW EXCLUSIVE MODE' });
}

/** Keeps a version, and lets the oldest go past the bound; resolves to its number. */
export async function keepVersion(tx: Tx, version: NewRuleVersion): Promise<number> {
  const { at, by, action, summary, rules, origin, undoes } = version;
  const { rows } = await tx.query<{ id: number }>({
    name: 'rules-keep-version',
    text: `INSERT INTO rule_versions (at, by, action, summary, rules, origin, undoes)
           VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
    values: [at, by, action, summary, JSON.stringify(rules), origin, undoes],
  });
  const id = rows[0]?.id ?? 0;
  await tx.query({
    name: 'rules-forget-versions',
    text: `DELETE FROM rule_versions WHERE id IN (
             SELECT id FROM (SELECT id, row_number() OVER newest AS number, sum(pg_column_size(rules)) OVER newest AS bytes
                               FROM rule_versions WINDOW newest AS (ORDER BY id DESC)) AS sized
              WHERE number > ${keptVersions} OR (number > 2 AND bytes > ${keptBytes}))`,
  });
  return id;
}

/** Versions before `before`, newest first. */
export async function listVersions(
  store: Tx,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<RuleVersion[]> {
  const { rows } = await store.query<RuleVersion>({
    name: 'rules-versions',
    text: `SELECT ${listed} FROM rule_versions WHERE $1::bigint IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`,
    values: [before ?? null, limit],
  });
  return rows;
}

/** The newest version with its rules; undefined where nothing was ever changed. */
export async function newestVersion(store: Tx): Promise<FullRuleVersion | undefined> {
  const { rows } = await store.query<FullRuleVersion>({
    name: 'rules-newest-version',
    text: `SELECT ${listed}, rules, origin FROM rule_versions ORDER BY id DESC LIMIT 1`,
  });
  return rows[0];
}

/** One version with its rules. */
export async function findVersion(store: Tx, id: number): Promise<FullRuleVersion | undefined> {
  const { rows } = await store.query<FullRuleVersion>({
    name: 'rules-find-version',
    text: `SELECT ${listed}, rules, origin FROM rule_versions WHERE id = $1`,
    values: [id],
  });
  return rows[0];
}

/** The newest change that stands: no undoing, not undone, and not merely found. Undefined where there is none. */
export async function lastStanding(store: Tx): Promise<RuleVersion | undefined> {
  const { rows } = await store.query<RuleVersion>({
    name: 'rules-last-standing',
    text: `SELECT ${listed} FROM rule_versions AS version
            WHERE undoes IS NULL AND NOT EXISTS (SELECT FROM rule_versions AS later WHERE later.undoes = version.id)
            ORDER BY id DESC LIMIT 1`,
  });
  const [row] = rows;
  return row === undefined || row.action === 'found' ? undefined : row;
}

/** The version before another one: the rules as they were until then. */
export async function versionBefore(store: Tx, id: number): Promise<FullRuleVersion | undefined> {
  const { rows } = await store.query<FullRuleVersion>({
    name: 'rules-version-before',
    text: `SELECT ${listed}, rules, origin FROM rule_versions WHERE id < $1 ORDER BY id DESC LIMIT 1`,
    values: [id],
  });
  return rows[0];
}
