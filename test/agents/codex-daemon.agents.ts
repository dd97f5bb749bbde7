import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { homePaths } from '../../src/lib/config/paths.ts';
import { type DaemonOptions, endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { survivorsOf } from '../helpers/survivors.ts';
import { type AgentHome, agentPath, createAgentHome, models } from './agent-home.ts';

leakGuard({ withinMs: 15_000 });
const homes: AgentHome[] = [];
afterEach(async () => {
  await endDaemons();
  for (const home of homes.splice(0)) await home.remove();
});

const price = { input: 2, output: 10, cacheRead: 1 };

/** The daemon with the real Codex, and a claude that is not logged in. */
async function start(options: DaemonOptions = {}): Promise<{ codex: AgentHome; daemon: TestDaemon }> {
  const codex = await createAgentHome('codex');
  homes.push(codex);
  const claude = join(codex.home, 'claude');
  writeFileSync(claude, loggedOut);
  chmodSync(claude, 0o755);
  const config = {
    'agent.path': claude,
    'agent.default': 'codex',
    'agent.paths': { codex: codex.path },
    'agent.models': { codex: models.codex },
    'agent.prices': { [models.codex]: price },
    ...options.config,
  };
  return { codex, daemon: await startDaemon({ ...options, config, env: codex.env }) };
}

const loggedOut = `#!/bin/sh
[ "$1" = --version ] && echo 2.1.330 && exit 0
echo '{"type":"system","subtype":"init","session_id":"0b7c5a3e-0000-4000-8000-000000000000"}'
echo '{"type":"assistant","error":"authentication_failed","message":{"content":[{"type":"text","text":"Please run /login"}]}}'
echo '{"type":"result","subtype":"success","is_error":true,"result":"Please run /login","total_cost_usd":0}'
exit 1
`;

const ask = (daemon: TestDaemon, ...words: string[]) =>
  daemon.ninjad('ask', '--conversation', 'garden', ...words);

describe.skipIf(agentPath('codex') === undefined)('the daemon with the real Codex CLI', () => {
  it('goes on in a conversation, and books each token once over three turns, as an estimate', async () => {
    const { codex, daemon } = await start();
    for (const word of ['one', 'two', 'three'])
      expect(await ask(daemon, `[[say ${word}]]`)).toMatchObject({ code: 0, stdout: `${word}\n` });
    const sessions = new Set((await daemon.rows('SELECT session_id FROM tasks')).map(([id]) => id));
    expect(sessions.size).toBe(1);
    expect(await daemon.value(`SELECT agent FROM conversations WHERE id = 'garden'`)).toBe('codex');
    const { inputTokens, outputTokens, cacheReadTokens } = codex.api.charged();
    const usd =
      (inputTokens * price.input + outputTokens * price.output + cacheReadTokens * price.cacheRead) / 1e6;
    const [booked] = await daemon.rows(
      'SELECT sum(cost_usd)::float8, sum(output_tokens)::int, bool_and(estimated), min(model) FROM task_costs',
    );
    expect(booked).toEqual([expect.closeTo(usd, 6), outputTokens, true, models.codex]);
  });

  it('has the tools of ninjad', async () => {
    const { codex, daemon } = await start();
    const call = `[[tool mcp__ninjad__remember ${JSON.stringify({ text: 'The tomatoes like tepid water.' })}]]`;
    expect(await ask(daemon, `${call} [[say all done]]`)).toMatchObject({ stdout: 'all done\n' });
    expect(codex.api.requests.flatMap(({ toolResults }) => toolResults).join()).toContain('Remembered.');
  });

  it('begins anew with another agent, which is told what was said, and stands in for one that cannot answer', async () => {
    const { codex, daemon } = await start({
      config: { 'agent.default': 'claude', 'agent.fallback': 'codex' },
    });
    const first = await ask(daemon, 'the blue hose leaks [[say noted]]');
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toMatch(
      /^noted\n\n\(answered by Codex, since Claude Code could not: .*not logged in/,
    );
    // The conversation is still claude's: it has no session, so that the second one is told by rows.
    expect(await ask(daemon, '--agent', 'codex', 'which hose? [[say blue]]')).toMatchObject({
      stdout: 'blue\n',
    });
    expect(await ask(daemon, 'sure? [[say sure]]')).toMatchObject({ stdout: 'sure\n' });
    expect(codex.api.requests.at(-1)?.messages).toBeGreaterThan(codex.api.requests[0]?.messages ?? 0);
    expect(await daemon.value(`SELECT agent FROM conversations WHERE id = 'garden'`)).toBe('codex');
  });

  it('is listed with what it can, and tried by one word', async () => {
    const { daemon } = await start();
    const list = JSON.parse((await daemon.ninjad('agents', '--json')).stdout) as Record<string, unknown>[];
    expect(list.find(({ name }) => name === 'codex')).toMatchObject({
      ...{ isDefault: true, isFound: true, login: { state: 'yes' }, can: { resumes: true, hears: false } },
      lastFailure: null,
    });
    expect((await daemon.ninjad('agents', 'show', 'codex')).stdout).toMatch(/found: .*0\.171\.0/);
    expect(await daemon.ninjad('agents', 'test', 'claude')).toMatchObject({ code: 1 });
    const tried = JSON.parse((await daemon.ninjad('agents', 'test', 'codex', '--json')).stdout) as object;
    expect(tried).toMatchObject({ agent: 'codex', state: 'done', tookMs: expect.any(Number) as number });
    const [claude] = JSON.parse((await daemon.ninjad('agents', '--json')).stdout) as Record<
      string,
      unknown
    >[];
    expect(claude).toMatchObject({ name: 'claude', lastFailure: { kind: 'not-logged-in' } });
  });

  it('leaves no process when it is killed in the middle, and answers after the next start', async () => {
    const { codex, daemon } = await start();
    const wait = '[[bash sh -c "setsid -f sleep 621; sleep 622"]]';
    daemon.write(
      `HUMAN|cli||ask|${JSON.stringify({ text: `${wait} [[say through]]`, conversation: 'garden' })}\n`,
    );
    await until(
      'its tool runs',
      async () => (await survivorsOf(daemon.home)).join().includes('sleep 622'),
      60_000,
    );
    const { deeds } = homePaths(daemon.home);
    const noted = () => readdirSync(deeds).map((name) => readFileSync(join(deeds, name), 'utf8'));
    await until('its deed is noted', () => Promise.resolve(noted().join().includes('sleep 622')), 60_000);
    await daemon.kill('SIGKILL');
    await until('nothing is left', async () => (await survivorsOf(daemon.home)).length === 0, 30_000);
    const next = await startDaemon({ home: daemon.home, env: codex.env });
    await until(
      'it waits for the owner',
      async () => (await next.value('SELECT in_doubt FROM tasks')) === true,
      60_000,
    );
    expect(await next.value('SELECT progress FROM tasks')).toContain('sleep 622');
  });
});
