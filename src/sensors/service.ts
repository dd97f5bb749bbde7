import type { LiveSettings } from '../lib/config/live-settings.ts';
import type { HomePaths } from '../lib/config/paths.ts';
import type { Bus } from '../lib/bus.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import type { ProgramRunner } from '../lib/process/run-program.ts';
import type { Store } from '../lib/store/store.ts';
import type { NewEvent } from '../lib/wire/put-event.ts';
import type { ScheduleFacts } from '../schedule/facts.ts';
import type { JobKind } from '../schedule/job.ts';
import { createSensorJobs } from './job-kind.ts';
import { createSensorKeeper } from './keep.ts';
import type { SensorDesk } from './operations.ts';
import { createSensorRecords } from './records.ts';
import { createSensors } from './registry.ts';
import { createSensorRunner, type LookBench } from './run.ts';
import type { SelfWatch } from './self-watch/watch.ts';
import type { SensorValues } from './settings.ts';

/** The sensors of a daemon. */
export interface SensorService {
  desk: SensorDesk;
  jobs: JobKind;
  /** One look at what there is; see `createSensorKeeper`. */
  keep: () => Promise<void>;
}

export interface SensorServiceDeps {
  paths: HomePaths;
  env: Readonly<Record<string, string | undefined>>;
  settings: Pick<LiveSettings<SensorValues>, 'get'>;
  store: Pick<Store, 'query'>;
  bus: Pick<Bus<ScheduleFacts & ListFacts>, 'emit'>;
  worker: string;
  bench: LookBench;
  programs: ProgramRunner;
  put: (event: NewEvent) => Promise<void>;
  selfWatch: Pick<SelfWatch, 'last'>;
}

/** Puts the parts of the concern together. */
export function createSensorService({
  paths,
  env,
  settings,
  store,
  bus,
  worker,
  bench,
  programs,
  put,
  selfWatch,
}: SensorServiceDeps): SensorService {
  const records = createSensorRecords(paths.sensorState);
  const sensors = createSensors({ store, settings, worker, folder: paths.sensors });
  const runner = createSensorRunner({
    bench,
    programs,
    records,
    settings,
    put,
    env,
    home: paths.home,
    folder: paths.runs,
  });
  return {
    desk: { sensors, records, runner, worker, selfWatch },
    jobs: createSensorJobs({ sensors, runner, settings, worker }),
    keep: createSensorKeeper({ sensors, records, runner, bus }),
  };
}
