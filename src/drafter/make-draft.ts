import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programsOnPath, whyNotRunnable } from '../tasks/agents/candidates.ts';
import type { RunnableAgent } from '../tasks/agents/kinds.ts';
import { HOUR } from '../lib/time.ts';
import { createAgentSandbox } from './agent-sandbox.ts';
import { runChecks } from './checks/run-checks.ts';
import { type DraftsmanDeps, openWorkspace } from './deps.ts';
import { watchDisk } from './disk-watch.ts';
import type { Draft, DraftOutcome, DraftRequest } from './draft.ts';
import { agentForDrafts, type DraftAgent } from './draft-agent.ts';
import { draftSource } from './draft-runs.ts';
import { flagsOfDraft } from './draft-flags.ts';
import { checkOut, cloneRepository } from './git/clone.ts';
import { hardenedGit } from './git/hardened.ts';
import { inspectRepository, repositoryPath, type SourceRepository } from './git/inspect.ts';
import type { Git } from './git/run-git.ts';
import { tryGit, gitWords } from './git/run-git.ts';
import { takePatch } from './git/take-patch.ts';
import { createFlagger } from './guarded.ts';
import { draftPrompt } from './prompt.ts';
import { removeTree } from './remove-tree.ts';
import type { TaskEnd } from './run-task.ts';
import { type Blocked, blockedByAbsence, blockedByPlatform } from './sandbox/blocked.ts';
import { writeAccountFiles } from './sandbox/views.ts';
import { testView } from './test-view.ts';
import type { Workspace } from './workspace.ts';

export const maxPatchBytes = 1024 * 1024;
const maxSummaryChars = 20_000;
/** A draft's task may wait so long for a lane, or for a limit of its service to reset, beyond what its run may take. */
const queueMs = 2 * HOUR;
const loginFix =
  'run  claude setup-token  and give its token to drafts: NINJAD_DRAFTER_TOKEN in the environment of the daemon, or drafter.token. The credentials file of your own login is never used';

/** One draft from the look at the machine to the reviewable patch. Everything temporary is gone when it resolves. */
export async function makeDraft(
  deps: DraftsmanDeps,
  request: DraftRequest,
  signal: AbortSignal,
): Promise<DraftOutcome> {
  const { settings, platform = process.platform } = deps;
  const off = blockedByPlatform(platform);
  if (off !== undefined) return blocked(off);
  const bwrap = programsOnPath('bwrap', deps.env).find((path) => whyNotRunnable(path) === undefined);
  if (bwrap === undefined) return blocked(blockedByAbsence());
  const drafting = await agentForDrafts(deps.agent);
  if ('reason' in drafting) return blocked(drafting);
  const workspace = openWorkspace(deps);
  const stop = new AbortController();
  const maxBytes = settings.get('drafter.maxMegabytes') * 1024 ** 2;
  let full: string | undefined;
  const watched = watchDisk({ folder: workspace.folder, maxBytes, signal: stop.signal }).then((reason) => {
    full = reason;
    if (reason !== undefined) stop.abort();
  });
  const work = {
    workspace,
    bwrap,
    ...drafting,
    maxBytes,
    signal: AbortSignal.any([signal, stop.signal]),
  };
  try {
    const outcome = await draftIn(deps, request, work).catch((thrown: unknown) => {
      if (full === undefined && !signal.aborted) throw thrown;
      return { kind: 'failed', reason: 'it was called off' } as const;
    });
    if (full !== undefined)
      return { ...partialOf(outcome), kind: 'failed', reason: `the draft was ended: ${full}` };
    if (signal.aborted) return { ...partialOf(outcome), kind: 'failed', reason: 'it was called off' };
    return outcome;
  } finally {
    stop.abort();
    await watched;
    await workspace.remove();
  }
}

function partialOf(outcome: DraftOutcome): { partial?: Partial<Draft> } {
  if (outcome.kind === 'drafted') return { partial: outcome.draft };
  return outcome.kind === 'failed' && outcome.partial !== undefined ? { partial: outcome.partial } : {};
}

interface Work {
  workspace: Workspace;
  bwrap: string;
  name: DraftAgent['name'];
  agent: RunnableAgent;
  maxBytes: number;
  signal: AbortSignal;
}

async function draftIn(deps: DraftsmanDeps, request: DraftRequest, work: Work): Promise<DraftOutcome> {
  const { settings, programs } = deps;
  const { workspace, maxBytes, signal } = work;
  const startedAt = deps.now();
  const how: Git = { programs, env: hardenedGit(workspace.folder), signal };
  const source = await inspectRepository(
    how,
    repositoryPath(settings.get('drafter.repository')),
    maxBytes / 4,
  );
  if ('blocked' in source) return blocked(source.blocked);
  await cloneRepository(how, source, workspace);
  writeAccountFiles(workspace.etc);
  const sandbox = await createAgentSandbox(deps, { ...work, repository: source.path });
  let task: TaskEnd;
  let refusedHosts: string[];
  try {
    const hole = await sandbox.prove();
    if (hole !== undefined) return blocked(hole);
    task = await runAgent(deps, request, { work, source, sandbox });
    refusedHosts = sandbox.refusedHosts();
  } finally {
    await sandbox.close();
  }
  const partial: Partial<Draft> = {
    repository: source.path,
    base: source.base,
    summary: task.reply.slice(0, maxSummaryChars),
    costUsd: task.costUsd,
    taskId: task.taskId,
    startedAt,
  };
  if (task.outcome === 'not-logged-in')
    return blocked({
      reason: `the agent of the draft is not logged in: ${task.reason ?? ''}`,
      fix: loginFix,
    });
  if (task.state !== 'done')
    return failed(`the agent's run ended as ${task.state}: ${task.reason ?? 'nobody knows why'}`, partial);
  return verify(deps, work, { how, source, partial, refusedHosts });
}

interface AgentRunInput {
  work: Work;
  source: SourceRepository;
  sandbox: Awaited<ReturnType<typeof createAgentSandbox>>;
}

async function runAgent(
  deps: DraftsmanDeps,
  request: DraftRequest,
  { work, source, sandbox }: AgentRunInput,
): Promise<TaskEnd> {
  const timeoutMs = deps.settings.get('drafter.timeoutMs');
  // Nobody can guess it, so no line from elsewhere passes for the draft's.
  const name = `${draftSource}:wish-${request.wishId}.${request.version}-${randomBytes(8).toString('hex')}`;
  deps.runs.begin(name, {
    cwd: work.workspace.folder,
    timeoutMs,
    agent: work.name,
    settings: sandbox.settings(request.budgetUsd),
    enter: sandbox.enter,
  });
  try {
    const late = AbortSignal.timeout(timeoutMs + queueMs);
    const prompt = draftPrompt(request, source);
    return await deps.runTask({ source: name, prompt, dedupKey: name }, AbortSignal.any([work.signal, late]));
  } finally {
    deps.runs.end(name);
  }
}

interface VerifyInput {
  how: Git;
  source: SourceRepository;
  partial: Partial<Draft>;
  refusedHosts: string[];
}

async function verify(
  deps: DraftsmanDeps,
  work: Work,
  { how, source, partial, refusedHosts }: VerifyInput,
): Promise<DraftOutcome> {
  const { settings, programs } = deps;
  const { workspace, bwrap, maxBytes, signal } = work;
  const { base } = source;
  const maxFileBytes = maxBytes / 2;
  const taken = await takePatch(
    { programs, bwrap, workspace, base, maxBytes: maxPatchBytes, maxFileBytes },
    signal,
  );
  if ('refused' in taken) return failed(taken.refused, partial);
  const misfit = await whyNotApplying(how, workspace, base, taken.patch);
  if (misfit !== undefined)
    return failed(`the patch does not apply to a fresh clone: ${misfit}`, { ...partial, patch: taken.patch });
  // The agent is gone; what it has left in its clone takes room that the tests need.
  await removeTree(workspace.tree);
  const flagger = createFlagger(settings.get('drafter.testPaths'), settings.get('drafter.guardedPaths'));
  const { readOnly, searchPath } = testView(deps);
  const tests = await runChecks(
    {
      ...{
        programs,
        bwrap,
        workspace,
        git: how,
        base,
        isTest: flagger.isTest,
        readOnly,
        searchPath,
        maxFileBytes,
        signal,
      },
      testCommand: settings.get('drafter.testCommand'),
      testTimeoutMs: settings.get('drafter.testTimeoutMs'),
      installCommand: settings.get('drafter.installCommand'),
      cache: settings.get('drafter.cache'),
    },
    taken,
  );
  const files = taken.files.map((file) => ({
    path: file.path,
    additions: file.additions,
    deletions: file.deletions,
    flags: flagger.flagsOf(file),
  }));
  const draft: Draft = {
    repository: source.path,
    base,
    patch: taken.patch,
    summary: partial.summary ?? '',
    files,
    additions: sum(files.map(({ additions }) => additions)),
    deletions: sum(files.map(({ deletions }) => deletions)),
    tests,
    flags: flagsOfDraft({ files, taken, tests, source, refusedHosts }),
    costUsd: partial.costUsd ?? 0,
    taskId: partial.taskId ?? null,
    startedAt: partial.startedAt ?? deps.now(),
    endedAt: deps.now(),
  };
  return { kind: 'drafted', draft };
}

async function whyNotApplying(
  how: Git,
  workspace: Workspace,
  base: string,
  patch: string,
): Promise<string | undefined> {
  const fresh = join(workspace.checks, 'fresh');
  const file = join(workspace.folder, 'draft.patch');
  writeFileSync(file, patch);
  try {
    await checkOut(how, workspace.base, base, fresh);
    const end = await tryGit(how, fresh, ['apply', '--index', '--whitespace=nowarn', file]);
    return end.code === 0 ? undefined : gitWords(end);
  } finally {
    await removeTree(fresh);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function blocked({ reason, fix }: Blocked): DraftOutcome {
  return { kind: 'blocked', reason, fix };
}

function failed(reason: string, partial: Partial<Draft>): DraftOutcome {
  return { kind: 'failed', reason, partial };
}
