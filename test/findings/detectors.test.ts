import { beforeEach, describe, expect, it, vi } from 'vitest';
import { detectors } from '../../src/findings/detectors/all.ts';
import { look, type LookTerms } from '../../src/findings/look.ts';
import { type Finding, listFindings } from '../../src/findings/rows.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { missingEvidence } from '../../src/wishes/evidence.ts';
import { useDatabase } from '../helpers/use-database.ts';
import {
  now,
  putEvents,
  putGoal,
  putHealthyWeeks,
  putMemories,
  putRetries,
  putRule,
  putSamples,
  putStatement,
  putTasks,
  sceneTables,
} from './scene.ts';

const { store } = useDatabase();
// Rows that were deleted would be found as dead.
beforeEach(() => store.query({ text: `TRUNCATE ${sceneTables.join(', ')} RESTART IDENTITY CASCADE` }));
const never = new AbortController().signal;

/** Lets all detectors look, and answers what is open then. */
async function found(changes: Partial<LookTerms> = {}): Promise<Finding[]> {
  const terms = { detectors, days: 7, thresholds: {}, rules: ['builds'], now, ...changes };
  const report = await look(store, terms, never);
  expect(report.detectors.filter(({ problem }) => problem !== null)).toEqual([]);
  return listFindings(store, { state: 'open', limit: 100, now });
}

const stall = (ms: number) => ({ loopP99Ms: 20, loopMaxMs: ms });

/** For each detector what it is made for, what it is to say of it, and how heavy that is. */
const made: Record<
  string,
  { make: (on: Store) => Promise<unknown>; subject: string; says: RegExp; weight: number }
> = {
  failing_category: {
    make: async (on) => {
      await putTasks(on, { category: 'builds', count: 6, state: 'failed', outcome: 'timed-out' });
      await putTasks(on, { category: 'builds', count: 4 });
    },
    subject: 'builds',
    says: /6 of 10 tasks of the category “builds” failed \(60 %\), most often “timed-out”/,
    weight: 6,
  },
  slow_category: {
    make: async (on) => {
      await putTasks(on, { category: 'digest', count: 8, hoursAgo: 200, ranS: 20 });
      await putTasks(on, { category: 'digest', count: 8, ranS: 80 });
    },
    subject: 'digest',
    says: /“digest” ran 1m20s or longer, 20 s in the weeks before/,
    weight: 640,
  },
  cost_outlier: {
    make: async (on) => {
      await putTasks(on, { category: 'research', count: 8, hoursAgo: 30, usd: 0.1 });
      await putTasks(on, { category: 'research', count: 1, usd: 2.5 });
    },
    subject: 'research: tasks',
    says: /1 task of the category “research” cost \$2\.50 together, where half of its tasks cost \$0\.10/,
    weight: 2.5,
  },
  retry_storm: {
    make: async (on) => putRetries(on, await putTasks(on, { category: 'sync', count: 1 }), 12),
    subject: 'sync',
    says: /1 task of the category “sync” had to be tried again 12 times, most often after “overloaded”/,
    weight: 12,
  },
  prompt_bloat: {
    make: (on) => putTasks(on, { category: 'logs', count: 4, prompt: 'x'.repeat(40_000) }),
    subject: 'logs',
    says: /“logs” is given 40,000 characters of text/,
    weight: 40_000,
  },
  unused_recalls: {
    make: async (on) => {
      await putMemories(on, ['giraffes sleep standing']);
      await putTasks(on, { category: 'chat', count: 24, memories: [await newest(on)], reply: 'it rains' });
    },
    subject: 'recall',
    says: /1 memory was given 5 times or more for nothing/,
    weight: 24,
  },
  duplicate_memories: {
    make: (on) =>
      putMemories(on, [
        'The printer is on the desk.',
        ...Array.from({ length: 5 }, () => 'the printer is on the desk'),
      ]),
    subject: 'memory',
    says: /5 memories say what another one says already/,
    weight: 5,
  },
  noisy_sensor: {
    make: (on) => putEvents(on, 'sensor:load', 400),
    subject: 'sensor:load',
    says: /“sensor:load” wrote 400 events/,
    weight: 400,
  },
  idle_rule: {
    make: (on) => putRule(on, 'never', { daysAgo: 30, taken: 0, others: 0 }),
    subject: 'never',
    says: /The rule “never” has taken no event for 30 days, while 503 events met other rules/,
    weight: 30,
  },
  queue_starvation: {
    make: (on) => putTasks(on, { category: 'idle', count: 2, state: 'queued', outcome: 'x' }),
    subject: 'queue',
    says: /2 tasks in the queue have been due for 30m or longer, the oldest for 2h/,
    weight: 7_220_000,
  },
  loop_stall: {
    make: (on) => putSamples(on, [stall(700), stall(40), stall(900), stall(1_200)], { minutesAgo: 20 }),
    subject: 'loop',
    says: /stood still for 500 ms or longer in 4 samples, for 1\.2 s at worst/,
    weight: 4,
  },
  slow_statement: {
    make: (on) => putStatement(on, { text: 'SELECT pg_sleep($1)', calls: 40, totalMs: 30_000, maxMs: 2_000 }),
    subject: '',
    says: /A statement was slow 40 times, took 30 s in all and 2\.0 s at most: SELECT pg_sleep/,
    weight: 30_000,
  },
  restart_cluster: {
    make: (on) =>
      putSamples(
        on,
        [1, 3, 4, 0, 1].map((restarts, index) => ({
          restarts,
          uptimeMs: restarts === 0 ? 1_000 : 60_000 + index,
        })),
        { minutesAgo: 20 },
      ),
    subject: 'restarts',
    says: /parts of the daemon were restarted \d times, and the daemon itself [12] times?/,
    weight: 7,
  },
  unfinished_goal: {
    make: (on) => putGoal(on, 'tidy up', ['done', 'failed', 'failed', 'cancelled']),
    subject: 'tidy up',
    says: /The goal “tidy up” was not done in 3 runs in a row/,
    weight: 3,
  },
};

async function newest(on: Store): Promise<number> {
  const { rows } = await on.query<{ id: number }>({ text: 'SELECT max(id) AS id FROM memory_embeddings' });
  return rows[0]?.id ?? 0;
}

describe('the detectors', () => {
  it('are silent over weeks in which all went as it should', async () => {
    await putHealthyWeeks(store);
    expect((await found()).map(({ kind, summary }) => `${kind}: ${summary}`)).toEqual([]);
  });

  it('are silent in an empty store', async () => {
    expect(await found()).toEqual([]);
  });

  for (const { kind } of detectors.filter((one) => one.kind !== 'table_bloat'))
    it(`find what ${kind} is made for, and nothing else, with evidence that opens`, async () => {
      const { make, subject, says, weight } = made[kind] ?? expect.fail(`${kind} has no condition here`);
      await putHealthyWeeks(store);
      await make(store);
      const open = await found({ rules: ['builds', 'never'].slice(0, kind === 'idle_rule' ? 2 : 1) });
      expect(open.map((one) => one.kind)).toEqual([kind]);
      const [finding] = open;
      expect(finding).toMatchObject({
        subject: expect.stringContaining(subject) as string,
        summary: expect.stringMatching(says) as string,
      });
      const { rows } = await store.query<{ weight: number }>({
        text: 'SELECT weight FROM optimization_findings',
      });
      expect(rows[0]?.weight).toBeCloseTo(weight, 0);
      expect(finding?.evidence.length).toBeGreaterThan(0);
      expect(await missingEvidence(store, finding?.evidence ?? [])).toEqual([]);
      expect(finding?.figures.length).toBeGreaterThan(0);
      expect(finding?.remedy).toMatch(/\w{3}.*\./);
    });

  it('find a table that is full of dead rows, from a share that may be set', async () => {
    await putHealthyWeeks(store);
    await store.query({
      text: 'CREATE TABLE bloated AS SELECT n, repeat($1, 100) AS text FROM generate_series(1, 3000) AS n',
      values: ['x'],
    });
    try {
      for (let turn = 0; turn < 2; turn++) await store.query({ text: 'UPDATE bloated SET n = n + 1' });
      await store.query({ text: 'ANALYZE bloated' });
      // Postgres counts dead rows a little after they died.
      await vi.waitFor(async () => {
        const [finding] = await found({ thresholds: { table_bloat: { dead: 2_000 } } });
        expect(finding).toMatchObject({
          kind: 'table_bloat',
          subject: 'bloated',
          summary: expect.stringMatching(
            /The table bloated has \d,\d+ dead rows beside \d,\d+ live ones/,
          ) as string,
        });
      }, 30_000);
      expect(await found()).toEqual([]);
    } finally {
      await store.query({ text: 'DROP TABLE bloated' });
    }
  });

  it('have a made condition each', () => {
    expect([...Object.keys(made), 'table_bloat'].sort()).toEqual(detectors.map(({ kind }) => kind).sort());
  });
});
