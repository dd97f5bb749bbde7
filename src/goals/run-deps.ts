import type { EventFacts } from '../events/facts.ts';
import type { EventWriter } from '../events/event-writer.ts';
import type { Bus } from '../lib/bus.ts';
import { type HomePaths, userHomeFrom } from '../lib/config/paths.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import type { ProgramRunner } from '../lib/process/run-program.ts';
import type { Store } from '../lib/store/store.ts';
import type { OutboxFacts } from '../outbox/facts.ts';
import type { ScheduleFacts } from '../schedule/facts.ts';
import type { RunDeps } from './run/run-goal.ts';
import { progressOn, type TaskStates } from './run/watch-event.ts';

/** The parts of the daemon that runs of goals use. */
export interface GoalServices {
  store: Store;
  bus: Pick<Bus<ListFacts & OutboxFacts & ScheduleFacts & EventFacts & TaskStates>, 'emit' | 'on'>;
  writer: EventWriter;
  programs: ProgramRunner;
  paths: Pick<HomePaths, 'runs'>;
  env: Readonly<Record<string, string | undefined>>;
}

/** What the runs of goals need, of a daemon's services. */
export function goalRunDeps(
  { store, bus, writer, programs, paths, env }: GoalServices,
  { cancelTask, tellOwner }: Pick<RunDeps, 'cancelTask' | 'tellOwner'>,
): RunDeps {
  return {
    store,
    bus,
    writer,
    commands: { programs, folder: paths.runs, userHome: userHomeFrom(env), env },
    cancelTask,
    tellOwner,
    onProgress: progressOn(bus),
    now: () => new Date(),
  };
}
