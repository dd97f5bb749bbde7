import { fromPromise } from 'xstate';
import type { EndRequest } from '../../machines/standby/protocol.ts';
import { terminateFamily, type TerminationReport } from '../../src/lib/process/kill-family.ts';
import { type TaskMark, taskMarker } from '../../src/lib/process/marker.ts';
import type { StandbyDesk } from '../../src/tasks/standby/desk.ts';

export interface EndStandbyDeps {
  desk: Pick<StandbyDesk<unknown>, 'unclaimed' | 'forgetMark'>;
  /** The directories of the cgroups in which it runs. */
  cgroupsOf: (mark: TaskMark) => string[];
  graceMs: () => number;
  /** Told where somebody could not be made to go. */
  onLeft: (report: TerminationReport) => void;
}

/** Ends all of an agent that was started ahead and that no task has claimed; without a mark, all such that there are. */
export function createEndStandby({ desk, cgroupsOf, graceMs, onLeft }: EndStandbyDeps) {
  return fromPromise<undefined, EndRequest>(async ({ input: { mark, identity } }) => {
    for (const known of desk.unclaimed()) {
      const isAsked = mark === undefined || known.attempt === mark.attempt;
      if (!isAsked) continue;
      const report = await terminateFamily({
        root: mark === undefined ? undefined : identity,
        marker: taskMarker(known),
        cgroups: cgroupsOf(known),
        graceMs: graceMs(),
      });
      if (report.left.length > 0) onLeft(report);
      desk.forgetMark(known);
    }
    return undefined;
  });
}
