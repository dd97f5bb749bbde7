import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { endDaemons, newHome, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { survivorsOf } from '../helpers/survivors.ts';
import { type AgentHome, agentPath, createAgentHome } from './agent-home.ts';
import { noteFact } from './facts.ts';
import { agentNames } from './fetch-agents.ts';

leakGuard({ withinMs: 15_000 });
const agents: AgentHome[] = [];
afterEach(async () => {
  await endDaemons();
  for (const agent of agents.splice(0)) await agent.remove();
});

const there = agentNames.filter((name) => agentPath(name) !== undefined);

async function createAgent(name: AgentHome['name']): Promise<AgentHome> {
  const agent = await createAgentHome(name);
  agents.push(agent);
  return agent;
}

const settingsFor = ({ name, path }: AgentHome) => ({
  'agent.default': name,
  'agent.paths': { [name]: path },
  'task.retryMinMs': 100,
});

describe.each(there)('the daemon with the real %s', (name) => {
  it('books what three turns of a conversation have used once, and its tools reach the agent', async () => {
    const agent = await createAgent(name);
    const daemon = await startDaemon({ config: settingsFor(agent), env: agent.env });
    const ask = (text: string) => daemon.ninjad('ask', '--conversation', 'garden', text);
    const recall = '[[tool mcp__ninjad__recall {"text":"the spare key"}]]';
    expect(await ask(`${recall} [[say one]]`)).toMatchObject({ code: 0, stdout: 'one\n' });
    expect(agent.api.requests.at(-1)?.toolResults).toHaveLength(1);
    expect(agent.api.requests.at(-1)?.toolResults[0]).toContain('close is remembered');
    for (const word of ['two', 'three'])
      expect(await ask(`[[say ${word}]]`)).toMatchObject({ code: 0, stdout: `${word}\n` });
    expect(await daemon.value('SELECT count(DISTINCT session_id) FROM tasks')).toBe(1);
    const charged = agent.api.charged();
    expect(
      (
        await daemon.rows(
          'SELECT sum(input_tokens), sum(output_tokens), sum(cache_read_tokens) FROM task_costs',
        )
      )[0]?.map(Number),
    ).toEqual([charged.inputTokens, charged.outputTokens, charged.cacheReadTokens]);
    noteFact(name, 'Tools of ninjad', 'yes');
    noteFact(name, 'Usage of three resumed turns', 'booked once');
  });

  it('looks back, and proposes what it found', async () => {
    const agent = await createAgent(name);
    const daemon = await startDaemon({ config: settingsFor(agent), env: agent.env });
    const json = async (...args: string[]): Promise<unknown> => {
      const { stdout, stderr, code } = await daemon.ninjad(...args, '--json');
      expect({ stderr, code, stdout: code === 0 ? '' : stdout }).toEqual({ stderr: '', code: 0, stdout: '' });
      return JSON.parse(stdout);
    };
    await daemon.rows(failedMails);
    // What the model says stands in what it is told of a wish that was rejected.
    await json('wishes', 'add', 'Greet in Norwegian');
    await json('wishes', 'reject', '1', '--reason', `no [[say So: ${JSON.stringify({ wishes: [found] })}]]`);
    expect(await json('retrospective', 'run')).toMatchObject({
      state: 'completed',
      proposals: [{ became: 'proposed' }],
    });
    expect(await json('wishes', 'show', '2')).toMatchObject({ title: found.title, origin: 'retrospective' });
    expect(agent.api.requests.at(-1)?.prompt).toContain('task.failureRate:mail');
    const looked = `SELECT state, agent->>'kind', session_id IS NOT NULL FROM tasks WHERE category = 'retrospective'`;
    expect(await daemon.rows(looked)).toEqual([['done', name, true]]);
    noteFact(name, 'A retrospective', 'yes');
  });

  it('leaves nobody when it is shot, and its next start goes on', async () => {
    const agent = await createAgent(name);
    const home = await newHome(settingsFor(agent));
    const daemon = await startDaemon({ home, env: agent.env });
    const go = join(agent.home, 'go');
    const seconds = `${600 + (process.pid % 100)}.25`;
    const command = `setsid -f sleep ${seconds} >/dev/null 2>&1; until [ -e ${go} ]; do sleep 0.1; done`;
    daemon.write(`HUMAN|cli||chat|[[bash ${command}]] [[say at last]]\n`);
    await until('its tool runs', async () => (await survivorsOf(home)).includes(`sleep ${seconds}`), 120_000);
    await daemon.kill('SIGKILL');
    await until('nobody is left', async () => (await survivorsOf(home)).length === 0, 30_000);
    writeFileSync(go, '');

    const next = await startDaemon({ home, env: agent.env });
    await goesOn(next);
    await until('it is done', async () => (await next.value('SELECT state FROM tasks')) === 'done', 120_000);
    expect(await next.rows('SELECT reply, attempts FROM tasks')).toEqual([['at last', 2]]);
    expect(await survivorsOf(home)).toEqual([]);
    noteFact(name, 'After SIGKILL of the daemon', 'nobody is left, the task goes on');
  });
});

/** Half of eight mails failed. */
const failedMails = `
  INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
    SELECT 9000 + n, 3, 'email', 'mail', 'x', now(), now(), 'task', 'r', 'done' FROM generate_series(1, 8) AS n;
  INSERT INTO tasks (id, event_id, state, priority, source, category, prompt, outcome, queued_at, run_after, started_at, finished_at)
    OVERRIDING SYSTEM VALUE
    SELECT 9000 + n, 9000 + n, CASE WHEN n % 2 = 0 THEN 'dead' ELSE 'done' END, 3, 'email', 'mail', 'x', 'x', at, at, at, at
      FROM generate_series(1, 8) AS n, LATERAL (SELECT now() - interval '1 hour' AS at) AS times`;

/** Short, since of a reason that much is told. */
const found = {
  title: 'Cut long mails',
  why: 'Half of them failed.',
  evidence: ['task:9002'],
  expected: { metric: 'task.failureRate:mail', today: 0.5, goal: 0.1 },
  measuredBy: 'that rate',
  effort: 'small',
  risk: 'an attachment may be missed',
};

/** What had called a tool is done again only if the owner says so; a CLI that tells of a tool when it ends knows of none. */
async function goesOn(daemon: TestDaemon): Promise<void> {
  await until('it goes on or is in doubt', async () => {
    const [row] = await daemon.rows('SELECT in_doubt, attempts, state FROM tasks');
    if (row?.[0] !== true) return Number(row?.[1]) === 2 || row?.[2] === 'done';
    return (await daemon.ninjad('task', '1', '--go-on')).code === 0;
  });
}
