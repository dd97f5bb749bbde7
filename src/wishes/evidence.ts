import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Tx } from '../lib/store/store.ts';

/** What a piece of evidence may point to, in the order in which lists show it. */
export const evidenceKinds = [
  'task',
  'event',
  'goal',
  'fire',
  'memory',
  'category',
  'source',
  'sensor',
  'rule',
  'statement',
  'sample',
  'table',
  'activity',
  'finding',
  'wish',
] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** Something in the store that backs a finding or a wish, so that a reader can open it. */
export interface Evidence {
  kind: EvidenceKind;
  /**
   * Which one: the id of a task, event, goal, fire, memory, activity line, finding or wish; the name of a category, source,
   * sensor, rule, goal or table; the hash of a slow statement; the instant of a sample in ISO 8601, in UTC.
   */
  ref: string;
  /** What it shows, with its figure: `failed after 660 s`. May be empty. */
  note: string;
}

const maxRefChars = 200;
const maxNoteChars = 1_000;

/** Shape of one piece of evidence as rows, faces and models give it. */
export const evidenceSchema = z.strictObject({
  kind: z.enum(evidenceKinds),
  ref: z.union([z.string(), z.int()]).transform(String).pipe(z.string().min(1).max(maxRefChars)),
  note: z.string().max(maxNoteChars).default(''),
});

/** Names that are in use although no row may tell of them, such as rules that stand in config.json. */
export type KnownNames = Partial<Record<'rule' | 'sensor' | 'category', readonly string[]>>;

const rowId = /^[1-9]\d{0,17}$/;

/** How a kind is looked up: the shape of its refs, and a condition on `given.ref`. */
interface Lookup {
  shape?: RegExp;
  exists: string;
}

const byId = (table: string): Lookup => ({
  shape: rowId,
  exists: `EXISTS (SELECT FROM ${table} WHERE id = given.ref::bigint)`,
});

const lookups: Readonly<Record<EvidenceKind, Lookup>> = {
  task: byId('tasks'),
  event: byId('events'),
  fire: byId('job_fires'),
  memory: byId('memory_embeddings'),
  activity: byId('activity_log'),
  finding: byId('optimization_findings'),
  wish: byId('wishlist'),
  goal: { exists: `EXISTS (SELECT FROM goals WHERE removed_at IS NULL AND (id::text = given.ref OR name = given.ref))` },
  category: {
    exists: `EXISTS (SELECT FROM tasks WHERE category = given.ref) OR EXISTS (SELECT FROM events WHERE category = given.ref)`,
  },
  source: { exists: `EXISTS (SELECT FROM events WHERE source = given.ref)` },
  sensor: {
    exists: `EXISTS (SELECT FROM sensors WHERE name = given.ref) OR EXISTS (SELECT FROM events WHERE source = 'sensor:' || given.ref)`,
  },
  rule: {
    exists: `EXISTS (SELECT FROM rule_days WHERE rule = given.ref)
          OR EXISTS (SELECT FROM rule_versions, jsonb_array_elements(rules) AS kept WHERE kept->>'name' = given.ref)
          OR EXISTS (SELECT FROM config, jsonb_array_elements(CASE jsonb_typeof(value) WHEN 'array' THEN value ELSE '[]' END) AS kept
                      WHERE key = 'router.rules' AND kept->>'name' = given.ref)`,
  },
  statement: { exists: `EXISTS (SELECT FROM slow_statements WHERE hash = given.ref)` },
  sample: {
    shape: /^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/,
    exists: `EXISTS (SELECT FROM self_samples WHERE at = given.ref::timestamptz)`,
  },
  table: {
    exists: `EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema() AND tablename = given.ref)`,
  },
};

/**
 * Those pieces of evidence that point to nothing, in the given order; empty where all exist. `known` are names that count
 * as existing without a row.
 */
export async function missingEvidence(
  store: Tx,
  evidence: readonly Evidence[],
  known: KnownNames = {},
): Promise<Evidence[]> {
  const missing = new Set<Evidence>();
  for (const kind of evidenceKinds) {
    const asked = evidence.filter((one) => one.kind === kind);
    if (asked.length === 0) continue;
    const names: readonly string[] = (known as Partial<Record<EvidenceKind, readonly string[]>>)[kind] ?? [];
    const found = new Set([...names, ...(await existing(store, kind, asked))]);
    for (const one of asked) if (!found.has(one.ref)) missing.add(one);
  }
  return evidence.filter((one) => missing.has(one));
}

async function existing(store: Tx, kind: EvidenceKind, asked: readonly Evidence[]): Promise<string[]> {
  const { shape, exists } = lookups[kind];
  const refs = [...new Set(asked.map(({ ref }) => ref))].filter((ref) => isUsable(ref, kind, shape));
  if (refs.length === 0) return [];
  const { rows } = await store.query<{ ref: string }>({
    name: `evidence-${kind}`,
    text: `SELECT given.ref FROM unnest($1::text[]) AS given (ref) WHERE ${exists}`,
    values: [refs],
  });
  return rows.map(({ ref }) => ref);
}

/** A ref that the cast of its kind would choke on points to nothing. */
function isUsable(ref: string, kind: EvidenceKind, shape: RegExp | undefined): boolean {
  if (ref.includes('\0')) return false;
  if (shape !== undefined && !shape.test(ref)) return false;
  return kind !== 'sample' || isInstant(ref);
}

/** JavaScript reads 30 February as 2 March; Postgres refuses it. */
function isInstant(ref: string): boolean {
  const at = new Date(ref);
  return Number.isFinite(at.getTime()) && at.toISOString().startsWith(ref.slice(0, 10));
}

/**
 * Key of a set of evidence, the same whatever its order and notes: what was rejected stays rejected until this changes.
 * 64 hexadecimal digits.
 */
export function evidenceHash(evidence: readonly Evidence[]): string {
  const refs = [...new Set(evidence.map(({ kind, ref }) => `${kind} ${ref}`))].sort();
  return createHash('sha256').update(refs.join('\n')).digest('hex');
}
