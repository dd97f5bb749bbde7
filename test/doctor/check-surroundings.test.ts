import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openHome } from '../../src/lib/config/open-home.ts';
import { checkDaemon, checkTree } from '../../src/doctor/check-daemon.ts';
import { makeModels } from '../fixtures/models/make-models.ts';
import { isLockHeld } from '../../src/doctor/held-lock.ts';
import { readSubject, type Subject } from '../../src/doctor/subject.ts';
import { createSettings } from '../../src/settings.ts';
import { checkModels } from '../../src/lib/inference/doctor.ts';
import { checkDatabase, checkLeftData } from '../../src/lib/store/doctor.ts';
import { checkSpend } from '../../src/spend/doctor.ts';
import { checkAgent, checkLogin, checkTraps } from '../../src/tasks/doctor/check-agent.ts';
import { checkContainment } from '../../src/tasks/doctor/check-containment.ts';
import { checkDeadLetters } from '../../src/tasks/doctor/check-dead-letters.ts';
import { acquireLock } from '../../src/lib/process/lock.ts';
import type { Status } from '../../src/faces/status/status.ts';
import { someStatus, someTask } from '../helpers/fake-control.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { tempDir } from '../helpers/temp-dir.ts';

leakGuard();
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A real home without a daemon, and an environment without anything. */
async function newSubject(env: Record<string, string> = {}, config = '{}'): Promise<Subject> {
  const folder = tempDir();
  const paths = openHome(join(folder, 'home'));
  writeFileSync(paths.configFile, config);
  return await readSubject(paths, { HOME: folder, PATH: join(folder, 'bin'), ...env }, createSettings);
}

function running(subject: Subject, changes: Partial<Status> = {}, tasks: unknown[] = []): Subject {
  const client = {
    ask: (name: string, { key }: { key?: string }) =>
      Promise.resolve(
        name === 'tasks.list'
          ? { items: tasks, next: null }
          : { key, value: key === 'spend.dailyUsd' ? 5 : null },
      ),
  } as unknown as Subject['client'];
  return { ...subject, client, daemon: { state: 'running', status: { ...someStatus, ...changes } } };
}

const text = (pattern: RegExp) => expect.stringMatching(pattern) as string;

describe('checkDaemon', () => {
  it('tells no daemon, one that starts or hangs, and one that does not answer apart', async () => {
    const subject = await newSubject();
    expect(checkDaemon(subject)).toMatchObject({ verdict: 'warn', found: text(/no daemon/) });
    const lock = acquireLock(subject.paths.lock);
    stops.push(() => lock.release());
    expect(checkDaemon(subject)).toMatchObject({ verdict: 'fail', found: text(/locked and nobody answers/) });
    lock.release();
    expect(isLockHeld(subject.paths.lock)).toBe(false);
    expect(checkDaemon(subject).verdict).toBe('warn');
  });

  it('waits only so long for somebody who takes the call and says nothing', { timeout: 20_000 }, async () => {
    const { paths } = await newSubject();
    const server = createServer().listen(paths.controlSocket);
    const calls = new Set<{ destroy: () => unknown }>();
    server.on('connection', (call) => calls.add(call));
    await once(server, 'listening');
    stops.push(() => {
      for (const call of calls) call.destroy();
      server.close();
    });
    const subject = await readSubject(paths, {}, createSettings);
    expect(checkDaemon(subject)).toMatchObject({
      verdict: 'fail',
      found: text(/does not answer: no answer within/),
    });
  });

  it('judges a daemon by its own status', async () => {
    const subject = await newSubject();
    expect(checkDaemon(running(subject)).verdict).toBe('ok');
    expect(checkDaemon(running(subject, { ready: false })).verdict).toBe('fail');
    const loop = { ...someStatus.loop, p99Ms: 80 };
    expect(checkDaemon(running(subject, { loop }))).toMatchObject({ verdict: 'warn', found: text(/80 ms/) });
  });
});

it('names the parts of the tree that are down, and those that were restarted', async () => {
  const subject = await newSubject();
  expect(checkTree(running(subject))).toMatchObject({
    verdict: 'fail',
    found: text(/sensors is restarting \(disk.*gone\); fleet is stopped/s),
  });
  const [database] = someStatus.children;
  const children = database === undefined ? [] : [{ ...database, restarts: 2 }];
  expect(checkTree(running(subject, { children }))).toMatchObject({
    verdict: 'warn',
    found: 'restarted: database ×2',
  });
  expect(checkTree(running(subject, { children: database === undefined ? [] : [database] })).verdict).toBe(
    'ok',
  );
});

it('points to tasks that were given up', async () => {
  const subject = await newSubject();
  expect(await checkDeadLetters(running(subject))).toEqual({ verdict: 'ok', found: 'none' });
  const dead = { ...someTask, id: 7, reason: 'the agent crashed' };
  expect(await checkDeadLetters(running(subject, {}, [dead]))).toMatchObject({
    verdict: 'warn',
    found: text(/^1 tasks .* 7: the agent crashed/),
    advice: text(/ninjad task 7 --retry/),
  });
});

it('warns where spending has no cap, or has reached it', async () => {
  expect(await checkSpend(await newSubject())).toMatchObject({ verdict: 'warn', found: text(/no cap/) });
  expect(await checkSpend(await newSubject({}, '{"spend.dailyUsd": 2}'))).toEqual({
    verdict: 'ok',
    found: '$2.00 a day, no cap a month',
  });
  const subject = running(await newSubject());
  expect(await checkSpend(subject)).toEqual({ verdict: 'ok', found: '$5.00 a day, no cap a month' });
  const spend = { ...someStatus.spend, reached: 'day' as const };
  expect(await checkSpend(running(subject, { spend }))).toMatchObject({
    verdict: 'warn',
    found: text(/used up/),
  });
});

describe('checkDatabase', () => {
  it('takes the embedded one with the pinned packages, and refuses the data of another Postgres', async () => {
    const subject = await newSubject();
    expect(await checkDatabase(subject)).toMatchObject({
      verdict: 'ok',
      found: text(/pglite \d+\.\d+\.\d+, pglite-pgvector/),
    });
    writeFileSync(join(subject.paths.pg, 'PG_VERSION'), '15\n');
    for (const name of ['base', 'global', 'pg_wal']) mkdirSync(join(subject.paths.pg, name));
    expect(await checkDatabase(subject)).toMatchObject({ verdict: 'fail', found: text(/Postgres 15/) });
  });

  it('says that a server cannot be reached, without its password', async () => {
    const finding = await checkDatabase(
      await newSubject({ DATABASE_URL: 'postgres://me:secret@127.0.0.1:9/x' }),
    );
    expect(finding).toMatchObject({ verdict: 'fail', found: text(/ECONNREFUSED/) });
    expect(JSON.stringify(finding)).not.toContain('secret');
  });

  it('repeats what the daemon says about an outage', async () => {
    const database = { ...someStatus.database, state: 'away', lastError: 'gone fishing' };
    expect(await checkDatabase(running(await newSubject(), { database }))).toMatchObject({
      verdict: 'fail',
      found: 'embedded, away: gone fishing',
    });
  });

  it('reminds of an embedded database that a server has put out of use', async () => {
    const subject = await newSubject({ DATABASE_URL: 'postgres://127.0.0.1:9/x' });
    expect(checkLeftData(subject).verdict).toBe('ok');
    writeFileSync(join(subject.paths.pg, 'PG_VERSION'), '18\n');
    for (const name of ['base', 'global', 'pg_wal']) mkdirSync(join(subject.paths.pg, name));
    expect(checkLeftData(subject)).toMatchObject({ verdict: 'warn', advice: text(/DATABASE_URL/) });
  });
});

describe('the agent', () => {
  it('is looked for as the daemon would', async () => {
    const subject = await newSubject({ NINJAD_AGENT: '/nowhere/claude' });
    expect(await checkAgent(subject)).toMatchObject({ verdict: 'fail', found: text(/misconfigured/) });
    const folder = tempDir();
    writeFileSync(join(folder, 'claude'), '#!/bin/sh\necho 9.8.7\n', { mode: 0o755 });
    expect(await checkAgent(await newSubject({ PATH: folder }))).toEqual({
      verdict: 'ok',
      found: `claude, 9.8.7, ${join(folder, 'claude')}`,
    });
    expect(await checkAgent(running(subject))).toMatchObject({
      verdict: 'warn',
      found: 'offline, no claude was found',
    });
  });

  it('is the default one, whose program is looked for where its own path says', async () => {
    const subject = await newSubject({ PATH: tempDir() }, '{"agent.default": "codex"}');
    expect(await checkAgent(subject)).toMatchObject({
      verdict: 'warn',
      advice: text(/@openai\/codex.*agent\.paths/),
    });
    const path = join(tempDir(), 'mine');
    writeFileSync(path, '#!/bin/sh\necho codex-cli 9.8.7\n', { mode: 0o755 });
    const config = { 'agent.default': 'codex', 'agent.paths': { codex: path } };
    expect(await checkAgent(await newSubject({}, JSON.stringify(config)))).toEqual({
      verdict: 'ok',
      found: `codex, 9.8.7, ${path}`,
    });
  });

  it('is logged in, as far as files, keys and the latest task say', async () => {
    const subject = await newSubject();
    expect((await checkLogin(subject)).verdict).toBe(process.platform === 'darwin' ? 'ok' : 'warn');
    mkdirSync(join(subject.userHome, '.claude'));
    writeFileSync(join(subject.userHome, '.claude', '.credentials.json'), '{}');
    expect(await checkLogin(subject)).toMatchObject({ verdict: 'ok', found: text(/credentials in/) });
    const refused = { ...someTask, outcome: 'not-logged-in' };
    expect(await checkLogin(running(subject, {}, [refused]))).toMatchObject({
      verdict: 'fail',
      advice: text(/\/login/),
    });
    const key = await checkLogin(await newSubject({ ANTHROPIC_API_KEY: 'sk-secret' }));
    expect(key.verdict).toBe('ok');
    expect(JSON.stringify(key)).not.toContain('sk-secret');
    for (const [name, found] of [
      ['CLAUDE_CODE_OAUTH_TOKEN', /by CLAUDE_CODE_OAUTH_TOKEN/],
      ['CLAUDE_CODE_USE_BEDROCK', /through Amazon Bedrock/],
      ['CLAUDE_CODE_USE_VERTEX', /through Google Vertex/],
      ['CLAUDE_CODE_USE_FOUNDRY', /through Microsoft Foundry/],
    ] as const) {
      expect(await checkLogin(await newSubject({ [name]: '1' }))).toMatchObject({
        verdict: 'ok',
        found: text(found),
      });
      expect(checkTraps({ env: { [name]: '1' } }).verdict).toBe('ok');
    }
    expect((await checkLogin(await newSubject({ CLAUDE_CODE_USE_BEDROCK: '0' }))).verdict).toBe(
      process.platform === 'darwin' ? 'ok' : 'warn',
    );
  });

  it.each([
    [{ CLAUDECODE: '1' }, /CLAUDECODE/],
    [{ CLAUDE_CODE_ENTRYPOINT: 'cli' }, /CLAUDE_CODE_ENTRYPOINT/],
    [{ ANTHROPIC_API_KEY: 'sk-secret' }, /billed to that key/],
    [{ ANTHROPIC_BASE_URL: 'http://proxy' }, /tasks go to http:\/\/proxy/],
  ])('has traps in its environment: %o', (env, found) => {
    expect(checkTraps({ env })).toMatchObject({ verdict: 'warn', found: text(found) });
    expect(checkTraps({ env: {} }).verdict).toBe('ok');
  });
});

describe('containment', () => {
  it('is what the daemon has in force, else what would be from here', async () => {
    const subject = await newSubject({}, '{"task.containment": "marker"}');
    expect(await checkContainment(subject)).toMatchObject({
      verdict: 'warn',
      found: text(/marker: the setting/),
    });
    expect(await checkContainment(running(subject))).toMatchObject({
      verdict: 'ok',
      found: text(/^cgroup: /),
    });
  });
});

it('says which models are missing, and what that means', async () => {
  const here = await newSubject();
  expect(await checkModels(here)).toMatchObject({ verdict: 'ok', found: text(/downloaded once/) });
  const offline = await newSubject({ NINJAD_ALLOW_DOWNLOAD: 'false' });
  expect(await checkModels(offline)).toMatchObject({ verdict: 'warn', found: text(/bge-small/) });
  const { embedder } = makeModels(join(offline.paths.home, 'models'));
  expect(await checkModels(offline)).toMatchObject({ verdict: 'ok', found: text(/on this machine/) });
  rmSync(join(offline.paths.home, 'models', embedder, 'onnx'), { recursive: true });
  expect(await checkModels(offline)).toMatchObject({
    verdict: 'warn',
    found: text(/: Xenova.bge-small[^,]*$/),
  });
  expect(await checkModels(running(offline))).toMatchObject({
    verdict: 'warn',
    found:
      'the built-in encoder cannot be used: it is not built; the embedder is not to be had for now: ' +
      'org/embedder is not on this machine; the reranker is ready: org/reranker',
  });
});

it('sees a lock that another process holds, and lets nobody wait for it', async () => {
  const path = join(tempDir(), 'lock');
  writeFileSync(path, '');
  expect(isLockHeld(path)).toBe(false);
  const holder = spawn('flock', [path, 'sh', '-c', 'echo held; read _'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await once(holder.stdout, 'data');
  expect(isLockHeld(path)).toBe(true);
  holder.stdin.end('\n');
  await once(holder, 'exit');
  expect(isLockHeld(path)).toBe(false);
  expect(isLockHeld(path, '/nowhere')).toBeUndefined();
});
