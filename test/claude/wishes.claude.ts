import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { endDaemons, newHome, startDaemon } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { gitIn, hashOf, makeRepository } from '../drafter/draft-rig.ts';
import { noSandbox } from '../drafter/sandbox-rig.ts';
import { type ClaudeHome, createClaudeHome } from './claude-home.ts';

leakGuard({ withinMs: 15_000 });
const homes: ClaudeHome[] = [];
afterEach(async () => {
  await endDaemons();
  for (const home of homes.splice(0)) await home.remove();
});

const at = (name: string) => `/draft/repository/${name}`;
const tool = (name: string, input: object) => `[[tool ${name} ${JSON.stringify(input)}]]`;

/** What the model of the test does with the wish. */
const steps = [
  tool('Write', {
    file_path: at('test/name.test.sh'),
    content: '[ "$(sh greet.sh Ada)" = "hello Ada" ]\n',
  }),
  tool('Read', { file_path: at('greet.sh') }),
  tool('Edit', { file_path: at('greet.sh'), old_string: 'echo hello', new_string: 'echo hello $1' }),
  tool('Bash', { command: 'make test', description: 'try it' }),
  '[[say It greets by name now.]]',
].join(' ');

/** Half of the mails fail: before the draft was applied, and not after it. */
const madeOperation = `
  INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
    SELECT 9000 + n, 3, 'email', 'mail', 'x', now(), now(), 'task', 'r', 'done' FROM generate_series(1, 8) AS n;
  INSERT INTO tasks (event_id, state, priority, source, category, prompt, outcome, queued_at, run_after, started_at, finished_at)
    SELECT 9000 + n, CASE WHEN n <= 4 AND n % 2 = 0 THEN 'dead' ELSE 'done' END, 3, 'email', 'mail', 'x', 'x', at, at, at, at
      FROM generate_series(1, 8) AS n,
           LATERAL (SELECT now() - CASE WHEN n <= 4 THEN interval '4 days' ELSE interval '1 day' END AS at) AS times`;

describe.skipIf(noSandbox !== undefined)('a wish', () => {
  it('is drafted by the real CLI in its sandbox, applied by the owner, and keeps its promise', async () => {
    const claude = await createClaudeHome();
    homes.push(claude);
    const repository = makeRepository();
    const folder = tempDir();
    const home = await newHome({ 'drafter.repository': repository, 'drafter.folder': folder });
    const daemon = await startDaemon({ home, env: { ...claude.env, NINJAD_AGENT: claude.path } });
    const json = async (...args: string[]): Promise<Record<string, unknown>> => {
      const { stdout, stderr, code } = await daemon.ninjad(...args, '--json');
      expect({ stderr, code, stdout: code === 0 ? '' : stdout }).toEqual({ stderr: '', code: 0, stdout: '' });
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    const before = hashOf(repository);
    await json('wishes', 'add', 'Greet by name', '--text', steps);
    await json('wishes', 'approve', '1');
    expect(await json('wishes', 'draft', '1')).toMatchObject({
      state: 'drafted',
      draft: {
        version: 1,
        summary: 'It greets by name now.',
        files: [{ path: 'greet.sh' }, { path: 'test/name.test.sh' }],
        tests: { base: { passed: true }, draft: { passed: true }, own: { passed: true } },
      },
    });
    expect(await daemon.rows(`SELECT state, category, cost_usd > 0 FROM tasks`)).toEqual([
      ['done', 'draft', true],
    ]);
    expect(readdirSync(folder)).toEqual([]);
    expect(hashOf(repository)).toBe(before);
    expect((await daemon.ninjad('wishes', 'diff', '1')).stdout).toContain('+echo hello $1');
    expect(await json('wishes', 'apply', '1', '--checkout', repository)).toMatchObject({ state: 'applied' });
    expect(gitIn(repository, 'show', 'ninjad/wish-1:greet.sh')).toBe('echo hello $1');

    // Three days later the model has nothing to propose, and the figures tell. What it says stands in what it is told of
    // wishes that were rejected.
    await json('wishes', 'add', 'Greet in Norwegian');
    await json('wishes', 'reject', '2', '--reason', 'nobody asked [[say {"wishes": []}]]');
    await daemon.rows(`${madeOperation};
      UPDATE wishlist SET applied_at = now() - interval '3 days',
                          expected = '{"metric": "task.failureRate:mail", "today": 0.5, "goal": 0.1}' WHERE id = 1`);
    expect(await json('retrospective', 'run')).toMatchObject({ state: 'completed', proposals: [] });
    expect(await json('wishes', 'show', '1')).toMatchObject({
      state: 'kept',
      promise: { metric: 'task.failureRate:mail', before: 0.5, after: 0, kept: true },
    });
  });
});
