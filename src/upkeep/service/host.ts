import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../lib/errors.ts';
import { userHomeFrom } from '../../lib/config/paths.ts';
import type { ServiceScope } from './definition.ts';
import { launchdLabel } from './plist.ts';
import { unitFile } from './unit.ts';

/** A command line for the service manager. */
export type Command = readonly [string, ...string[]];

/** How a command ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The machine on which a service is installed. */
export interface ServiceHost {
  kind: 'systemd' | 'launchd' | 'none';
  uid: number;
  /** As whom the daemon is to run: with sudo the one who called it. */
  user: string;
  userHome: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Where the definition of a scope lies. */
  fileOf: (scope: ServiceScope) => string;
  run: (command: Command) => Ended;
  /** Whether what the user starts goes on after they have left (loginctl(1), linger). */
  lingers: () => boolean;
  /** Reason why the user's own manager cannot be reached, with what to do; undefined where it can. */
  whyNoUserManager: () => string | undefined;
}

const commandMs = 300_000;

/** This machine. */
export function thisHost(env: NodeJS.ProcessEnv = process.env): ServiceHost {
  const uid = process.getuid?.() ?? 0;
  const { user, userHome } = whoRuns(uid, env);
  const runtime = env['XDG_RUNTIME_DIR'] ?? `/run/user/${uid}`;
  // Shells of su and cron lack these two, and the user's manager is there all the same.
  const reachable = existsSync(runtime)
    ? {
        XDG_RUNTIME_DIR: runtime,
        DBUS_SESSION_BUS_ADDRESS: env['DBUS_SESSION_BUS_ADDRESS'] ?? `unix:path=${runtime}/bus`,
      }
    : {};
  return {
    kind: kindOf(),
    uid,
    user,
    userHome,
    env,
    fileOf: (scope) => definitionFile(scope, { userHome, env }),
    run: ([command, ...args]) => {
      const ended = spawnSync(command, args, {
        encoding: 'utf8',
        timeout: commandMs,
        env: { ...env, ...reachable },
      });
      return {
        code: ended.status,
        stdout: ended.stdout,
        stderr: ended.error === undefined ? ended.stderr : ended.error.message,
      };
    },
    lingers: () => lingers(user),
    whyNoUserManager: () =>
      existsSync(runtime)
        ? undefined
        : `there is no manager of services for ${user} now (${runtime} does not exist): log in as ${user} by ssh or at the console and not by su, ` +
          `or run sudo loginctl enable-linger ${user} once; or install it for the machine: sudo ninjad service install --system`,
  };
}

/** Where the definition of a scope lies. */
export function definitionFile(
  scope: ServiceScope,
  {
    userHome,
    env,
    platform = process.platform,
  }: Pick<ServiceHost, 'userHome' | 'env'> & { platform?: string },
): string {
  if (platform === 'darwin')
    return scope === 'user'
      ? join(userHome, 'Library/LaunchAgents', `${launchdLabel}.plist`)
      : join('/Library/LaunchDaemons', `${launchdLabel}.plist`);
  return scope === 'user'
    ? join(env['XDG_CONFIG_HOME'] ?? join(userHome, '.config'), 'systemd/user', unitFile)
    : join('/etc/systemd/system', unitFile);
}

/** Whether what a user starts goes on after they have left; this user by default. */
export function lingers(user: string = nameOf(process.getuid?.() ?? 0, process.env)): boolean {
  return existsSync(join('/var/lib/systemd/linger', user));
}

function kindOf(): ServiceHost['kind'] {
  if (process.platform === 'darwin') return 'launchd';
  return existsSync('/run/systemd/system') ? 'systemd' : 'none';
}

/** The one who called sudo, with their home; else ourselves. */
function whoRuns(uid: number, env: NodeJS.ProcessEnv): { user: string; userHome: string } {
  const caller = env['SUDO_USER'] ?? '';
  if (uid !== 0 || caller === '' || caller === 'root')
    return { user: nameOf(uid, env), userHome: userHomeFrom(env) };
  const { status, stdout } = spawnSync('getent', ['passwd', caller], { encoding: 'utf8' });
  const userHome = status === 0 ? stdout.trim().split(':')[5] : undefined;
  if (userHome === undefined || userHome === '')
    throw new UsageError(`SUDO_USER names ${caller}, and there is no such user with a home`);
  return { user: caller, userHome };
}

function nameOf(uid: number, env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    return env['USER'] ?? String(uid);
  }
}
