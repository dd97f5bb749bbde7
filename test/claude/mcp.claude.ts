import { afterEach, describe, expect, it } from 'vitest';
import { type DaemonOptions, endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { type ClaudeHome, createClaudeHome } from './claude-home.ts';

leakGuard({ withinMs: 15_000 });
const homes: ClaudeHome[] = [];
afterEach(async () => {
  await endDaemons();
  for (const home of homes.splice(0)) await home.remove();
});

/** The daemon with the real CLI as its agent, which allows nothing by itself. */
async function start(
  options: DaemonOptions = {},
  allow: string[] = [],
): Promise<{ claude: ClaudeHome; daemon: TestDaemon }> {
  const claude = await createClaudeHome({ allow });
  homes.push(claude);
  const env = { ...claude.env, NINJAD_AGENT: claude.path };
  return { claude, daemon: await startDaemon({ ...options, env }) };
}

const tool = (name: string, input: object) => `[[tool mcp__ninjad__${name} ${JSON.stringify(input)}]]`;
const ended = (daemon: TestDaemon, tasks: number) =>
  until(
    `${tasks} tasks ended`,
    async () =>
      (await daemon.value('SELECT count(*)::int FROM tasks WHERE finished_at IS NOT NULL')) === tasks,
    90_000,
  );

describe('the tools of ninjad, called by the real CLI', () => {
  it('arrive: a memory, a wish, a notice and a task of source self', async () => {
    const { claude, daemon } = await start();
    const script = [
      tool('remember', { text: 'The tomatoes like tepid water.' }),
      tool('make_wish', { title: 'Water by the weather', description: 'It rained.' }),
      tool('notify_owner', { text: 'The hose is leaking.' }),
      tool('queue_task', { text: 'Look at the hose.' }),
      '[[say all done]]',
    ];
    expect((await daemon.ninjad('ask', script.join(' '))).stdout).toContain('all done');
    await ended(daemon, 2);
    expect(claude.api.requests.flatMap(({ toolResults }) => toolResults)).toEqual(
      expect.arrayContaining(['Remembered.', 'The owner is told.']),
    );
    const told = `SELECT content, trust, task_id FROM memory_embeddings WHERE origin = 'agent'`;
    expect(await daemon.rows(told)).toEqual([['The tomatoes like tepid water.', 'local', 1]]);
    expect(await daemon.value('SELECT title FROM wishlist')).toBe('Water by the weather');
    expect(await daemon.value(`SELECT summary FROM activity_log WHERE action = 'owner.notified'`)).toBe(
      'The hose is leaking.',
    );
    expect(await daemon.rows(`SELECT source, state, reply FROM tasks ORDER BY id`)).toEqual([
      ['cli', 'done', expect.stringContaining('all done')],
      ['self', 'done', expect.any(String)],
    ]);
  });

  it('are in the first request, without a search for tools before it and without a process', async () => {
    const { claude, daemon } = await start({}, ['Bash']);
    // No process of the task is a server of ours while it runs.
    const ofTask = 'grep -lz "^NINJAD_TASK=$NINJAD_TASK$" /proc/[0-9]*/environ 2>/dev/null';
    await daemon.ninjad(
      'ask',
      `[[bash grep -lz "^NINJAD_MCP_TOKEN=" $(${ofTask}) 2>/dev/null | wc -l]] [[say hello]]`,
    );
    const [first, ...later] = claude.api.requests;
    expect(later.flatMap(({ toolResults }) => toolResults)).toEqual(['0']);
    const ours = first?.tools.filter((name) => name.startsWith('mcp__ninjad__')).sort();
    expect(ours).toEqual(
      ['make_wish', 'notify_owner', 'queue_task', 'recall', 'remember'].map((name) => `mcp__ninjad__${name}`),
    );
  });

  it('are all that a stranger’s task has: Bash does not exist for it', async () => {
    const { daemon } = await start();
    daemon.write(
      `URGENT|email||urgent|[[bash touch $HOME/owned]] ${tool('remember', { text: 'mail' })} [[say read]]\n`,
    );
    await ended(daemon, 1);
    expect(await daemon.rows('SELECT content, trust FROM memory_embeddings')).toEqual([
      ['mail', 'untrusted'],
    ]);
    expect(await daemon.value('SELECT reply FROM tasks')).toContain('read');
  });

  it('cannot make a loop: the cap stops it', async () => {
    const config = { 'spend.dailyUsd': 0.02, 'lanes.total': 2, 'lanes.reservedForHuman': 1 };
    const { daemon } = await start({ config });
    const queue = tool('queue_task', { text: 'again' });
    daemon.write(`NORMAL|cron:a||task|${queue} ${queue} ${queue} [[say once]]\n`);
    await until('the cap is reached', async () => (await daemon.status()).spend.reached === 'day', 90_000);
    const { spend, tasks } = await daemon.status();
    expect(spend.todayUsd).toBeLessThanOrEqual(0.02);
    expect(tasks).toMatchObject({ running: 0 });
    expect(
      await daemon.value(`SELECT count(*)::int FROM tasks WHERE source = 'self' AND state = 'queued'`),
    ).toBe(2);
    expect((await daemon.ninjad('ask', '[[say still here]]')).stdout).toContain('still here');
  });
});
