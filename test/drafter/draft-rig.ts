import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  lstatSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join, relative } from 'node:path';
import { execa, execaSync } from 'execa';
import { createSettings } from '../../src/settings.ts';
import { createDraftsman } from '../../src/drafter/create-draftsman.ts';
import type { DraftsmanDeps } from '../../src/drafter/deps.ts';
import type { Draft, DraftOutcome, DraftRequest, Draftsman } from '../../src/drafter/draft.ts';
import { createDraftRuns, type DraftRuns } from '../../src/drafter/draft-runs.ts';
import type { TaskEnd } from '../../src/drafter/run-task.ts';
import { homePaths, type HomePaths } from '../../src/lib/config/paths.ts';
import { launchOf } from '../../src/tasks/run/launch.ts';
import { withRules } from '../../src/tasks/agents/kinds.ts';
import { agentDirectory } from '../helpers/agent-directory.ts';
import { fakeTask } from '../helpers/agent-fixtures.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { testPrograms } from './sandbox-rig.ts';

export interface DraftRig {
  /** Where temporary folders of drafts are made. */
  folder: string;
  repository: string;
  paths: HomePaths;
  runs: DraftRuns;
  draftsman: Draftsman;
  draft(changes?: Partial<DraftRequest>, signal?: AbortSignal): Promise<DraftOutcome>;
  git: (...args: string[]) => string;
}

export interface RigOptions {
  /** What the agent does, as a script of the shell with the clone as its folder. */
  agent?: string;
  /** Files of the repository at its commit. */
  files?: Record<string, string>;
  config?: Record<string, unknown>;
  env?: Record<string, string>;
  /** In place of the agent of `agent`. */
  runTask?: (rig: { runs: DraftRuns; env: Record<string, string> }) => DraftsmanDeps['runTask'];
  agentPath?: string;
  platform?: NodeJS.Platform;
}

export const request: DraftRequest = {
  wishId: 7,
  version: 1,
  title: 'Greet',
  text: 'Greet by name.',
  why: 'It is friendlier.',
  evidence: ['task 3'],
  comments: [],
  learned: [],
};

/** A small repository with tests that run by the shell alone. */
export const smallRepository: Record<string, string> = {
  'greet.sh': 'echo hello\n',
  'test/greet.test.sh': '[ "$(sh greet.sh)" = "hello" ] || { echo "not ok 1 - greets"; exit 1; }\n',
  Makefile: '.PHONY: test\ntest:\n\t@for t in test/*.test.sh; do sh $$t || exit 1; done\n',
};

/** Makes a git repository of files. */
export function makeRepository(files: Record<string, string> = smallRepository): string {
  const folder = join(tempDir(), 'repository');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  gitIn(folder, 'init', '-q', '-b', 'main');
  commitAll(folder, 'Begin');
  return folder;
}

export function gitIn(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'protocol.file.allow=always'];
  return execaSync('git', [...identity, ...args], { cwd: folder, stdin: 'ignore' }).stdout;
}

export function commitAll(folder: string, message: string): void {
  gitIn(folder, 'add', '-A', '-f');
  gitIn(folder, 'commit', '-q', '-m', message);
}

/** The draftsman with a shell script as its agent, run as a task would run it. */
export function draftRig(options: RigOptions = {}): DraftRig {
  const folder = tempDir();
  const repository = makeRepository(options.files);
  const home = tempDir();
  writeFileSync(join(home, 'token'), 'a secret');
  execaSync('mkfifo', [join(home, 'events.fifo')]);
  const paths = homePaths(home);
  const env = { PATH: process.env['PATH'] ?? '', HOME: tempDir(), ...options.env };
  const configFile = join(tempDir(), 'config.json');
  const own = { 'drafter.repository': repository, 'drafter.folder': folder, ...options.config };
  writeFileSync(configFile, JSON.stringify(own));
  const runs = createDraftRuns();
  const agentPath = options.agentPath ?? scriptedAgent(options.agent ?? 'true');
  const runTask = options.runTask?.({ runs, env }) ?? runScript(runs, env, agentPath);
  const draftsman = createDraftsman({
    settings: createSettings({ configFile, env: {} }),
    env,
    paths,
    userHome: env.HOME,
    programs: testPrograms(),
    agent: agentDirectory(() => Promise.resolve({ kind: 'claude', path: agentPath, version: '1.0.0' })),
    runs,
    runTask,
    now: () => new Date(),
    log: { warn: () => undefined, info: () => undefined },
    ...(options.platform !== undefined && { platform: options.platform }),
  });
  return {
    folder,
    repository,
    paths,
    runs,
    draftsman,
    draft: (changes = {}, signal = new AbortController().signal) =>
      draftsman.draft({ ...request, ...changes }, signal),
    git: (...args) => gitIn(repository, ...args),
  };
}

/** A program that is taken for the CLI and runs a script. */
export function scriptedAgent(script: string): string {
  const path = join(tempDir(), 'claude');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Runs the agent as its task would: by its draft's own launch, and with what it prints as its reply. */
function runScript(runs: DraftRuns, env: Record<string, string>, path: string): DraftsmanDeps['runTask'] {
  return async ({ source, prompt }, signal): Promise<TaskEnd> => {
    const run = runs.of({ source });
    if (typeof run !== 'object') throw new Error(`there is no draft of ${source}`);
    const task = fakeTask({ source, prompt });
    const agent = withRules({ kind: 'claude', path, version: '1.0.0' });
    const asked = { task, agent, memories: [], degraded: null, withoutMemories: null, resume: null };
    const launch = run.enter(
      launchOf(asked, { env, settings: run.settings, newSessionId: 'a', cwd: run.cwd, folder: run.cwd }),
      asked,
    );
    const end = await execa(launch.command, launch.args, {
      cwd: run.cwd,
      env: launch.env,
      extendEnv: false,
      reject: false,
      input: launch.prompt,
      cancelSignal: signal,
      forceKillAfterDelay: 100,
    });
    return {
      taskId: 11,
      state: end.exitCode === 0 ? 'done' : 'failed',
      outcome: end.exitCode === 0 ? 'succeeded' : 'crashed',
      reply: end.stdout,
      reason: end.exitCode === 0 ? null : end.stderr,
      costUsd: 0.25,
    };
  };
}

/** The draft of an outcome that has to be one. */
export function drafted(outcome: DraftOutcome): Draft {
  if (outcome.kind !== 'drafted') throw new Error(`${outcome.kind}: ${outcome.reason}`);
  return outcome.draft;
}

/** One hash of everything below a folder: names, kinds, modes, contents. */
export function hashOf(folder: string): string {
  const hash = createHash('sha256');
  const visit = (path: string): void => {
    const found = lstatSync(path);
    hash.update(`${relative(folder, path)}\0${found.mode}\0`);
    if (found.isSymbolicLink()) hash.update(readlinkSync(path));
    else if (found.isFile()) hash.update(readFileSync(path));
    else if (found.isDirectory()) for (const name of readdirSync(path).toSorted()) visit(join(path, name));
  };
  visit(folder);
  return hash.digest('hex');
}
