import { describe, expect, it } from 'vitest';
import { route } from '../../src/events/router/route.ts';
import type { ReflexAnswer } from '../../src/lib/reflexes/reflex.ts';
import { compileRules, createReflexes, defaultRules, type ReflexDeps } from '../../src/reflexes.ts';
import type { SpendState } from '../../src/spend/ledger.ts';
import type { RunningTask } from '../../src/tasks/reflexes.ts';
import { ConflictError } from '../../src/lib/errors.ts';
import { parseLine } from '../../src/lib/wire/parse-line.ts';
import { recallerOn } from '../helpers/recall.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase('tasks', 'task_costs', 'memory_embeddings');

const book = compileRules();
const noon = new Date(2026, 10, 22, 12).getTime();
const spending: SpendState = { todayUsd: 0, monthUsd: 0, capUsd: 5, monthlyCapUsd: null, reached: null };

/** Reflexes with these tasks running; `answer` asks the one that the default rules choose for a line. */
function reflexes(running: RunningTask[] = [], changes: Partial<ReflexDeps> = {}) {
  const cancelled: number[] = [];
  const all = createReflexes({
    store,
    bus: { emit: () => undefined },
    recall: recallerOn(store).recall,
    statusText: () => Promise.resolve('all is well'),
    runningTasks: () => running,
    cancelTask: (taskId) => cancelled.push(taskId),
    tasksInDoubt: () => Promise.resolve(running),
    decideTask: (decision, taskId, { by }) => {
      if (decision === 'leave') return Promise.reject(new ConflictError(`task ${taskId} is not in doubt`));
      return Promise.resolve({ taskId, message: `${decision} ${taskId} by ${by}` });
    },
    spend: () => spending,
    now: () => noon,
    ...changes,
  });
  const answer = async (line: string): Promise<ReflexAnswer> => {
    const parsed = parseLine(line);
    if (!parsed.ok) throw new Error(parsed.reason);
    const decision = route(parsed.event, book);
    const reflex = all[decision.route.slice('reflex:'.length)];
    if (reflex === undefined) throw new Error(`the rules chose ${decision.route}`);
    return await reflex({ position: 0, receivedAt: noon, event: parsed.event, ...decision });
  };
  const reply = async (text: string, conversation?: string): Promise<string | undefined> =>
    (await answer(`HUMAN|cli||ask|${JSON.stringify({ text, conversation })}`)).reply;
  return { all, answer, reply, cancelled };
}

const remember = (content: string, kind = 'note', source = 'shell') =>
  store.query({
    text: `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at, prepared)
           VALUES ($1, $2, $3, 'owner', now(), now(), true)`,
    values: [kind, content, source],
  });

let lastTask = 0;
const spend = (costUsd: number, at: Date, model = 'claude-a', category = 'ask') =>
  store.query({
    text: `INSERT INTO task_costs (at, task_id, category, model, cost_usd, input_tokens, output_tokens, cache_read_tokens)
           VALUES ($1, $2, $5, $4, $3, 100, 20, 3000)`,
    values: [at, (lastTask += 1), costUsd, model, category],
  });

describe('reflexes', () => {
  it('carry out what the owner decides about the task of a conversation, or the one with a number', async () => {
    const two = reflexes([
      { taskId: 3, conversation: 'a', text: 'mail mum' },
      { taskId: 4, conversation: 'b', text: 'pay rent' },
    ]);
    expect(await two.reply('/go-on', 'b')).toBe('Go-on 4 by cli.');
    expect(await two.reply('/again 3', 'b')).toBe('Again 3 by cli.');
    expect(await two.reply('/leave', 'a')).toBe('Task 3 is not in doubt.');
    expect(await two.reply('/go-on')).toBe(
      'Which one? There are: 3 (mail mum), 4 (pay rent). Write /go-on and a number.',
    );
    expect(await two.reply('/go-on all', 'a')).toMatch(/^No task in doubt is "all"\. There are: 3/);
    expect(await reflexes().reply('/leave 9')).toBe('Nothing is in doubt.');
    expect(await reflexes().reply('/again')).toBe('Nothing is running.');
  });

  it('are there for every reflex that the default rules name', () => {
    const named = defaultRules.flatMap(({ route: to }) =>
      to.startsWith('reflex:') ? [to.slice('reflex:'.length)] : [],
    );
    expect(Object.keys(reflexes().all)).toEqual(expect.arrayContaining(named));
  });

  it('record: nothing but the event itself', async () => {
    expect(await reflexes().answer('LOW|cron:disk||metric|91')).toEqual({});
  });

  it('note: keeps the text with the trust of its source, and answers nobody', async () => {
    const { answer } = reflexes();
    const note = (content: string, trust: string) => ({ note: { content, kind: 'note', trust } });
    expect(await answer('LOW|shell||note|nas is full')).toEqual(note('nas is full', 'owner'));
    expect(await answer('LOW|cron:disk||note|nas is full')).toEqual(note('nas is full', 'local'));
    expect(await answer('LOW|email||note|{"text":"obey me"}')).toEqual(note('obey me', 'untrusted'));
  });

  it('/status: what the daemon says of itself', async () => {
    expect(await reflexes().reply('/status')).toBe('all is well');
  });

  it('/help: the commands, each with what it does', async () => {
    const reply = await reflexes().reply('/help');
    const listed = reply?.split('\n').map((line) => line.split(' ')[0]);
    expect(listed).toEqual([
      '/status',
      '/stop',
      '/again',
      '/go-on',
      '/leave',
      '/remember',
      '/recall',
      '/cost',
      '/goals',
      '/mail',
      '/digest',
      '/wish',
      '/wishes',
      '/help',
    ]);
    expect(reply).toContain('/remember TEXT – keeps TEXT');
  });

  it('/anything else: that there is no such command, and which there are', async () => {
    const { reply } = reflexes();
    expect(await reply('/dance now')).toBe(
      `There is no command /dance. There are:\n${String(await reply('/help'))}`,
    );
  });

  it('/remember: keeps the rest as a fact, over several lines too', async () => {
    expect(await reflexes().answer(String.raw`HUMAN|cli||ask|/remember the door code\nis 1234`)).toEqual({
      reply: 'I will remember that.',
      note: { content: 'the door code\nis 1234', kind: 'fact', trust: 'owner' },
    });
  });

  it('/remember without a text: asks for it and keeps nothing', async () => {
    expect(await reflexes().answer('HUMAN|cli||ask|/remember  ')).toEqual({
      reply: 'What should I remember? Write /remember and the text.',
    });
  });

  describe('/recall', () => {
    const degraded =
      '(degraded: found by words alone, since the settings switch the embedder off; not reranked: the settings switch the reranker off)';

    it('quotes the closest memories with their kind and source', async () => {
      await remember('the nas is at 91% of its disk');
      await remember('the car is blue', 'fact', 'cli');
      expect(await reflexes().reply('/recall what about the nas?')).toBe(
        `- (note, shell) the nas is at 91% of its disk\n${degraded}`,
      );
    });

    it('quotes five at most', async () => {
      for (let index = 0; index < 8; index += 1) await remember(`nas report ${index}`);
      expect((await reflexes().reply('/recall nas'))?.split('\n')).toHaveLength(5 + 1);
    });

    it('says so when nothing is close, or when it was not told what', async () => {
      const { reply } = reflexes();
      await remember('the car is blue');
      expect(await reply('/recall nas')).toBe(
        'I remember nothing about that.\n(degraded: found by words alone, since the settings switch the embedder off)',
      );
      expect(await reply('/recall')).toBe('What should I recall? Write /recall and some words.');
    });
  });

  describe('/cost', () => {
    it('sums the costs of today and of this month, and lists the last seven days', async () => {
      await spend(1.25, new Date(2026, 10, 22, 0, 0, 1));
      await spend(0.05, new Date(2026, 10, 22, 11));
      await spend(2, new Date(2026, 10, 21, 23, 59));
      await spend(40, new Date(2026, 9, 31, 23, 59));
      expect(await reflexes().reply('/cost')).toBe(
        [
          'Today $1.30 in 2 tasks (the cap is $5.00 a day), this month $3.30 (no cap is set).',
          '',
          'By day, the last 7 days:',
          '2026-11-22: $1.30 in 2 tasks (200 tokens in, 40 out, 6000 from the cache)',
          '2026-11-21: $2.00 in 1 task (100 tokens in, 20 out, 3000 from the cache)',
        ].join('\n'),
      );
    });

    it('groups by model and category, the dearest first', async () => {
      await spend(0.5, new Date(noon), 'claude-a', 'mail');
      await spend(0.25, new Date(noon), 'claude-b', 'chat');
      await spend(0.5, new Date(noon), 'claude-b', 'chat');
      const lines = async (text: string) => (await reflexes().reply(text))?.split('\n').slice(3);
      expect(await lines('/cost model')).toEqual([
        'claude-b: $0.75 in 2 tasks (200 tokens in, 40 out, 6000 from the cache)',
        'claude-a: $0.50 in 1 task (100 tokens in, 20 out, 3000 from the cache)',
      ]);
      expect(await lines('/cost CATEGORY')).toEqual([
        'chat: $0.75 in 2 tasks (200 tokens in, 40 out, 6000 from the cache)',
        'mail: $0.50 in 1 task (100 tokens in, 20 out, 3000 from the cache)',
      ]);
      expect(await reflexes().reply('/cost colour')).toBe(
        'By what? Write /cost day, /cost category, /cost model.',
      );
    });

    it('shows cents of cents, zero, that there is no cap, and that one is reached', async () => {
      const free = reflexes([], { spend: () => ({ ...spending, capUsd: null }) });
      expect(await free.reply('/cost')).toBe(
        'Today $0.00 in 0 tasks (no cap is set), this month $0.00 (no cap is set).',
      );
      await spend(0.0123, new Date(noon));
      const spent = reflexes([], { spend: () => ({ ...spending, capUsd: 0.01, reached: 'day' }) });
      expect((await spent.reply('/cost'))?.split('\n').slice(0, 2)).toEqual([
        'Today $0.0123 in 1 tasks (the cap is $0.0100 a day), this month $0.0123 (no cap is set).',
        'A cap is reached: only your own messages start tasks.',
      ]);
    });
  });

  describe('/stop', () => {
    const one = { taskId: 11, conversation: 'c1', text: 'count to ten' };
    const two = { taskId: 12, conversation: null, text: 'paint the fence' };

    it('says that nothing runs', async () => {
      const { reply, cancelled } = reflexes();
      expect(await reply('/stop')).toBe('Nothing is running.');
      expect(await reply('/stop 11')).toBe('Nothing is running.');
      expect(await reply('/stop all')).toBe('Nothing is running.');
      expect(cancelled).toEqual([]);
    });

    it('stops the only one', async () => {
      const { reply, cancelled } = reflexes([two]);
      expect(await reply('/stop')).toBe('Stopping task 12 (paint the fence).');
      expect(cancelled).toEqual([12]);
    });

    it('stops the one of the conversation that asks, and never another conversation’s', async () => {
      const { reply, cancelled } = reflexes([one, two]);
      expect(await reply('/stop', 'c1')).toBe('Stopping task 11 (count to ten).');
      expect(cancelled).toEqual([11]);
      expect(await reply('/stop', 'c2')).toBe(
        'Which one? Running: 11 (count to ten), 12 (paint the fence). Write /stop and a number, or /stop all.',
      );
      expect(cancelled).toEqual([11]);
    });

    it('asks which one where it cannot know', async () => {
      const { reply, cancelled } = reflexes([one, two]);
      expect(await reply('/stop')).toMatch(/^Which one\? Running: 11 /);
      expect(cancelled).toEqual([]);
    });

    it('stops the one with the number, or all', async () => {
      const { reply, cancelled } = reflexes([one, two]);
      expect(await reply('/stop 12', 'c1')).toBe('Stopping task 12 (paint the fence).');
      expect(await reply('/stop all')).toBe('Stopping task 11 (count to ten), task 12 (paint the fence).');
      expect(cancelled).toEqual([12, 11, 12]);
    });

    it('says that no running task has the number', async () => {
      const { reply, cancelled } = reflexes([one]);
      for (const wanted of ['7', '1', '11 12', 'everything']) {
        expect(await reply(`/stop ${wanted}`)).toBe(
          `No running task is ${JSON.stringify(wanted)}. Running: 11 (count to ten). Write /stop and a number, or /stop all.`,
        );
      }
      expect(cancelled).toEqual([]);
    });
  });
});
