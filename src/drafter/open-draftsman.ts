import type { EventFacts } from '../events/facts.ts';
import type { EventWriter } from '../events/event-writer.ts';
import { progressOn, type TaskStates } from '../goals/run/watch-event.ts';
import type { Bus } from '../lib/bus.ts';
import { userHomeFrom } from '../lib/config/paths.ts';
import type { Store } from '../lib/store/store.ts';
import { createDraftsman } from './create-draftsman.ts';
import type { DraftsmanDeps } from './deps.ts';
import type { Draftsman } from './draft.ts';
import { runDraftTask, type RunTaskDeps } from './run-task.ts';
import { sweepWorkspaces, temporaryRoots } from './workspace.ts';

/** The parts of a daemon that its draftsman uses. */
export interface DraftsmanParts extends Pick<
  DraftsmanDeps,
  'settings' | 'env' | 'paths' | 'programs' | 'agent' | 'log'
> {
  draftRuns: DraftsmanDeps['runs'];
  database: { store: Store };
  bus: Pick<Bus<EventFacts & TaskStates>, 'on'>;
  writer: Pick<EventWriter, 'putAccepted'>;
}

/** The draftsman of a daemon. What a former life has left of its drafts is swept away before anything else. */
export function openDraftsman(
  parts: DraftsmanParts,
  { cancelTask }: { cancelTask: (taskId: number) => void },
): Draftsman {
  const { agent, draftRuns, env, log, paths, programs, settings } = parts;
  const swept = sweepWorkspaces(temporaryRoots(settings.get('drafter.folder')), paths.home).then(
    (problems) => {
      for (const problem of problems) log.warn(problem);
    },
  );
  const deps = taskDeps(parts, cancelTask);
  const draftsman = createDraftsman({
    ...{ settings, env, paths, programs, agent, log },
    userHome: userHomeFrom(env),
    runs: draftRuns,
    runTask: (task, signal) => runDraftTask(deps, task, signal),
    now: () => new Date(),
  });
  return {
    draft: (request, signal) => swept.then(() => draftsman.draft(request, signal)),
    stillApplies: (...patch) => swept.then(() => draftsman.stillApplies(...patch)),
    apply: (...draft) => swept.then(() => draftsman.apply(...draft)),
  };
}

function taskDeps(
  { bus, database, writer }: DraftsmanParts,
  cancelTask: (taskId: number) => void,
): RunTaskDeps {
  return {
    store: database.store,
    writer,
    cancelTask,
    onProgress: progressOn(bus),
    now: () => new Date(),
  };
}
