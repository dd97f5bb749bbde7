import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { endDaemons, newHome, startDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { survivorsOf } from '../helpers/survivors.ts';

leakGuard({ withinMs: 15_000 });
afterEach(endDaemons);

/** A home whose agent is a shell script. */
async function homeWith(script: string, config: Record<string, unknown> = {}): Promise<string> {
  const home = await newHome();
  const path = join(home, 'answer');
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const settings = {
    'agent.command': [path, 'now'],
    'task.maxAttempts': 1,
    'task.killGraceMs': 200,
    ...config,
  };
  writeFileSync(join(home, 'config.json'), JSON.stringify(settings));
  return home;
}

describe('another program as the agent', () => {
  it('answers with its stdout, in the environment of an agent, and status says who it is', async () => {
    const home = await homeWith('grep -c "what now" | tr -d "\\n"; echo " $1 ${DISCORD_TOKEN:-no token}"');
    const daemon = await startDaemon({
      home,
      env: { DISCORD_TOKEN: 'secret', DISCORD_API_URL: 'http://127.0.0.1:9' },
    });
    expect(await daemon.ninjad('ask', 'what now?')).toMatchObject({ code: 0, stdout: '1 now no token\n' });
    expect((await daemon.status()).agent).toMatchObject({ kind: 'command', path: join(home, 'answer') });
    expect(await daemon.rows('SELECT agent, session_id IS NULL, cost_usd::float8 FROM tasks')).toEqual([
      [{ kind: 'command', reason: 'agent.command names it' }, false, 0],
    ]);
  });

  it('fails the task with its exit status', async () => {
    const daemon = await startDaemon({ home: await homeWith('exit 9') });
    const { code, stderr } = await daemon.ninjad('ask', 'hello');
    expect(code).toBe(1);
    expect(stderr).toContain('answer exited with code 9');
  });

  it('leaves nothing behind when its task is cancelled', async () => {
    const home = await homeWith('setsid -f sleep 611; sleep 612');
    const daemon = await startDaemon({ home });
    daemon.write('HUMAN|cli||ask|hello\n');
    await until('both run', async () => {
      const alive = await survivorsOf(home);
      return alive.includes('sleep 611') && alive.includes('sleep 612');
    });
    expect(await daemon.ninjad('task', '1', '--cancel')).toMatchObject({ code: 0 });
    await until('it ended', async () => (await daemon.value('SELECT state FROM tasks')) === 'cancelled');
    expect(await survivorsOf(home)).toEqual([]);
  });

  it('is not looked for behind the owner’s back: a task says what is wrong with its name', async () => {
    const home = await newHome({ 'agent.command': ['no-such-program'], 'task.maxAttempts': 1 });
    const daemon = await startDaemon({ home });
    expect(await daemon.ninjad('ask', 'hello')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the program no-such-program of agent.command cannot be run') as string,
    });
  });
});
