import { homedir } from 'node:os';
import { createSettings, type LiveSettings } from '../config/live-settings.ts';
import type { HomePaths } from '../config/paths.ts';
import type { SettingKey, Settings } from '../config/schema.ts';
import { type ControlClient, createControlClient } from '../control/client.ts';
import type { Status } from '../control/status.ts';
import { messageOf, NinjadError } from '../errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Who answers on the home's control socket. `silent` listens and does not answer in time. */
export type DaemonState =
  { state: 'running'; status: Status } | { state: 'absent' } | { state: 'silent'; reason: string };

/** What is examined: a home, the environment of the command line, and the daemon where one runs. */
export interface Subject {
  paths: HomePaths;
  env: Environment;
  /** The owner's home directory. */
  userHome: string;
  daemon: DaemonState;
  client: ControlClient;
  /** The settings by file and environment, or why there are none. */
  settings: LiveSettings | { problem: string };
}

const answerMs = 5_000;

/** Gathers what every check looks at. Changes nothing. */
export async function readSubject(paths: HomePaths, env: Environment): Promise<Subject> {
  const client = createControlClient(paths.controlSocket);
  return {
    paths,
    env,
    userHome: env['HOME'] ?? homedir(),
    client,
    daemon: await askDaemon(client),
    settings: readSettings(paths, env),
  };
}

/** The value of a setting by file and environment; the default where those cannot be read. */
export function settingOf<Key extends SettingKey>(
  { settings }: Subject,
  key: Key,
  byDefault: Settings[Key],
): Settings[Key] {
  return 'problem' in settings ? byDefault : settings.get(key);
}

async function askDaemon(client: ControlClient): Promise<DaemonState> {
  try {
    return { state: 'running', status: await inTime(client.status(), answerMs) };
  } catch (thrown) {
    if (thrown instanceof NinjadError && thrown.code === 'NOT_RUNNING') return { state: 'absent' };
    return { state: 'silent', reason: messageOf(thrown) };
  }
}

function readSettings({ configFile }: HomePaths, env: Environment): Subject['settings'] {
  try {
    return createSettings({ configFile, env });
  } catch (thrown) {
    return { problem: messageOf(thrown) };
  }
}

/** The promise's value, or a rejection after `ms` milliseconds. */
export async function inTime<Value>(promise: Promise<Value>, ms: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
