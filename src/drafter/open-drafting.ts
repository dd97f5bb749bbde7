import { createDraftDesk, type DraftDesk } from '../wishes/drafting/desk.ts';
import type { Draftsman } from './draft.ts';
import { createDraftRuns, type DraftRuns } from './draft-runs.ts';
import { type DraftsmanParts, openDraftsman } from './open-draftsman.ts';

/** All that drafts wishes in a daemon. */
export interface Drafting {
  /** The drafts at work: whoever runs an agent for one does so in its sandbox. */
  draftRuns: DraftRuns;
  /** Ends tasks of drafts, once the tree is there that can. */
  draftTasks: { cancel: (taskId: number) => void };
  /** Makes drafts of wishes. */
  draftsman: Draftsman;
  /** Where one wish at a time is drafted. */
  draftDesk: DraftDesk;
}

type DraftingParts = Omit<DraftsmanParts, 'draftRuns'> & {
  bus: DraftsmanParts['bus'] & Parameters<typeof createDraftDesk>[0]['bus'];
  worker: string;
};

/** Makes what drafts wishes in a daemon; see `openDraftsman` for what is swept away first. */
export function openDrafting(parts: DraftingParts): Drafting {
  const draftRuns = createDraftRuns();
  const draftTasks = { cancel: (_: number): void => undefined };
  const draftsman = openDraftsman(
    { ...parts, draftRuns },
    { cancelTask: (taskId) => draftTasks.cancel(taskId) },
  );
  const { bus, database, worker } = parts;
  const draftDesk = createDraftDesk({
    store: database.store,
    draftsman,
    bus,
    worker,
    now: () => new Date(),
  });
  return { draftRuns, draftTasks, draftsman, draftDesk };
}
