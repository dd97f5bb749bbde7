import { appendFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../helpers/daemon.ts';
import { standbyCounts, standbysOf, untilStanding } from '../helpers/standby.ts';
import { createSurroundings } from '../helpers/surroundings.ts';
import { chargedUsd } from './claude-home.ts';
import { setSetting } from './reachable-limit.ts';
import { agentOf, ask, useStandbys } from './standby-rig.ts';

const MINUTE = 60_000;
const MIB = 1024 * 1024;

const start = useStandbys();

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

  it('is given up, and another answers within the same attempt, for each reason that there is', async () => {
    const machine = createSurroundings();
    const { claude, daemon } = await start({
      config: { 'agent.standby': 1 },
      env: { ...machine.env, NINJAD_STANDBY: '' },
    });
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
    const changes: [reason: string, change: () => Promise<void> | void, undo?: () => Promise<void>][] = [
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
      ['stale', () => machine.tell({ laterMs: 31 * MINUTE })],
      [
        'memory',
        () => machine.tell({ freeBytes: 256 * MIB, laterMs: 31 * MINUTE }),
        () => machine.tell({ laterMs: 31 * MINUTE }),
      ],
      [
        'unwanted',
        () => setSetting(daemon, 'agent.standby', 0),
        () => setSetting(daemon, 'agent.standby', 1),
      ],
    ];
    await ask(daemon, 'the beginning');
    const givenUp: Record<string, number> = (await standbyCounts(daemon)).givenUp;
    for (const [reason, change, undo] of changes) {
      await untilStanding(daemon);
      session = await daemon.value(`SELECT session_id FROM conversations WHERE id = 'garden'`);
      await change();
      givenUp[reason] = 1;
      await ask(daemon, `in spite of ${reason}`);
      expect(await standbyCounts(daemon)).toEqual({ used: 0, givenUp });
      await undo?.();
      // Whatever changes in the settings calls for another one.
      if (undo !== undefined) await setSetting(daemon, 'task.maxTurns', 40 + Object.keys(givenUp).length);
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

  it('is no matter to capped tasks and to those of others', async () => {
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
});
