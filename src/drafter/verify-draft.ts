import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunnableAgent } from '../tasks/agents/kinds.ts';
import { runChecks } from './checks/run-checks.ts';
import type { DraftsmanDeps } from './deps.ts';
import type { DraftAgent } from './draft-agent.ts';
import { flagsOfDraft } from './draft-flags.ts';
import type { Draft, DraftOutcome } from './draft.ts';
import { checkOut } from './git/clone.ts';
import type { SourceRepository } from './git/inspect.ts';
import { type Git, gitWords, tryGit } from './git/run-git.ts';
import { takePatch } from './git/take-patch.ts';
import { createFlagger } from './guarded.ts';
import { removeTree } from './remove-tree.ts';
import { testView } from './test-view.ts';
import type { Workspace } from './workspace.ts';

const maxPatchBytes = 1024 * 1024;

/** What one draft is worked with. */
export interface Work {
  workspace: Workspace;
  bwrap: string;
  name: DraftAgent['name'];
  agent: RunnableAgent;
  maxBytes: number;
  signal: AbortSignal;
}

/** What the agent has left behind. */
interface VerifyInput {
  how: Git;
  source: SourceRepository;
  partial: Partial<Draft>;
  refusedHosts: string[];
}

/** Takes the patch from the clone, tries it in fresh ones, and makes the draft of what came of it. */
export async function verifyDraft(
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

/** A draft that came to nothing, with what there is of it. */
export function failed(reason: string, partial: Partial<Draft>): DraftOutcome {
  return { kind: 'failed', reason, partial };
}
