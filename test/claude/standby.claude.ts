import { appendFileSync, chmodSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
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
import { leakedProcesses, leakGuard } from '../helpers/leak-guard.ts';
import { standbyCounts, standbysOf, untilStanding } from '../helpers/standby.ts';
import { killGuardianOf, survivorsOf } from '../helpers/survivors.ts';
import { chargedUsd, type ClaudeHome, createClaudeHome } from './claude-home.ts';
import { setSetting } from './reachable-limit.ts';

leakGuard({ withinMs: 15_000 });
const homes: ClaudeHome[] = [];
afterEach(async () => {
  await endDaemons();
  for (const home of homes.splice(0)) await home.remove();
});

/** The daemon with the real CLI behind a script that can be touched, and with one started ahead. */
async function start(options: DaemonOptions = {}): Promise<{ claude: ClaudeHome; daemon: TestDaemon }> {
  const claude = await createClaudeHome();
  homes.push(claude);
  const script = agentOf(claude);
  writeFileSync(script, `#!/bin/sh\nexec '${claude.path}' "$@"\n`);
  chmodSync(script, 0o755);
  return { claude, daemon: await restart(claude, options) };
}

async function restart(claude: ClaudeHome, { env, ...options }: DaemonOptions): Promise<TestDaemon> {
  const all = { ...claude.env, NINJAD_AGENT: agentOf(claude), NINJAD_FOO: 'foo', ...env };
  return startDaemon({ ...options, env: { ...all, NINJAD_STANDBY: '1' } });
}

const agentOf = (claude: ClaudeHome) => join(claude.home, 'agent');

/** Asks in a conversation; the answer comes at the first attempt. */
async function ask(daemon: TestDaemon, words: string, conversation = 'garden'): Promise<void> {
  const asked = await daemon.ninjad('ask', '--conversation', conversation, `[[say ${words}]]`);
  expect(asked).toMatchObject({ code: 0, stdout: `${words}\n` });
  expect(await daemon.value('SELECT attempts FROM tasks ORDER BY id DESC LIMIT 1')).toBe(1);
}

describe('an agent that was started ahead', () => {
  it('serves one message, in the conversation of the last one, with its tools, its mark and its costs', async () => {
    const { claude, daemon } = await start();
    await untilStanding(daemon);
    expect(claude.api.requests).toEqual([]);
    const [first] = await standbysOf(daemon.home);
    expect(await daemon.ninjad('ask', '[[say in the folder of the owner]]')).toMatchObject({ code: 0 });
    expect(await standbyCounts(daemon)).toEqual({ used: 1, givenUp: {} });

    await untilStanding(daemon);
    await ask(daemon, 'one');
    await untilStanding(daemon);
    const remember = `[[tool mcp__ninjad__remember ${JSON.stringify({ text: 'The hose leaks.' })}]]`;
    const asked = await daemon.ninjad(
      'ask',
      '--conversation',
      'garden',
      `[[bash echo "mark $NINJAD_TASK"]] ${remember} [[say two]]`,
    );
    expect(asked).toMatchObject({ code: 0, stdout: 'two\n' });
    expect(await standbyCounts(daemon)).toEqual({ used: 2, givenUp: { folder: 1 } });
    expect(claude.api.requests.at(-1)?.toolResults).toEqual([
      expect.stringMatching(/^mark [0-9a-f-]{36}:3:1$/),
      'Remembered.',
    ]);
    expect(
      await daemon.rows(`SELECT content, task_id FROM memory_embeddings WHERE origin = 'agent'`),
    ).toEqual([['The hose leaks.', 3]]);
    const ours = claude.api.requests.at(-1)?.tools.filter((name) => name.startsWith('mcp__ninjad__'));
    expect(ours).toHaveLength(5);
    expect(await daemon.value('SELECT count(DISTINCT session_id)::int FROM tasks WHERE id > 1')).toBe(1);
    const costs = await daemon.value('SELECT sum(cost_usd)::float8 FROM tasks');
    expect(Number(costs)).toBeCloseTo(chargedUsd(claude.api), 5);
    await untilStanding(daemon);
    expect((await standbysOf(daemon.home)).map(({ identity }) => identity.pid)).not.toContain(
      first?.identity.pid,
    );
  });

  it('is given up, and another answers within the same attempt, where anything differs that was fixed', async () => {
    const { claude, daemon } = await start();
    const folder = join(claude.home, '.claude');
    const sessionFile = () => {
      const projects = join(folder, 'projects');
      const files = readdirSync(projects).flatMap((project) =>
        readdirSync(join(projects, project)).map((name) => join(projects, project, name)),
      );
      const id = `${String(session)}.jsonl`;
      return files.find((path) => path.endsWith(id)) ?? '';
    };
    let session: unknown;
    const changes: [string, () => Promise<void> | void][] = [
      ['arguments', () => setSetting(daemon, 'task.maxTurns', 40)],
      ['environment', () => setSetting(daemon, 'agent.environment', ['NINJAD_FOO'])],
      ['session', () => appendFileSync(sessionFile(), '\n')],
      ['agent', () => utimesSync(agentOf(claude), 1, 1)],
      ['login', () => writeFileSync(join(folder, '.credentials.json'), '{}')],
      ['settings', () => writeFileSync(join(folder, 'CLAUDE.md'), 'Be brief.')],
      [
        'exited',
        async () => {
          for (const { identity } of await standbysOf(daemon.home)) process.kill(identity.pid, 'SIGKILL');
        },
      ],
    ];
    await ask(daemon, 'the beginning');
    const givenUp: Record<string, number> = (await standbyCounts(daemon)).givenUp;
    for (const [reason, change] of changes) {
      await untilStanding(daemon);
      session = await daemon.value(`SELECT session_id FROM conversations WHERE id = 'garden'`);
      await change();
      givenUp[reason] = 1;
      await ask(daemon, `in spite of ${reason}`);
      expect(await standbyCounts(daemon)).toEqual({ used: 0, givenUp });
    }
    await untilStanding(daemon);
    await ask(daemon, 'elsewhere', 'kitchen');
    expect(await standbyCounts(daemon)).toEqual({
      used: 0,
      givenUp: { ...givenUp, folder: (givenUp['folder'] ?? 0) + 1 },
    });
    await untilStanding(daemon);
    await ask(daemon, 'and now it fits', 'kitchen');
    expect((await standbyCounts(daemon)).used).toBe(1);
  });

  it('is no matter to capped tasks and to those of others, and goes when it is not wanted', async () => {
    const { daemon } = await start();
    await untilStanding(daemon);
    daemon.write('NORMAL|cron:a||task|[[say by the clock]]\nURGENT|email||urgent|[[say to a stranger]]\n');
    await until(
      'both are answered',
      async () => (await daemon.value(`SELECT count(*)::int FROM tasks WHERE state = 'done'`)) === 2,
    );
    await untilStanding(daemon);
    expect(await standbyCounts(daemon)).toEqual({ used: 0, givenUp: {} });
    expect(await daemon.rows('SELECT DISTINCT process FROM tasks')).toEqual([[null]]);
  });

  it('that is killed at the moment of a claim has done nothing: another answers within the same attempt', async () => {
    const { claude, daemon } = await start();
    await ask(daemon, 'one');
    await untilStanding(daemon);
    const standbys = await standbysOf(daemon.home);
    for (const { identity } of standbys) process.kill(identity.pid, 'SIGSTOP');
    const asked = ask(daemon, 'two');
    await until(
      'the claim is in the row',
      async () =>
        (await daemon.value(
          `SELECT count(*)::int FROM tasks WHERE id = 2 AND process->'mark' IS NOT NULL`,
        )) === 1,
    );
    const noted = await daemon.value(`SELECT process->>'pid' FROM tasks WHERE id = 2`);
    expect(standbys.map(({ identity }) => String(identity.pid))).toContain(noted);
    for (const { identity } of standbys) process.kill(identity.pid, 'SIGKILL');
    await asked;
    expect((await standbyCounts(daemon)).givenUp).toMatchObject({ lost: 1 });
    expect(claude.api.requests).toHaveLength(2);
    await untilStanding(daemon);
    await ask(daemon, 'three');
    expect((await standbyCounts(daemon)).used).toBe(1);
  });

  it('leaves nobody after SIGKILL of the daemon, whether it stands or is at work', async () => {
    const home = await newHome({ 'task.killGraceMs': 1_000, 'task.retryMinMs': 100 });
    const { claude, daemon } = await start({ home });
    await untilStanding(daemon);
    await daemon.kill('SIGKILL');
    await until('the guardian has ended it', async () => (await survivorsOf(home)).length === 0);
    await until('nobody else is left', () => leakedProcesses().length === 0);

    const next = await restart(claude, { home });
    await untilStanding(next);
    const detached = `setsid -f sh -c "trap '' TERM; exec sleep 618" >/dev/null 2>&1`;
    next.write(`HUMAN|cli||ask|[[bash ${detached}; sh -c "sleep 619; true"]] [[say done]]\n`);
    await until('it is at work', async () => {
      const found = await survivorsOf(home);
      return found.includes('sleep 618') && found.includes('sleep 619');
    });
    await killGuardianOf(home);
    await next.kill('SIGKILL');
    expect(await survivorsOf(home)).toContain('sleep 618');
    const last = await restart(claude, { home, env: { NINJAD_STANDBY: '0' } });
    await until(
      'it waits for the owner',
      async () => (await last.value('SELECT in_doubt FROM tasks')) === true,
    );
    const left = (await survivorsOf(home)).filter((command) => command.includes('sleep'));
    expect(left).toEqual([]);
  });

  it('is ended with the task that it serves: neither of its Bash tool nor what that has detached is left', async () => {
    const { daemon } = await start({ config: { 'task.killGraceMs': 1_000 } });
    await untilStanding(daemon);
    const detached = `setsid -f sh -c "trap '' TERM; exec sleep 620" >/dev/null 2>&1`;
    const asked = daemon.ninjad('ask', `[[bash ${detached}; sh -c "sleep 621; true"]] [[say done]]`);
    await until('it is at work', async () => (await survivorsOf(daemon.home)).includes('sleep 621'));
    const { processes } = await daemon.client.ask('task.get', { id: 1 });
    expect(processes.map(({ command }) => command)).toEqual(
      expect.arrayContaining([expect.stringContaining('stream-json'), 'sleep 620', 'sleep 621']),
    );
    await daemon.ninjad('task', '1', '--cancel');
    await asked;
    const left = (await survivorsOf(daemon.home)).filter((command) => command.includes('sleep'));
    expect(left).toEqual([]);
    expect((await standbyCounts(daemon)).used).toBe(1);
  });
});
