import { messageOf } from '../lib/errors.ts';
import { type DraftsmanDeps, openWorkspace } from './deps.ts';
import type { DraftOutcome, DraftRequest, Draftsman } from './draft.ts';
import { applyDraft, patchStands } from './git/apply.ts';
import { hardenedGit } from './git/hardened.ts';
import type { Git } from './git/run-git.ts';
import { makeDraft } from './make-draft.ts';
import type { Workspace } from './workspace.ts';

/** See `Draftsman`: drafts are made one after the other, however many are asked for. */
export function createDraftsman(deps: DraftsmanDeps): Draftsman {
  let last: Promise<unknown> = Promise.resolve();
  return {
    draft(request, signal) {
      const next = last.then(() => draftOnce(deps, request, signal));
      last = next.catch(() => undefined);
      return next;
    },
    stillApplies: (repository, base, patch) =>
      withGit(deps, (how, { folder }) => patchStands(how, folder, { path: repository, base, patch })),
    apply: (checkout, wishId, { base, patch }) =>
      withGit(deps, (how, { folder }) => applyDraft(how, folder, { checkout, wishId, base, patch })),
  };
}

async function draftOnce(
  deps: DraftsmanDeps,
  request: DraftRequest,
  signal: AbortSignal,
): Promise<DraftOutcome> {
  if (signal.aborted) return { kind: 'failed', reason: 'it was called off before it began' };
  try {
    return await makeDraft(deps, request, signal);
  } catch (thrown) {
    deps.log.warn({ err: thrown, wishId: request.wishId }, 'a draft failed unexpectedly');
    return { kind: 'failed', reason: messageOf(thrown) };
  }
}

/** Git with nothing but a temporary folder of its own, which is gone afterwards. */
async function withGit<Result>(
  deps: DraftsmanDeps,
  work: (how: Git, workspace: Workspace) => Promise<Result>,
): Promise<Result> {
  const workspace = openWorkspace(deps);
  try {
    const env = hardenedGit(workspace.folder);
    return await work({ programs: deps.programs, env, signal: new AbortController().signal }, workspace);
  } finally {
    await workspace.remove();
  }
}
