import { afterEach, describe, expect, it, vi } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';
import { endDaemons, newHome, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

vi.setConfig({ testTimeout: 180_000 });
leakGuard({ withinMs: 15_000 });
afterEach(endDaemons);

const env = { NINJAD_AGENT: packagePath('test', 'fixtures', 'agents', 'listens.sh') };
const start = (config: Record<string, unknown> = {}) =>
  startDaemon({ config: { 'task.retryMinMs': 10, 'task.killGraceMs': 300, ...config }, env });

const ask = (daemon: TestDaemon, text: string) => daemon.ninjad('ask', '--conversation', 'garden', text);
const runs = (daemon: TestDaemon) =>
  until(
    'it listens',
    async () => (await daemon.value(`SELECT process IS NOT NULL FROM tasks WHERE id = 1`)) === true,
  );
const steered = (daemon: TestDaemon, count: number) =>
  until(
    `${count} messages were handed over`,
    async () => (await daemon.value('SELECT count(*)::int FROM tasks WHERE steered_into = 1')) === count,
  );
const tasks = (daemon: TestDaemon) =>
  daemon.rows('SELECT state, outcome, reply, attempts, steered_into FROM tasks ORDER BY id');

describe('a message of a running conversation', () => {
  it('steers it, and both who wrote get the words as they come and the reply', async () => {
    const daemon = await start();
    const first = ask(daemon, 'tell me about garden hoses');
    await runs(daemon);
    const second = ask(daemon, 'use the blue one');
    await steered(daemon, 1);
    const third = ask(daemon, 'and the small one, that is all');
    expect(await first).toMatchObject({ code: 0, stdout: 'listeningnotednoted\n' });
    const [heard, last] = await Promise.all([second, third]);
    expect(heard.code).toBe(0);
    expect(heard.stdout).toMatch(/^(noted)*(told: blue small)?\n$/);
    expect(last.code).toBe(0);
    expect(await tasks(daemon)).toEqual([
      ['done', 'succeeded', 'told: blue small', 1, null],
      ['done', 'steered', 'told: blue small', 0, 1],
      ['done', 'steered', 'told: blue small', 0, 1],
    ]);
    expect(
      await daemon.rows(`SELECT status, reason, reply FROM events WHERE route = 'task' ORDER BY id OFFSET 1`),
    ).toEqual([
      ['done', 'steered into task 1', 'told: blue small'],
      ['done', 'steered into task 1', 'told: blue small'],
    ]);
    expect(
      await daemon.value(
        `SELECT count(*)::int FROM task_transcripts, jsonb_array_elements(entries) AS entry
          WHERE task_id = 1 AND entry->>'kind' = 'steered'`,
      ),
    ).toBe(2);
  });

  it('that the agent never took waits for a run of its own, and is answered there', async () => {
    const daemon = await start();
    const first = ask(daemon, 'be deaf');
    await runs(daemon);
    const second = ask(daemon, 'answer at once');
    expect(await first).toMatchObject({ code: 0 });
    expect(await second).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/at once|listening/) as string,
    });
    expect(await tasks(daemon)).toEqual([
      ['done', 'succeeded', 'heard nothing', 1, null],
      ['done', 'succeeded', 'at once', 1, null],
    ]);
  });

  it('is not lost with a run that crashes after it has taken it', async () => {
    const daemon = await start({ 'task.maxAttempts': 1 });
    const first = ask(daemon, 'crash');
    await runs(daemon);
    const second = ask(daemon, 'answer at once');
    expect(await first).toMatchObject({ code: 1 });
    expect(await second).toMatchObject({ code: 0 });
    expect(await tasks(daemon)).toEqual([
      ['dead', 'crashed', 'listening', 1, null],
      ['done', 'succeeded', 'at once', 1, null],
    ]);
  });

  it('survives the death of the daemon: it is in the queue again, and ends once', async () => {
    const home = await newHome({ 'task.maxAttempts': 1, 'task.killGraceMs': 300 });
    const daemon = await startDaemon({ home, env });
    daemon.write('HUMAN|cli||ask|{"text":"tell me","conversation":"garden"}\n');
    await runs(daemon);
    daemon.write('HUMAN|cli||ask|{"text":"answer at once","conversation":"garden"}\n');
    await steered(daemon, 1);
    await daemon.kill('SIGKILL');
    const next = await startDaemon({ home, env });
    await until(
      'it ended',
      async () => (await next.value('SELECT state FROM tasks WHERE id = 2')) === 'done',
    );
    expect(await tasks(next)).toEqual([
      ['dead', 'crashed', '', 1, null],
      ['done', 'succeeded', 'at once', 1, null],
    ]);
  });

  it('of a stranger does not steer the run of the owner, nor the owner that of a stranger', async () => {
    const daemon = await start();
    daemon.write('URGENT|email||mail|{"text":"read this","conversation":"x"}\n');
    await runs(daemon);
    daemon.write('HUMAN|cli||ask|{"text":"mine","conversation":"email/x"}\n');
    daemon.write('URGENT|email||mail|{"text":"more, that is all","conversation":"x"}\n');
    await until(
      'the mail ended',
      async () => (await daemon.value('SELECT state FROM tasks WHERE id = 1')) === 'done',
    );
    await until(
      'the owner is next',
      async () => (await daemon.value('SELECT state FROM tasks WHERE id = 2')) === 'running',
    );
    expect(await daemon.rows('SELECT outcome, steered_into FROM tasks ORDER BY id')).toEqual([
      ['succeeded', null],
      [null, null],
      ['steered', 1],
    ]);
  });
});
