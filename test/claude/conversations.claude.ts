import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { survivorsOf } from '../helpers/survivors.ts';
import { chargedUsd, type ClaudeHome, createClaudeHome } from './claude-home.ts';
import { reachableLimitMs, setSetting } from './reachable-limit.ts';

leakGuard({ withinMs: 15_000 });
const homes: ClaudeHome[] = [];
afterEach(async () => {
  await endDaemons();
  for (const home of homes.splice(0)) await home.remove();
});

async function start(
  config: Record<string, unknown> = {},
): Promise<{ claude: ClaudeHome; daemon: TestDaemon }> {
  const claude = await createClaudeHome();
  homes.push(claude);
  const env = { ...claude.env, NINJAD_AGENT: claude.path };
  return { claude, daemon: await startDaemon({ config, env }) };
}

const ask = (daemon: TestDaemon, ...words: string[]) => daemon.ninjad('ask', '--conversation', ...words);
const runs = (daemon: TestDaemon, command: string) =>
  until(`${command} runs`, async () => (await survivorsOf(daemon.home)).includes(command), 60_000);
const bookedUsd = async (daemon: TestDaemon) =>
  Number(await daemon.value('SELECT sum(cost_usd)::float8 FROM task_costs'));

describe('a conversation with the real CLI', () => {
  it('is steered by a message that comes while its task runs, and both get the answer', async () => {
    const { claude, daemon } = await start();
    const wait = `until [ -e ${join(claude.home, 'go')} ]; do sleep 0.1; done; sleep 1`;
    const first = ask(daemon, 'garden', `[[bash ${wait}]] [[say the first plan]]`);
    await runs(daemon, 'sleep 0.1');
    const second = ask(daemon, 'garden', '[[say the second plan]]');
    await until(
      'it was handed over',
      async () => (await daemon.value('SELECT steered_into FROM tasks WHERE id = 2')) === 1,
    );
    writeFileSync(join(claude.home, 'go'), '');
    expect(await first).toMatchObject({ code: 0, stdout: 'the second plan\n' });
    expect(await second).toMatchObject({ code: 0, stdout: 'the second plan\n' });
    expect(await daemon.rows('SELECT state, outcome, attempts FROM tasks ORDER BY id')).toEqual([
      ['done', 'succeeded', 1],
      ['done', 'steered', 0],
    ]);
    expect(claude.api.requests).toHaveLength(2);
    expect(await bookedUsd(daemon)).toBeCloseTo(chargedUsd(claude.api), 5);
  });

  it('is told in each message what is remembered by then, since its first words stay as they were', async () => {
    const { claude, daemon } = await start();
    // Nothing is recalled before its secrets are out and its vector is there.
    const remember = async (text: string) => {
      await daemon.ninjad('ask', `/remember ${text}`);
      await until(
        'it is prepared',
        async () => (await daemon.value('SELECT bool_and(prepared) FROM memory_embeddings')) === true,
      );
    };
    await remember('The blue hose leaks at the tap.');
    await ask(daemon, 'garden', 'which blue hose leaks? [[say one]]');
    await remember('The green hose leaks at the nozzle.');
    await ask(daemon, 'garden', 'which green hose leaks? [[say two]]');
    const [first, second] = claude.api.requests;
    expect(first?.prompt).toContain('The blue hose leaks at the tap.');
    expect(second?.messages).toBeGreaterThan(first?.messages ?? 0);
    expect(second?.prompt).toContain('The green hose leaks at the nozzle.');
    expect(second?.prompt).toContain('which green hose leaks?');
  });

  it('is forked with all that was said, and what the branches cost adds up', async () => {
    const { claude, daemon } = await start();
    await ask(daemon, 'garden', '[[say one]]');
    await ask(daemon, 'garden', '[[say two]]');
    const before = claude.api.requests.at(-1)?.messages ?? 0;
    expect(await ask(daemon, 'plan-b', '--fork', 'garden', '[[say three]]')).toMatchObject({
      stdout: 'three\n',
    });
    expect(claude.api.requests.at(-1)?.messages).toBeGreaterThan(before);
    expect(await ask(daemon, 'plan-b', '[[say four]]')).toMatchObject({ stdout: 'four\n' });
    expect(await ask(daemon, 'garden', '[[say five]]')).toMatchObject({ stdout: 'five\n' });
    const sessions = (await daemon.rows('SELECT session_id::text FROM tasks ORDER BY id')).map(([id]) => id);
    expect(sessions[4]).toBe(sessions[0]);
    expect(sessions[3]).toBe(sessions[2]);
    expect(sessions[2]).not.toBe(sessions[0]);
    expect(await bookedUsd(daemon)).toBeCloseTo(chargedUsd(claude.api), 5);
  });

  it('books an estimate for a run that was ended, and what the service charged once it goes on', async () => {
    const { claude, daemon } = await start();
    await setSetting(daemon, 'task.timeoutMsByCategory', { slow: await reachableLimitMs(daemon) });
    await ask(daemon, 'garden', '[[say one]]');
    const text = '[[bash sh -c "sleep 615; true"]] [[say two]]';
    const payload = JSON.stringify({ text, conversation: 'garden' });
    daemon.write(`HUMAN|cli||slow|${payload}\n`);
    await until(
      'it was ended',
      async () => (await daemon.value('SELECT outcome FROM tasks WHERE id = 3')) === 'timed-out',
      60_000,
    );
    const estimated = Number(
      await daemon.value('SELECT sum(cost_usd)::float8 FROM task_costs WHERE estimated AND task_id = 3'),
    );
    const charged = chargedUsd(claude.api);
    expect(estimated).toBeGreaterThan(0);
    expect(Math.abs((await bookedUsd(daemon)) - charged) / charged).toBeLessThan(0.25);
    await ask(daemon, 'garden', '[[say three]]');
    expect(await bookedUsd(daemon)).toBeCloseTo(chargedUsd(claude.api), 5);
  });
});
