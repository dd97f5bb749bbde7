import { expect, it } from 'vitest';
import { explainLine } from '../../../src/events/explain.ts';
import { compileRules } from '../../../src/reflexes.ts';
import { recordingDesk } from '../../helpers/recording-desk.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const database = useDatabase('events', 'tasks', 'memory_embeddings', 'journals');
const desk = () => recordingDesk({ store: database.store, now: Date.UTC(2026, 10, 28, 12) });
const rows = async (): Promise<unknown[]> =>
  (await database.store.query({ text: 'SELECT status, reason, dedup_key FROM events ORDER BY id' })).rows;
const line = (header: string, payload: Record<string, unknown>): string =>
  `${header}|${JSON.stringify(payload)}`;
const cameBefore = 'an event with this dedupKey came before';

it('lets no source’s key drop the event of another', async () => {
  const { route, record } = desk();
  const dedupKey = 'backup-2026-11-28';
  await record(route([line('LOW|web:form||metric', { text: 'first', dedupKey })]));
  await record(
    route([
      line('URGENT|cron:backup||task', { text: 'BACKUP FAILED', dedupKey }),
      line('HUMAN|cli||ask', { text: 'hello', dedupKey }),
      line('HUMAN|shell||ask', { text: 'hello again', dedupKey }),
      line('LOW|web:form||metric', { text: 'again', dedupKey }),
      line('LOW|web||metric', { text: 'another', dedupKey: `form/${dedupKey}` }),
      line('LOW|cli||metric', { text: 'looks like it', dedupKey: `web:form/${dedupKey}` }),
    ]),
  );
  expect(await rows()).toEqual([
    { status: 'done', reason: null, dedup_key: `web:form/${dedupKey}` },
    { status: 'task', reason: null, dedup_key: `cron:backup/${dedupKey}` },
    { status: 'task', reason: null, dedup_key: dedupKey },
    { status: 'dropped', reason: cameBefore, dedup_key: null },
    { status: 'dropped', reason: cameBefore, dedup_key: null },
    { status: 'done', reason: null, dedup_key: `web/form/${dedupKey}` },
    { status: 'done', reason: null, dedup_key: `/web:form/${dedupKey}` },
  ]);
});

it('takes a key of any length, and knows it again', async () => {
  const { route, record } = desk();
  const dedupKey = Array.from({ length: 3_500 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join('');
  await record(route([line('LOW|email||metric', { dedupKey }), line('LOW|cli||metric', { dedupKey })]));
  await record(route([line('LOW|email||metric', { dedupKey })]));
  expect(await rows()).toMatchObject([{ status: 'done' }, { status: 'done' }, { status: 'dropped' }]);
});

it.each(['conversation', 'fork'])('refuses a %s that no index takes, with the bound', async (name) => {
  const { route, record, facts } = desk();
  const long = line('HUMAN|cli||ask', { text: 'hello', dedupKey: 'k', [name]: 'c'.repeat(3_500) });
  const reason = 'expected a conversation of at most 256 characters, got 3500';
  await record(route([long]));
  expect(await rows()).toMatchObject([{ status: 'dead', reason }]);
  expect(facts).toMatchObject([{ status: 'dead', reason, dedupKey: 'k' }]);
  expect(explainLine(long, compileRules())).toEqual({ accepted: false, reason });
});
