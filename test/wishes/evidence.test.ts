import { describe, expect, it } from 'vitest';
import {
  type Evidence,
  evidenceHash,
  evidenceKinds,
  evidenceSchema,
  missingEvidence,
} from '../../src/wishes/evidence.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase(
  'events',
  'tasks',
  'goals',
  'job_fires',
  'memory_embeddings',
  'activity_log',
  'optimization_findings',
  'wishlist',
  'sensors',
  'rule_days',
  'config',
  'slow_statements',
  'self_samples',
);

const hash = 'a'.repeat(64);

/** One row of each kind that evidence may point to. */
async function scene(): Promise<void> {
  await store.query({
    text: `
    INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
      VALUES (7, 3, 'sensor:disk', 'disk', 'x', now(), now(), 'task', 'r', 'task');
    INSERT INTO tasks (event_id, priority, source, category, prompt, queued_at, run_after)
      VALUES (7, 3, 'sensor:disk', 'ask', 'x', now(), now());
    INSERT INTO goals (name, schedule, time_zone, prompt, created_at, updated_at)
      VALUES ('nightly backup', '0 7 * * *', 'UTC', 'x', now(), now());
    INSERT INTO job_fires (job_id, kind, nominal_at, state, worker, claimed_at, due_at, ended_at)
      VALUES ('goal:1', 'goal', now(), 'done', gen_random_uuid(), now(), now(), now());
    INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at)
      VALUES ('note', 'one', 'cli', 'owner', now(), now());
    INSERT INTO activity_log (at, actor, action, summary) VALUES (now(), 'cli', 'a', 's');
    INSERT INTO optimization_findings (kind, fingerprint, severity, summary, evidence, first_seen_at, last_seen_at)
      VALUES ('other', 'f', 'info', 's', '[]', now(), now());
    INSERT INTO wishlist (title, description, fingerprint, origin, created_at) VALUES ('w', 'd', 'f', 'owner', now());
    INSERT INTO sensors (worker, name, enabled, created_at, changed_at) VALUES (gen_random_uuid(), 'load', true, now(), now());
    INSERT INTO rule_days (rule, day, taken, throttled, held, lowered, last_at) VALUES ('builds', '2026-11-28', 1, 0, 0, 0, now());
    INSERT INTO config (key, value, updated_at, updated_by) VALUES ('router.rules', '[{"name": "never"}]', now(), 'cli');
    INSERT INTO slow_statements (worker, day, hash, text, calls, total_ms, max_ms, last_at)
      VALUES (gen_random_uuid(), '2026-11-28', '${hash}', 'SELECT 1', 1, 1, 1, now());
    INSERT INTO self_samples (worker, step_s, at, figures) VALUES (gen_random_uuid(), 3600, '2026-11-28T07:00:00Z', '{}');`,
  });
}

const some = (kind: Evidence['kind'], ref: string): Evidence => ({ kind, ref, note: '' });

const there: readonly Evidence[] = [
  some('task', '1'),
  some('event', '7'),
  some('goal', '1'),
  some('goal', 'nightly backup'),
  some('fire', '1'),
  some('memory', '1'),
  some('category', 'ask'),
  some('category', 'disk'),
  some('source', 'sensor:disk'),
  some('sensor', 'disk'),
  some('sensor', 'load'),
  some('rule', 'builds'),
  some('rule', 'never'),
  some('statement', hash),
  some('sample', '2026-11-28T07:00:00.000Z'),
  some('table', 'tasks'),
  some('activity', '1'),
  some('finding', '1'),
  some('wish', '1'),
];

describe('evidence', () => {
  it('is found where a row of its kind has it, and the scene has one of each kind', async () => {
    await scene();
    expect(await missingEvidence(store, there)).toEqual([]);
    expect(new Set(there.map(({ kind }) => kind))).toEqual(new Set(evidenceKinds));
  });

  it('is missing where no row has it, whatever else the ref looks like', async () => {
    await scene();
    const gone = evidenceKinds.map((kind) => some(kind, '4711'));
    const odd = [
      some('task', '1; DROP TABLE tasks'),
      some('event', '99999999999999999999999'),
      some('memory', '-1'),
      some('sample', '2026-99-99T00:00:00Z'),
      some('sample', '2026-02-30T00:00:00Z'),
      some('goal', 'a\0b'),
      some('table', 'pg_class'),
    ];
    expect(await missingEvidence(store, [...gone, ...odd])).toEqual([...gone, ...odd]);
    expect(await missingEvidence(store, [...there, some('task', '2')])).toEqual([some('task', '2')]);
  });

  it('takes a name that is known otherwise', async () => {
    await scene();
    const rule = some('rule', 'in-the-file');
    expect(await missingEvidence(store, [rule])).toEqual([rule]);
    expect(await missingEvidence(store, [rule], { rule: ['in-the-file'] })).toEqual([]);
  });

  it('has the same key in any order and with any note, and another one with other refs', () => {
    const key = evidenceHash(there);
    expect(evidenceHash(there.map((one) => ({ ...one, note: 'seen' })).reverse())).toBe(key);
    expect(evidenceHash([...there, some('task', '1')])).toBe(key);
    expect(evidenceHash([...there, some('task', '2')])).not.toBe(key);
  });

  it('is read from a model that writes numbers for ids', () => {
    expect(evidenceSchema.parse({ kind: 'task', ref: 7 })).toEqual({ kind: 'task', ref: '7', note: '' });
    expect(evidenceSchema.safeParse({ kind: 'secret', ref: '7' }).success).toBe(false);
  });
});
