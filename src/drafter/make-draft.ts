import { randomBytes } from 'node:crypto';
import { programsOnPath, whyNotRunnable } from '../tasks/agents/candidates.ts';
import { HOUR } from '../lib/time.ts';
import { createAgentSandbox } from './agent-sandbox.ts';
import { type DraftsmanDeps, openWorkspace } from './deps.ts';
import { watchDisk } from './disk-watch.ts';
import type { Draft, DraftOutcome, DraftRequest } from './draft.ts';
import { agentForDrafts } from './draft-agent.ts';
import { draftSource } from './draft-runs.ts';
import { cloneRepository } from './git/clone.ts';
import { hardenedGit } from './git/hardened.ts';
import { inspectRepository, repositoryPath, type SourceRepository } from './git/inspect.ts';
import type { Git } from './git/run-git.ts';
import { draftPrompt } from './prompt.ts';
import type { TaskEnd } from './run-task.ts';
import { type Blocked, blockedByAbsence, blockedByPlatform } from './sandbox/blocked.ts';
import { writeAccountFiles } from './sandbox/views.ts';
import { failed, verifyDraft, type Work } from './verify-draft.ts';

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
  return verifyDraft(deps, work, { how, source, partial, refusedHosts });
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

function blocked({ reason, fix }: Blocked): DraftOutcome {
  return { kind: 'blocked', reason, fix };
}
