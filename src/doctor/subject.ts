import type { DaemonClient } from '../client.ts';
import type { discordSettings } from '../discord/settings.ts';
import { createControlClient } from '../faces/control/client.ts';
import type { fleetSettings } from '../fleet/settings.ts';
import type { dashboardSettings } from '../faces/settings.ts';
import type { Status } from '../faces/status/status.ts';
import type { LiveSettings, SettingsSources } from '../lib/config/live-settings.ts';
import { type HomePaths, userHomeFrom } from '../lib/config/paths.ts';
import type { ValuesOf } from '../lib/config/schema.ts';
import type { DaemonState as DaemonStateOf, Subject as SubjectOf } from '../lib/doctor/subject.ts';
import { messageOf, NinjadError } from '../lib/errors.ts';
import type { inferenceSettings } from '../lib/inference/settings.ts';
import type { storeSettings } from '../lib/store/settings.ts';
import type { mailSettings } from '../mail/settings.ts';
import type { spendSettings } from '../spend/settings.ts';
import type { StorageValues } from '../storage/settings.ts';
import type { taskSettings } from '../tasks/settings.ts';

/** The settings that checks read: one line a concern. */
type ReadSettings = ValuesOf<typeof dashboardSettings> &
  ValuesOf<typeof storeSettings> &
  ValuesOf<typeof inferenceSettings> &
  StorageValues &
  ValuesOf<typeof spendSettings> &
  ValuesOf<typeof discordSettings> &
  ValuesOf<typeof mailSettings> &
  ValuesOf<typeof fleetSettings> &
  ValuesOf<typeof taskSettings>;

type ExaminedSettings = Pick<LiveSettings<ReadSettings>, 'get' | 'views' | 'renamed'>;

/** Who answers on the home's control socket, with the daemon's whole status. */
export type DaemonState = DaemonStateOf<Status>;

/** What is examined, with all that any check may ask for. */
export interface Subject extends SubjectOf<Status, ReadSettings> {
  client: DaemonClient;
  settings: ExaminedSettings | { problem: string };
}

/** Longest wait for the daemon's status: one that hangs is told of, and not waited for. */
const statusMs = 5_000;
/** Longest wait for what a check asks the daemon; shorter than a check may take. */
const answerMs = 25_000;

/** Gathers what every check looks at. Changes nothing. `createSettings` is asked for the settings by file and environment. */
export async function readSubject(
  paths: HomePaths,
  env: Subject['env'],
  createSettings: (sources: SettingsSources) => ExaminedSettings,
): Promise<Subject> {
  const client: DaemonClient = createControlClient(paths.controlSocket, { answerMs });
  return {
    paths,
    env,
    userHome: userHomeFrom(env),
    client,
    daemon: await askDaemon(createControlClient(paths.controlSocket, { answerMs: statusMs })),
    settings: readSettings(() => createSettings({ configFile: paths.configFile, env })),
  };
}

async function askDaemon(client: DaemonClient): Promise<DaemonState> {
  try {
    return { state: 'running', status: await client.ask('status.get', {}) };
  } catch (thrown) {
    if (thrown instanceof NinjadError && thrown.code === 'NOT_RUNNING') return { state: 'absent' };
    return { state: 'silent', reason: messageOf(thrown) };
  }
}

function readSettings(read: () => ExaminedSettings): Subject['settings'] {
  try {
    return read();
  } catch (thrown) {
    return { problem: messageOf(thrown) };
  }
}
