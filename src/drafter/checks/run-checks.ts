import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramRunner } from '../../lib/process/run-program.ts';
import { shellQuoted } from '../../lib/shell-word.ts';
import type { Draft, TestOutcome } from '../draft.ts';
import { checkOut } from '../git/clone.ts';
import { type Git, git } from '../git/run-git.ts';
import type { PatchedFile } from '../git/take-patch.ts';
import { removeTree } from '../remove-tree.ts';
import { enterSandbox } from '../sandbox/enter.ts';
import type { Bind } from '../sandbox/flags.ts';
import { insidePlaces, viewOf } from '../sandbox/views.ts';
import type { Workspace } from '../workspace.ts';
import { failingNames } from './failing-names.ts';
import { splitPatch } from './split-patch.ts';

export interface CheckDeps {
  programs: ProgramRunner;
  bwrap: string;
  workspace: Workspace;
  git: Git;
  base: string;
  isTest: (path: string) => boolean;
  /** Command of the tests; null finds it in the repository. */
  testCommand: string | null;
  testTimeoutMs: number;
  /** Command that installs packages; null finds it by the lockfile, where there is a cache. */
  installCommand: string | null;
  cache: string | null;
  /** What else has to be seen for the tests to run, such as a node of the owner's own. */
  readOnly: readonly Bind[];
  searchPath: string;
  maxFileBytes: number;
  signal: AbortSignal;
}

const maxOutputBytes = 16 * 1024 * 1024;
const keptChars = 20_000;

/**
 * Runs the tests three times, each in a fresh clone, without network and without the agent: the base's on the base, for what
 * fails already; the base's on the draft, whose changes to tests are left out; and the draft with its own tests, where it has
 * some. A draft passes where nothing fails that did not fail before.
 */
export async function runChecks(
  deps: CheckDeps,
  { patch, files }: { patch: string; files: readonly PatchedFile[] },
): Promise<Draft['tests']> {
  const parts = splitPatch(patch);
  const withoutTests = parts.filter((_, at) => !deps.isTest(files[at]?.path ?? ''));
  const ownTests = files.filter(({ path, status }) => status !== 'deleted' && deps.isTest(path));
  const base = await check(deps, 'base', { patch: '', testFiles: [] });
  const known = base.knownFailures ?? [];
  const draft = await check(deps, 'draft', { patch: withoutTests.join(''), testFiles: [] });
  const own =
    ownTests.length === 0
      ? unrun(base.command, 'the draft has no tests of its own')
      : await check(deps, 'own', { patch, testFiles: ownTests.map(({ path }) => path) });
  return { base, draft: againstKnown(draft, base, known), own: againstKnown(own, base, known) };
}

interface CheckInput {
  patch: string;
  testFiles: readonly string[];
}

async function check(deps: CheckDeps, name: string, { patch, testFiles }: CheckInput): Promise<TestOutcome> {
  const { workspace, git: how, base } = deps;
  const folder = join(workspace.checks, name);
  for (const part of ['home', 'tmp']) mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
  const tree = join(folder, 'tree');
  try {
    await checkOut(how, workspace.base, base, tree);
    if (patch !== '') await applyTo(how, workspace.folder, tree, patch);
    return await runTests(deps, { folder, tree, testFiles });
  } finally {
    await removeTree(folder);
  }
}

/** Applies a patch to a clone of ours; throws git's words where it does not apply. */
export async function applyTo(how: Git, folder: string, tree: string, patch: string): Promise<void> {
  const file = join(folder, 'apply.patch');
  writeFileSync(file, patch);
  await git(how, tree, ['apply', '--index', '--whitespace=nowarn', file]);
}

async function runTests(
  deps: CheckDeps,
  { folder, tree, testFiles }: { folder: string; tree: string; testFiles: readonly string[] },
): Promise<TestOutcome> {
  const command = deps.testCommand ?? testCommandOf(tree);
  if (command === null) return unrun('', 'no command for the tests is known: set drafter.testCommand');
  const installed = await install(deps, folder, tree);
  if (installed !== undefined && installed.code !== 0)
    return {
      ...unrun(command, `the packages could not be installed:\n${installed.output}`),
      exitCode: installed.code,
    };
  const files = testFiles.map(shellQuoted).join(' ');
  const script = command.replaceAll('{files}', files);
  const end = await runInside(deps, { folder, tree, script, timeoutMs: deps.testTimeoutMs });
  return {
    ran: true,
    passed: end.code === 0,
    command: script,
    exitCode: end.code,
    output: end.output,
    durationMs: end.durationMs,
    knownFailures: end.failing,
  };
}

async function install(deps: CheckDeps, folder: string, tree: string) {
  const script = deps.installCommand ?? (deps.cache === null ? null : installCommandOf(tree));
  if (script === null) return undefined;
  return runInside(deps, { folder, tree, script, timeoutMs: deps.testTimeoutMs });
}

interface InsideRun {
  folder: string;
  tree: string;
  script: string;
  timeoutMs: number;
}

async function runInside(deps: CheckDeps, { folder, tree, script, timeoutMs }: InsideRun) {
  const { programs, bwrap, workspace, cache, readOnly, searchPath, maxFileBytes, signal } = deps;
  const places = { home: join(folder, 'home'), temporary: join(folder, 'tmp'), etc: workspace.etc };
  const view = viewOf(places, {
    tree,
    readOnly: [...readOnly, ...(cache === null ? [] : [{ from: cache, to: insidePlaces.cache }])],
  });
  const env = {
    ...testEnvironment(searchPath),
    ...(cache !== null && { npm_config_cache: insidePlaces.cache, NINJAD_CACHE: insidePlaces.cache }),
  };
  const entered = enterSandbox(
    bwrap,
    view,
    { command: '/bin/sh', args: ['-c', script], env },
    { maxFileBytes },
  );
  const end = await programs.run({ ...entered, cwd: workspace.folder, timeoutMs, maxOutputBytes }, signal);
  const said = end.stdout.toString('utf8') + end.stderr.toString('utf8');
  const problem = end.problem === null || end.ended === 'exit' ? '' : `\n(${end.problem})`;
  return {
    code: end.ended === 'exit' ? end.code : null,
    output: said.slice(-keptChars) + problem,
    durationMs: end.tookMs,
    failing: failingNames(said),
  };
}

/** The environment of tests: nothing of the daemon's, and nothing of the agent's. */
function testEnvironment(searchPath: string): Record<string, string> {
  return {
    PATH: searchPath,
    HOME: insidePlaces.home,
    TMPDIR: insidePlaces.temporary,
    LANG: 'C.UTF-8',
    CI: 'true',
    NO_COLOR: '1',
    npm_config_update_notifier: 'false',
    npm_config_logs_max: '0',
  };
}

function againstKnown(outcome: TestOutcome, base: TestOutcome, known: readonly string[]): TestOutcome {
  const { knownFailures: failing = [], ...rest } = outcome;
  const stillKnown = failing.filter((name) => known.includes(name));
  const isNothingNew =
    rest.ran && base.ran && !base.passed && failing.length > 0 && stillKnown.length === failing.length;
  return { ...rest, passed: rest.passed || isNothingNew, knownFailures: stillKnown };
}

/** What a repository names as its tests; null where it names none. */
function testCommandOf(tree: string): string | null {
  const scripts = scriptsOf(tree);
  if (typeof scripts['test'] === 'string' && !scripts['test'].includes('no test specified'))
    return 'npm test';
  if (existsSync(join(tree, 'Cargo.toml'))) return 'cargo test --offline';
  if (existsSync(join(tree, 'go.mod'))) return 'go test ./...';
  if (/^(?:test|check):/m.test(textOf(join(tree, 'Makefile'))))
    return /^test:/m.test(textOf(join(tree, 'Makefile'))) ? 'make test' : 'make check';
  return null;
}

function installCommandOf(tree: string): string | null {
  if (['package-lock.json', 'npm-shrinkwrap.json'].some((name) => existsSync(join(tree, name))))
    return 'npm ci --offline --ignore-scripts --no-audit --no-fund';
  return null;
}

function scriptsOf(tree: string): Record<string, unknown> {
  try {
    const { scripts } = JSON.parse(textOf(join(tree, 'package.json'))) as { scripts?: unknown };
    return typeof scripts === 'object' && scripts !== null ? (scripts as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function unrun(command: string, output: string): TestOutcome {
  return { ran: false, passed: false, command, exitCode: null, output, durationMs: 0 };
}
