import { fixedPath } from '../lib/process/fixed-path.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that reach a sensor's programs; the daemon's secrets are none of them. */
const passed = [
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'TZ',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
  'SSH_AUTH_SOCK',
];

/** The environment of a program that a sensor runs: a few variables of the daemon's, the fixed search path, and `more`. */
export function sensorEnvironment(
  env: Environment,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const own = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && passed.includes(entry[0]),
  );
  return { ...Object.fromEntries(own), PATH: fixedPath, ...more };
}

/** What keeps programs of the sensors that ship from asking, paging and translating. */
export const plainPrograms = {
  LC_ALL: 'C.UTF-8',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  SYSTEMD_PAGER: '',
  DEBIAN_FRONTEND: 'noninteractive',
};
