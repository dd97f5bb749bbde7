import type { LiveSettings } from '../config/live-settings.ts';
import type { HomePaths } from '../config/paths.ts';
import type { KeyOf } from '../config/schema.ts';
import type { CheckResult } from './check-result.ts';

/** Who answers on the home's control socket. `silent` listens and does not answer in time. */
export type DaemonState<Status> =
  { state: 'running'; status: Status } | { state: 'absent' } | { state: 'silent'; reason: string };

/**
 * What is examined: a home, the environment of the command line, and the daemon where one runs. A check names the part of
 * the daemon's status and the settings that it reads.
 */
export interface Subject<Status = unknown, Values = object> {
  paths: HomePaths;
  env: Readonly<Record<string, string | undefined>>;
  /** The owner's home directory. */
  userHome: string;
  daemon: DaemonState<Status>;
  /** The settings by file and environment, or why there are none. */
  settings: Pick<LiveSettings<Values>, 'get'> | { problem: string };
}

/** Looks at one thing and changes nothing. */
export type Check<Needs> = (subject: Needs) => CheckResult | Promise<CheckResult>;

/** Checks by their names in the report, in its order. */
export type Checks<Needs> = Readonly<Record<string, Check<Needs>>>;

/** The value of a setting by file and environment; the default where those cannot be read. */
export function settingOf<Values, Key extends KeyOf<Values>>(
  { settings }: Pick<Subject<unknown, Values>, 'settings'>,
  key: Key,
  byDefault: Values[Key],
): Values[Key] {
  return 'problem' in settings ? byDefault : settings.get(key);
}
