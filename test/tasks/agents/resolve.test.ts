import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findMarked } from '../../../src/lib/process/find-marked.ts';
import { agentSearchPath } from '../../../src/tasks/agents/probe.ts';
import { type AgentResolverOptions, createAgentResolver } from '../../../src/tasks/agents/resolve.ts';

const offlineEntry = { command: 'node', args: ['offline-agent.js'] };
let root: string;
let home: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'agent-test-'));
  home = join(root, 'home');
  mkdirSync(home);
});

afterEach(async () => {
  rmSync(root, { recursive: true });
  expect(await findMarked('NINJAD_PROBE', `${process.pid}:`)).toEqual([]);
});

/** An executable shell script at `path` under the test's folder; returns its whole path. */
function program(path: string, body: string, mode = 0o700): string {
  const whole = join(root, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, `#!/bin/sh\n${body}\n`);
  chmodSync(whole, mode);
  return whole;
}

const version = (number: string) => `[ "$1" = --version ] && echo '${number} (Claude Code)'`;

/** A resolver that sees nothing but the test's folder. */
function resolver(options: Partial<AgentResolverOptions> = {}) {
  const { env = {}, ...rest } = options;
  const surroundings = {
    systemFolders: [join(root, 'local/bin'), join(root, 'brew/bin')],
    nodePath: join(root, 'node/bin/node'),
  };
  return createAgentResolver({ home, env, offlineEntry, probeDeadlineMs: 20_000, ...surroundings, ...rest });
}

const onPath = (...folders: string[]) => ({ PATH: folders.map((folder) => join(root, folder)).join(':') });

const commandEntry = { command: 'node', args: ['command-agent.js'] };

describe('a program that the owner named instead of the CLI', () => {
  it('is taken from PATH or by its path, before any CLI, and spoken for by the adapter', async () => {
    program('b/claude', version('2.1.197'));
    const path = program('b/llm', 'exit 0');
    for (const name of ['llm', path]) {
      const command = () => [name, '-m', 'a model'];
      const found = await resolver({ env: onPath('a', 'b'), command, commandEntry }).resolve();
      expect(found).toEqual({
        kind: 'command',
        path,
        reason: 'agent.command names it',
        entry: { command: 'node', args: ['command-agent.js', JSON.stringify([path, '-m', 'a model'])] },
      });
    }
  });

  it('is the only one: where it cannot be run nothing else is tried', async () => {
    program('b/claude', version('2.1.197'));
    program('b/llm', 'exit 0', 0o600);
    const find = (name: string) =>
      resolver({ env: onPath('b'), command: () => [name], commandEntry }).resolve();
    expect(await find('llm')).toMatchObject({
      kind: 'misconfigured',
      path: 'llm',
      problem: 'not-executable',
    });
    expect(await find('mistral')).toMatchObject({
      kind: 'misconfigured',
      path: 'mistral',
      problem: 'not-found',
    });
  });
});

describe('the search for an agent', () => {
  it('takes the first on PATH that answers --version, before any usual place', async () => {
    program('home/.local/bin/claude', version('1.0.0'));
    const path = program('b/claude', version('2.1.197'));
    program('c/claude', version('3.0.0'));
    const found = await resolver({ env: onPath('a', 'b', 'c') }).resolve();
    expect(found).toEqual({ kind: 'claude', path, version: '2.1.197' });
  });

  it.each([
    'home/.npm-global/bin',
    'local/bin',
    'home/.local/bin',
    'home/node_modules/.bin',
    'home/.yarn/bin',
    'home/.claude/local',
    'brew/bin',
    'node/bin',
    'home/.nvm/versions/node/v20.9.0/bin',
  ])('looks in %s when PATH has none', async (folder) => {
    const path = program(`${folder}/claude`, version('2.0.0'));
    expect(await resolver({ env: onPath('empty') }).resolve()).toEqual({
      kind: 'claude',
      path,
      version: '2.0.0',
    });
  });

  it('looks where npm puts global programs, by environment and by ~/.npmrc', async () => {
    const byEnvironment = program('prefix/bin/claude', version('2.0.1'));
    expect(await resolver({ env: { npm_config_prefix: join(root, 'prefix') } }).resolve()).toMatchObject({
      path: byEnvironment,
    });
    writeFileSync(join(home, '.npmrc'), 'fund=false\nprefix = ${HOME}/npm\n');
    const byFile = program('home/npm/bin/claude', version('2.0.2'));
    expect(await resolver().resolve()).toMatchObject({ path: byFile });
  });

  it('prefers the newest of the node versions that nvm keeps, by number and not by letter', async () => {
    program('home/.nvm/versions/node/v9.11.2/bin/claude', version('1.0.9'));
    program('home/.nvm/versions/node/v20.9.0/bin/claude', version('1.0.20'));
    const path = program('home/.nvm/versions/node/v20.19.0/bin/claude', version('2.0.0'));
    expect(await resolver().resolve()).toMatchObject({ path });
  });

  it('does not follow a relative or empty entry of PATH', async () => {
    program('claude', version('6.6.6'));
    const before = process.cwd();
    process.chdir(root);
    try {
      expect(await resolver({ env: { PATH: ':.:' } }).resolve()).toMatchObject({ kind: 'offline' });
    } finally {
      process.chdir(before);
    }
  });

  it('passes over candidates that cannot be run, fail, flood or say nothing of use, and takes the next', async () => {
    program('a/claude', version('1.1.1'), 0o600);
    mkdirSync(join(root, 'b/claude'), { recursive: true });
    program('c/claude', 'echo "no license" >&2; exit 3');
    program('d/claude', 'exec cat /dev/zero');
    program('e/claude', 'echo hello');
    const last = program('f/claude', version('2.2.2'));
    const working = resolver({ env: onPath('a', 'b', 'c', 'd', 'e', 'f') });
    expect(await working.resolve()).toEqual({ kind: 'claude', path: last, version: '2.2.2' });
    unlinkSync(last);
    const found = await working.reprobe();
    if (found.kind !== 'offline') throw new Error(`found ${found.kind}`);
    expect(found.tried.slice(0, 6)).toEqual([
      { path: join(root, 'a/claude'), reason: 'it is not an executable file' },
      { path: join(root, 'b/claude'), reason: 'it is not an executable file' },
      { path: join(root, 'c/claude'), reason: '--version ended with exit code 3: no license' },
      { path: join(root, 'd/claude'), reason: '--version ended with SIGPIPE' },
      { path: join(root, 'e/claude'), reason: '--version named no version: hello' },
      { path: join(root, 'f/claude'), reason: 'there is no such file' },
    ]);
    expect(found.reason).toMatch(
      /^no claude that works: .*c\/claude: --version ended with exit code 3: no license/,
    );
  });

  it('gives up on a candidate that hangs, and ends it with all that it started', async () => {
    const path = program('a/claude', `trap '' TERM; sleep 300 & setsid sleep 300 & wait`);
    expect(await resolver({ env: onPath('a'), probeDeadlineMs: 500 }).resolve()).toMatchObject({
      kind: 'offline',
      reason: `no claude that works: ${path}: it did not answer --version within 500 ms`,
    });
    expect(await findMarked('NINJAD_PROBE', `${process.pid}:`)).toEqual([]);
  });

  it('falls back to the offline agent and lists where it looked', async () => {
    const found = await resolver({ env: onPath('empty') }).resolve();
    expect(found).toMatchObject({
      kind: 'offline',
      reason: 'there is no claude on PATH nor where its installers put it (9 places)',
      entry: offlineEntry,
    });
    if (found.kind !== 'offline') throw new Error(`found ${found.kind}`);
    expect(found.tried).toHaveLength(9);
    expect(found.tried[0]).toEqual({ path: join(root, 'empty/claude'), reason: 'there is no such file' });
  });

  it('leaves nothing of a probe behind and does not wait for a child that keeps its output open', async () => {
    const path = program('a/claude', `${version('2.0.0')}; setsid -f sleep 300`);
    const startedAt = performance.now();
    expect(await resolver({ env: onPath('a'), probeDeadlineMs: 60_000 }).resolve()).toMatchObject({
      kind: 'claude',
      path,
    });
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    expect(await findMarked('NINJAD_PROBE', `${process.pid}:`)).toEqual([]);
  });

  it('shows the program nothing of the environment but what it needs', async () => {
    const path = program('a/claude', `env > ${join(root, 'seen')}; ${version('2.0.0')}`);
    const env = { ...onPath('a'), DISCORD_TOKEN: 'secret', DATABASE_URL: 'secret', LANG: 'de_DE.UTF-8' };
    await resolver({ env }).resolve();
    const seen = readFileSync(join(root, 'seen'), 'utf8');
    expect(seen).not.toContain('secret');
    expect(seen).toContain(`HOME=${home}\n`);
    expect(seen).toContain('LANG=de_DE.UTF-8\n');
    expect(seen).toContain(`PATH=${agentSearchPath(path, env)}\n`);
  });
});

describe('a configured agent', () => {
  it('goes before PATH, may begin with ~, and is named with its version', async () => {
    program('a/claude', version('1.0.0'));
    const path = program('home/tools/my-agent', version('2.5.0'));
    for (const configured of [path, '~/tools/my-agent', () => path]) {
      expect(await resolver({ env: onPath('a'), configured }).resolve()).toEqual({
        kind: 'claude',
        path,
        version: '2.5.0',
      });
    }
  });

  it('that is missing or not executable is said to be, and nothing else is taken instead', async () => {
    program('a/claude', version('1.0.0'));
    const missing = join(root, 'nowhere');
    expect(await resolver({ env: onPath('a'), configured: missing }).resolve()).toEqual({
      kind: 'misconfigured',
      path: missing,
      problem: 'not-found',
      reason: `the configured agent ${missing} cannot be run: there is no such file`,
    });
    const plain = program('plain', version('1.0.0'), 0o600);
    expect(await resolver({ env: onPath('a'), configured: plain }).resolve()).toMatchObject({
      kind: 'misconfigured',
      problem: 'not-executable',
      reason: `the configured agent ${plain} cannot be run: it is not an executable file`,
    });
  });

  it('that cannot tell its version is taken all the same, with a note', async () => {
    const configured = program('agent', 'exit 1');
    expect(await resolver({ configured }).resolve()).toEqual({
      kind: 'claude',
      path: configured,
      version: 'unknown',
      note: '--version ended with exit code 1',
    });
  });
});

describe('the answer', () => {
  it('is kept until the next probe, and callers at the same time share one', async () => {
    const count = join(root, 'count');
    const path = program('a/claude', `echo x >> ${count}; ${version('2.0.0')}`);
    const agents = resolver({ env: onPath('a') });
    expect(agents.current()).toBeUndefined();
    const [one, two] = await Promise.all([agents.resolve(), agents.resolve()]);
    expect(one).toBe(two);
    expect(await agents.resolve()).toBe(one);
    expect(agents.current()).toBe(one);
    expect(readFileSync(count, 'utf8')).toBe('x\n');
    unlinkSync(path);
    expect(await agents.resolve()).toBe(one);
    expect(await agents.reprobe()).toMatchObject({ kind: 'offline' });
    expect(agents.current()).toMatchObject({ kind: 'offline' });
    program('a/claude', version('2.0.1'));
    expect(await agents.reprobe()).toMatchObject({ kind: 'claude', version: '2.0.1' });
  });

  it('is another one once another program stands in its place', async () => {
    program('a/claude', version('2.0.0'));
    const agents = resolver({ env: onPath('a') });
    expect(await agents.resolve()).toMatchObject({ version: '2.0.0' });
    program('a/claude', version('2.0.10'));
    expect(await agents.resolve()).toMatchObject({ version: '2.0.10' });
  });
});

describe('the PATH to run an agent with', () => {
  it('begins with its own folder and holds our node and the standard folders once', () => {
    const folders = agentSearchPath('/opt/agent/claude', { PATH: '/usr/bin::/opt/agent' }).split(':');
    expect(folders.slice(0, 2)).toEqual(['/opt/agent', '/usr/bin']);
    expect(folders).toContain(dirname(process.execPath));
    expect(new Set(folders).size).toBe(folders.length);
    expect(folders).not.toContain('');
  });
});
