import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { standbyTaskId } from '../../src/lib/process/marker.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { endDaemons, newHome, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakedProcesses, leakGuard } from '../helpers/leak-guard.ts';
import { standbyCounts, standbysOf, untilStanding } from '../helpers/standby.ts';
import { killGuardianOf, survivorsOf, workerOf } from '../helpers/survivors.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

const env = {
  NINJAD_AGENT: packagePath('test', 'fixtures', 'agents', 'ahead.sh'),
  NINJAD_STANDBY: '1',
  NINJAD_KILL_GRACE_MS: '500',
};

async function ask(daemon: TestDaemon, ...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await daemon.ninjad('ask', ...words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trim();
}

describe('an agent that is started ahead', () => {
  it('answers one message by the mark it was born with, and is followed by another', async () => {
    const daemon = await startDaemon({ env });
    await untilStanding(daemon);
    const [first] = await standbysOf(daemon.home);
    expect(await ask(daemon, 'who are you?')).toBe(first?.value);
    await untilStanding(daemon);
    const [second] = await standbysOf(daemon.home);
    expect(second?.value).toBe(`${workerOf(daemon.home)}:${standbyTaskId}:2`);
    expect(second?.identity.pid).not.toBe(first?.identity.pid);
    expect(await standbyCounts(daemon)).toEqual({ used: 1, givenUp: {} });
    expect(await ask(daemon, 'and again?')).toBe(second?.value);
    await untilStanding(daemon);
    const [third] = await standbysOf(daemon.home);
    expect(await standbyCounts(daemon)).toEqual({ used: 2, givenUp: {} });
    // Nobody of the owner's: another agent answers, and this one goes on waiting.
    daemon.write('NORMAL|cron:a||task|and you?\n');
    await until('it is answered', async () => (await daemon.status()).tasks.running === 0);
    expect((await standbysOf(daemon.home)).map(({ value }) => value)).toEqual([third?.value]);
  });

  it('that was stopped at the moment of its claim is no use: once it is dead another one answers', async () => {
    const daemon = await startDaemon({ env });
    await untilStanding(daemon);
    const [standby] = await standbysOf(daemon.home);
    process.kill(standby?.identity.pid ?? 0, 'SIGSTOP');
    const asked = ask(daemon, 'who are you?');
    await until(
      'the claim is in the row',
      async () => (await daemon.value(`SELECT process->'mark'->>'attempt' FROM tasks`)) === '1',
    );
    process.kill(standby?.identity.pid ?? 0, 'SIGKILL');
    expect(await asked).toBe(`${workerOf(daemon.home)}:1:1`);
    expect(await daemon.rows('SELECT state, attempts FROM tasks')).toEqual([['done', 1]]);
    expect(await standbyCounts(daemon)).toEqual({ used: 0, givenUp: { lost: 1 } });
  });

  it('has a way to our tools by which nothing can be done before a task has claimed it', async () => {
    const daemon = await startDaemon({ env });
    await untilStanding(daemon);
    const path = join(daemon.home, 'mcp', 'standby-1.json');
    const { mcpServers } = JSON.parse(readFileSync(path, 'utf8')) as {
      mcpServers: { ninjad: { url: string; headers: Record<string, string> } };
    };
    const { url, headers } = mcpServers.ninjad;
    const call = async (method: string, params: object = {}): Promise<string> => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
      const type = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
      const answer = await fetch(url, { method: 'POST', headers: { ...headers, ...type }, body });
      return answer.text();
    };
    const remember = () =>
      call('tools/call', { name: 'remember', arguments: { text: 'The hose leaks.', kind: 'fact' } });
    expect(await call('tools/list')).toContain('"remember"');
    expect(await remember()).toContain('no task has claimed its agent');
    expect(await daemon.value('SELECT count(*)::int FROM memory_embeddings')).toBe(0);

    daemon.write('HUMAN|cli||ask|please stay\n');
    await until('it is at work', async () => (await survivorsOf(daemon.home)).includes('sleep 600'));
    expect(await remember()).toContain('Remembered.');
    expect(await daemon.rows('SELECT content, task_id FROM memory_embeddings')).toEqual([
      ['The hose leaks.', 1],
    ]);
    expect(await daemon.ninjad('task', '1', '--cancel')).toMatchObject({ code: 0 });
    await until('the task has ended', async () => (await daemon.status()).tasks.running === 0);
    expect(await remember()).not.toContain('emembered');
    expect(existsSync(path)).toBe(false);
  });

  it('is measured with the task that has it, and goes when tasks need the memory that it takes', async () => {
    const daemon = await startDaemon({
      config: { 'tasks.maxMemory': 300, 'task.containment': 'marker' },
      env,
    });
    await untilStanding(daemon);
    daemon.write('HUMAN|cli||ask|please grow\n');
    const outcome = () => daemon.value('SELECT outcome FROM tasks WHERE finished_at IS NOT NULL');
    await until('it has ended', async () => typeof (await outcome()) === 'string');
    expect(await outcome()).toBe('out-of-memory');
    expect(await standbyCounts(daemon)).toEqual({ used: 1, givenUp: {} });
    await untilStanding(daemon);
    daemon.write('NORMAL|cron:a||task|please stay\n');
    await until('it is given up', async () => (await standbysOf(daemon.home)).length === 0);
    expect((await standbyCounts(daemon)).givenUp).toEqual({ memory: 1 });
    expect((await daemon.status()).tasks.running).toBe(1);
  });

  it('goes when the owner wants none, and comes when they want one', async () => {
    const daemon = await startDaemon({ env: { ...env, NINJAD_STANDBY: '' }, config: { 'agent.standby': 1 } });
    await untilStanding(daemon);
    const set = (value: number) => daemon.ninjad('config', 'set', 'agent.standby', String(value));
    expect(await set(0)).toMatchObject({ code: 0 });
    await until('it is gone', async () => (await standbysOf(daemon.home)).length === 0);
    expect((await standbyCounts(daemon)).givenUp).toEqual({ unwanted: 1 });
    expect(await set(1)).toMatchObject({ code: 0 });
    await untilStanding(daemon);
    expect(await set(2)).toMatchObject({ code: 2, stderr: expect.stringContaining('0 or 1') as unknown });
  });

  it('leaves nobody, however the daemon ends and whether it serves a task', async () => {
    const home = await newHome();
    const daemon = await startDaemon({ home, env });
    await untilStanding(daemon);
    await daemon.kill('SIGKILL');
    await until('the guardian has ended it', async () => (await survivorsOf(home)).length === 0);
    await until('nobody else is left', () => leakedProcesses().length === 0);

    const busy = await startDaemon({ home, env });
    await untilStanding(busy);
    busy.write('HUMAN|cli||ask|please stay\n');
    await until('it is at work', async () => (await survivorsOf(home)).includes('sleep 600'));
    await killGuardianOf(home);
    await busy.kill('SIGKILL');
    const [left] = await standbysOf(home);
    const next = await startDaemon({ home, env: { ...env, NINJAD_STANDBY: '0' } });
    await until(
      'it is ended by the next start',
      async () => !(await standbysOf(home)).some(({ identity }) => identity.pid === left?.identity.pid),
    );
    await until('another is at it', async () => (await survivorsOf(home)).includes('sleep 600'));
    expect(await next.kill('SIGTERM')).toMatchObject({ code: 0 });
    expect(await survivorsOf(home)).toEqual([]);

    const last = await startDaemon({ home: await newHome(), env });
    await untilStanding(last);
    expect(await last.kill('SIGTERM')).toMatchObject({ code: 0 });
    expect(await survivorsOf(last.home)).toEqual([]);
  });
});
