import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type DaemonOptions,
  endDaemons,
  newHome,
  startDaemon,
  type TestDaemon,
  until,
} from '../helpers/daemon.ts';
import { hostContainment, pidsOf } from '../helpers/cgroup.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { killGuardianOf, survivorsOf } from '../helpers/survivors.ts';
import { chargedUsd, type ClaudeHome, type ClaudeHomeOptions, createClaudeHome } from './claude-home.ts';
import { claudeVersion } from './fetch-claude.ts';
import { reachableLimitMs, setSetting } from './reachable-limit.ts';

leakGuard({ withinMs: 15_000 });
const homes: ClaudeHome[] = [];
afterEach(async () => {
  await endDaemons();
  for (const home of homes.splice(0)) await home.remove();
});

interface Setup extends Omit<DaemonOptions, 'env'> {
  claude?: ClaudeHomeOptions;
  env?: Record<string, string>;
}

/** The daemon with the real CLI as its agent. */
async function start({ claude: options, env, ...daemon }: Setup = {}): Promise<{
  claude: ClaudeHome;
  daemon: TestDaemon;
}> {
  const claude = await createClaudeHome(options);
  homes.push(claude);
  return { claude, daemon: await restart(claude, { ...daemon, ...(env !== undefined && { env }) }) };
}

function restart(claude: ClaudeHome, { env, ...options }: DaemonOptions): Promise<TestDaemon> {
  return startDaemon({ ...options, env: { ...claude.env, NINJAD_AGENT: claude.path, ...env } });
}

const untilFile = (claude: ClaudeHome) => `until [ -e ${join(claude.home, 'go')} ]; do sleep 0.1; done`;
const go = (claude: ClaudeHome) => writeFileSync(join(claude.home, 'go'), '');

/** A shell command was at work, so the owner decides whether it is done again. */
async function goesOn(daemon: TestDaemon): Promise<void> {
  await until('it is in doubt', async () => (await daemon.value('SELECT in_doubt FROM tasks')) === true);
  expect(await daemon.ninjad('task', '1', '--go-on')).toMatchObject({ code: 0 });
}

const runs = (daemon: TestDaemon, command: string) =>
  until(`${command} runs`, async () => (await survivorsOf(daemon.home)).includes(command), 60_000);

async function endOf(
  daemon: TestDaemon,
  id: number,
): Promise<{ state: unknown; outcome: unknown; reason: unknown; reply: unknown }> {
  const select = `SELECT state, outcome, reason, reply FROM tasks WHERE id = ${id} AND finished_at IS NOT NULL`;
  let row: readonly unknown[] | undefined;
  await until(`task ${id} ends`, async () => (row = (await daemon.rows(select))[0]) !== undefined, 60_000);
  const [state, outcome, reason, reply] = row ?? [];
  return { state, outcome, reason, reply };
}

describe('the daemon with the real CLI', () => {
  it('answers, and keeps what the run did and cost', async () => {
    const { claude, daemon } = await start();
    const asked = await daemon.ninjad('ask', '[[bash echo 4$((1 + 1))]] [[drip 20 it is forty-two]]');
    expect(asked).toMatchObject({ code: 0, stdout: 'it is forty-two\n' });
    expect(await daemon.rows(`SELECT agent->>'kind', agent->>'version' FROM tasks`)).toEqual([
      ['claude', claudeVersion],
    ]);
    expect(Number(await daemon.value('SELECT cost_usd FROM tasks'))).toBeCloseTo(chargedUsd(claude.api), 6);
    expect(
      await daemon.rows(
        `SELECT entry->>'kind' FROM task_transcripts, jsonb_array_elements(entries) AS entry`,
      ),
    ).toEqual([['called'], ['returned'], ['said']]);
    // The answer does not wait for the exit of who gave it.
    await until('nobody is left', async () => (await survivorsOf(daemon.home)).length === 0);
  });

  it('hands the words to whoever waits for the reply as they come', async () => {
    const { daemon } = await start();
    const dedupKey = 'streamed';
    const payload = JSON.stringify({ text: `[[drip 200 one two${' and more'.repeat(500)}]]`, dedupKey });
    daemon.write(`HUMAN|cli||chat|${payload}\n`);
    let words = '';
    for await (const message of daemon.client.watch(dedupKey)) {
      if (message.type === 'text') words += message.text;
      if (words.includes('two')) break;
    }
    expect(words).toMatch(/^one two/);
    expect(await daemon.value('SELECT state FROM tasks')).toBe('running');
    expect(await daemon.ninjad('task', '1', '--cancel')).toMatchObject({ code: 0 });
    expect(await endOf(daemon, 1)).toMatchObject({ state: 'cancelled' });
    expect(await daemon.value('SELECT reply FROM tasks')).toMatch(/^one two/);
  });

  it('books of a conversation what each run added, and the sum is what the service charged', async () => {
    const { claude, daemon } = await start();
    for (const word of ['one', 'two', 'three']) {
      expect(await daemon.ninjad('ask', '--conversation', 'garden', `[[say ${word}]]`)).toMatchObject({
        stdout: `${word}\n`,
      });
    }
    const costs = (await daemon.rows('SELECT cost_usd::float8 FROM tasks ORDER BY id')).map(([cost]) =>
      Number(cost),
    );
    expect(costs.every((cost) => cost > 0)).toBe(true);
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(chargedUsd(claude.api), 5);
    expect(await daemon.value('SELECT count(DISTINCT session_id) FROM tasks')).toBe(1);
  });

  it('begins anew, once, when the CLI has lost the session of a conversation', async () => {
    const { claude, daemon } = await start();
    await daemon.ninjad('ask', '--conversation', 'garden', '[[say one]]');
    const projects = join(claude.home, '.claude', 'projects');
    for (const project of readdirSync(projects)) rmSync(join(projects, project), { recursive: true });
    expect(await daemon.ninjad('ask', '--conversation', 'garden', '[[say two]]')).toMatchObject({
      code: 0,
      stdout: 'two\n',
    });
    expect(await daemon.ninjad('ask', '--conversation', 'garden', '[[say three]]')).toMatchObject({
      code: 0,
      stdout: 'three\n',
    });
    const sessions = (await daemon.rows('SELECT session_id::text FROM tasks ORDER BY id')).map(([id]) => id);
    expect(sessions[1]).not.toBe(sessions[0]);
    expect(sessions[2]).toBe(sessions[1]);
    expect(await daemon.rows('SELECT attempts FROM tasks')).toEqual([[1], [1], [1]]);
    const costs = (await daemon.rows('SELECT cost_usd::float8 FROM tasks')).map(([cost]) => Number(cost));
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(chargedUsd(claude.api), 5);
  });

  it('says that the CLI is not logged in, with the next step', async () => {
    const { daemon } = await start({ claude: { login: 'none' } });
    const asked = await daemon.ninjad('ask', 'hello?');
    expect(asked.code).toBe(1);
    expect(asked.stderr).toContain('the agent is not logged in: Not logged in · Please run /login.');
    expect(asked.stderr).toContain(
      'Run `claude` in a terminal as the user of the daemon, log in with /login, then `ninjad task 1 --retry`.',
    );
    expect(await endOf(daemon, 1)).toMatchObject({ state: 'failed', outcome: 'not-logged-in' });
  });

  it('passes a steering message into the running turn', async () => {
    const { claude, daemon } = await start();
    const asked = daemon.ninjad('ask', `[[bash ${untilFile(claude)}; sleep 1]] [[say the first plan]]`);
    await runs(daemon, 'sleep 0.1');
    expect(await daemon.ninjad('task', '1', '--steer', '[[say the second plan]]')).toMatchObject({ code: 0 });
    go(claude);
    expect(await asked).toMatchObject({ code: 0, stdout: 'the second plan\n' });
  });

  it('interrupts the turn on /stop, and the conversation can go on', async () => {
    const { claude, daemon } = await start();
    const asked = daemon.ninjad(
      'ask',
      '--conversation',
      'garden',
      '[[bash sh -c "sleep 611; true"]] [[say done]]',
    );
    await runs(daemon, 'sleep 611');
    expect(await daemon.ninjad('ask', '/stop all')).toMatchObject({ code: 0 });
    expect(await asked).toMatchObject({ code: 1, stderr: expect.stringContaining('cancelled') as unknown });
    expect(await survivorsOf(daemon.home)).toEqual([]);
    expect(Number(await daemon.value('SELECT cost_usd FROM tasks WHERE id = 1'))).toBeCloseTo(
      chargedUsd(claude.api),
      6,
    );
    expect(await daemon.ninjad('ask', '--conversation', 'garden', '[[say and on]]')).toMatchObject({
      stdout: 'and on\n',
    });
    expect(await daemon.value('SELECT count(DISTINCT session_id) FROM tasks')).toBe(1);
  });
});

const host = await hostContainment();

describe('the daemon with the real CLI leaves no process', () => {
  it.skipIf(host.base === null)(
    'that cleared its environment, left its session and lost its parents, where tasks have cgroups',
    async () => {
      const { daemon } = await start();
      expect((await daemon.status()).containment.tier).toBe('cgroup');
      const seconds = `616.${process.pid}`;
      const escape = `env -i setsid -f sh -c "trap '' TERM; exec sleep ${seconds}" >/dev/null 2>&1`;
      await daemon.ninjad('ask', `[[bash ${escape}]] [[say done]]`);
      expect(await endOf(daemon, 1)).toMatchObject({ state: 'done', reply: 'done' });
      // The person has the answer before its agent has gone; what was odd about that is written down afterwards.
      let note: unknown;
      await until('the going of the agent is noted', async () => {
        note = await daemon.value(`SELECT detail->>'note' FROM activity_log WHERE action = 'task.parted'`);
        return note !== undefined && note !== null;
      });
      expect(note).toMatch(/1 processes outlived it and were killed/);
      expect(await pidsOf(`sleep ${seconds}`)).toEqual([]);
    },
  );

  it('of a task at its limit: neither of its Bash tool nor what that has detached', async () => {
    const { daemon } = await start({ env: { NINJAD_KILL_GRACE_MS: '2000' } });
    await setSetting(daemon, 'task.timeoutMs', await reachableLimitMs(daemon));
    const detached = `setsid -f sh -c "trap '' TERM; exec sleep 612" >/dev/null 2>&1`;
    daemon.write(`NORMAL|shell||task|[[bash ${detached}; sh -c "sleep 613; true"]] [[say done]]\n`);
    await runs(daemon, 'sleep 612');
    await runs(daemon, 'sleep 613');
    expect(await endOf(daemon, 2)).toMatchObject({
      state: 'failed',
      outcome: 'timed-out',
      reason: expect.stringContaining('`task.timeoutMsByCategory`') as unknown,
    });
    expect(await survivorsOf(daemon.home)).toEqual([]);
    expect(
      await daemon.value(`SELECT detail->>'note' FROM activity_log WHERE action = 'task.failed'`),
    ).toMatch(/outlived it and were killed/);
  });

  it('after SIGKILL of claude itself, and tries again', async () => {
    const { claude, daemon } = await start({ config: { 'task.retryMinMs': 100 } });
    daemon.write(`NORMAL|shell||task|[[bash ${untilFile(claude)}]] [[say at last]]\n`);
    await runs(daemon, 'sleep 0.1');
    process.kill(Number(await daemon.value(`SELECT process->>'pid' FROM tasks`)), 'SIGKILL');
    await goesOn(daemon);
    await until(
      'the second attempt',
      async () => Number(await daemon.value('SELECT attempts FROM tasks')) === 2,
    );
    go(claude);
    expect(await endOf(daemon, 1)).toMatchObject({ state: 'done', reply: 'at last' });
    expect(await survivorsOf(daemon.home)).toEqual([]);
  });

  it('after SIGKILL of the daemon: the next start ends them and tries again', async () => {
    const home = await newHome({ 'task.retryMinMs': 100, 'task.killGraceMs': 1_000 });
    const { claude, daemon } = await start({ home });
    daemon.write(
      `NORMAL|shell||task|[[bash setsid -f sleep 614 >/dev/null 2>&1; ${untilFile(claude)}]] [[say at last]]\n`,
    );
    await runs(daemon, 'sleep 614');
    await killGuardianOf(home);
    await daemon.kill('SIGKILL');
    const before = await survivorsOf(home);
    expect(before).toContain('sleep 614');

    const next = await restart(claude, { home });
    await goesOn(next);
    await until(
      'the second attempt',
      async () => Number(await next.value('SELECT attempts FROM tasks')) === 2,
    );
    go(claude);
    expect(await endOf(next, 1)).toMatchObject({ state: 'done', reply: 'at last' });
    expect(claude.api.requests.map(({ prompt }) => prompt)).toContainEqual(
      expect.stringContaining('outcome unknown: Bash'),
    );
    expect(await survivorsOf(home)).toEqual([]);
  });
});
