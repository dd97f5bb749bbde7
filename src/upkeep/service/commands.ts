import type { ServiceScope } from './definition.ts';
import type { Command, ServiceHost } from './host.ts';
import { launchdLabel } from './plist.ts';
import { unitFile } from './unit.ts';

/** A step at the service manager. */
export interface Step {
  command: Command;
  /** True where its failure means that there was nothing to do. */
  mayFail?: boolean;
}

type Target = Pick<ServiceHost, 'kind' | 'uid' | 'user'>;

/** What makes a written definition known and enabled. A manager that does not know the new file would enable the old one. */
export function enableSteps(host: Target, scope: ServiceScope): Step[] {
  if (host.kind === 'launchd') return [{ command: ['launchctl', 'enable', serviceTarget(host, scope)] }];
  return [{ command: systemctl(scope, 'daemon-reload') }, { command: systemctl(scope, 'enable', unitFile) }];
}

/** What starts it, or starts it anew with the definition as it stands. */
export function startSteps(host: Target, scope: ServiceScope, file: string): Step[] {
  if (host.kind === 'launchd')
    return [
      { command: ['launchctl', 'bootout', serviceTarget(host, scope)], mayFail: true },
      { command: ['launchctl', 'bootstrap', domain(host, scope), file] },
    ];
  return [
    // A unit that was started too often stays dead until somebody says so.
    { command: systemctl(scope, 'reset-failed', unitFile), mayFail: true },
    { command: systemctl(scope, 'restart', unitFile) },
  ];
}

/** What ends it until it is started again, by hand or at the next boot. */
export function stopSteps(host: Target, scope: ServiceScope): Step[] {
  if (host.kind === 'launchd') return [{ command: ['launchctl', 'bootout', serviceTarget(host, scope)] }];
  return [{ command: systemctl(scope, 'stop', unitFile) }];
}

/** What ends it for good, before its definition is removed. */
export function disableSteps(host: Target, scope: ServiceScope): Step[] {
  if (host.kind === 'launchd')
    return [{ command: ['launchctl', 'bootout', serviceTarget(host, scope)], mayFail: true }];
  return [{ command: systemctl(scope, 'disable', '--now', unitFile), mayFail: true }];
}

/** What makes the manager forget a definition that was removed. */
export function forgetSteps(host: Target, scope: ServiceScope): Step[] {
  if (host.kind === 'launchd') return [];
  return [
    { command: systemctl(scope, 'daemon-reload') },
    { command: systemctl(scope, 'reset-failed', unitFile), mayFail: true },
  ];
}

/** What lets it run when nobody is logged in, from boot on. */
export function lingerStep({ user }: Pick<Target, 'user'>): Step {
  return { command: ['loginctl', 'enable-linger', user] };
}

/** What asks how it is; the answer is lines of `NAME=value` of systemd, or what launchd prints. */
export function showCommand(host: Target, scope: ServiceScope): Command {
  if (host.kind === 'launchd') return ['launchctl', 'print', serviceTarget(host, scope)];
  const asked =
    'LoadState,ActiveState,SubState,UnitFileState,MainPID,NRestarts,Result,StatusText,ActiveEnterTimestamp';
  return systemctl(scope, 'show', `--property=${asked}`, unitFile);
}

/** What shows what it wrote. */
export function logsCommand(
  scope: ServiceScope,
  { lines, follow, json }: { lines: number; follow: boolean; json: boolean },
): Command {
  return [
    'journalctl',
    ...(scope === 'user' ? ['--user'] : []),
    `--unit=${unitFile}`,
    `--lines=${lines}`,
    ...(follow ? ['--follow'] : ['--no-pager']),
    ...(json ? ['--output=json'] : []),
  ];
}

function systemctl(scope: ServiceScope, ...words: string[]): Command {
  return ['systemctl', ...(scope === 'user' ? ['--user'] : []), ...words];
}

function domain({ uid }: Target, scope: ServiceScope): string {
  return scope === 'user' ? `gui/${uid}` : 'system';
}

function serviceTarget(host: Target, scope: ServiceScope): string {
  return `${domain(host, scope)}/${launchdLabel}`;
}
