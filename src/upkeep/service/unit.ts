import { type ServiceDefinition, serviceName } from './definition.ts';

/** How often systemd wants to hear from the daemon, in seconds; a loop that hangs for so long is killed and started anew. */
export const watchdogSec = 120;

/** Until the daemon is up: the first start makes a database, and one after a crash replays its log. */
const startSec = 180;

/**
 * What agents and their tools survive: shells, git, node, sandboxes of bubblewrap, native modules, cgroups. Left out since they break one
 * of these: RestrictNamespaces, MemoryDenyWriteExecute, ProtectControlGroups, ProcSubset, ProtectHome, PrivateTmp,
 * ProtectSystem=strict, RestrictSUIDSGID, a closed list of system calls.
 */
const hardening = [
  'NoNewPrivileges=yes',
  'LockPersonality=yes',
  'RestrictRealtime=yes',
  'SystemCallArchitectures=native',
  'SystemCallFilter=~@clock @module @reboot @swap @raw-io @cpu-emulation @obsolete',
  'SystemCallErrorNumber=EPERM',
];

/** These need the rights of the system's own manager. */
const systemHardening = [
  'ProtectSystem=full',
  'ProtectKernelModules=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelTunables=yes',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'CapabilityBoundingSet=',
];

/** The text of `ninjad.service`. The watchdog and READY come from the daemon by `systemd-notify`, hence NotifyAccess=all. */
export function unitText(definition: ServiceDefinition): string {
  const { scope, user, home, node, script, path, stopMs } = definition;
  const isSystem = scope === 'system';
  return [
    '[Unit]',
    'Description=ninjad, a personal agent daemon',
    ...(isSystem ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    'StartLimitIntervalSec=10min',
    'StartLimitBurst=8',
    '',
    '[Service]',
    ...(isSystem ? [`User=${user}`] : []),
    'Type=notify',
    'NotifyAccess=all',
    `ExecStart=${[quoted(node), commandWord(script), 'up'].join(' ')}`,
    `Environment=${assignment('NINJAD_HOME', home)}`,
    `Environment=${assignment('PATH', path.join(':'))}`,
    'Restart=always',
    'RestartSec=5',
    `TimeoutStartSec=${startSec}`,
    `WatchdogSec=${watchdogSec}`,
    `TimeoutStopSec=${Math.ceil(stopMs / 1000)}`,
    'KillMode=mixed',
    'Delegate=yes',
    'OOMPolicy=continue',
    'UMask=0077',
    'LimitNOFILE=65536',
    ...hardening,
    ...(isSystem ? systemHardening : []),
    '',
    '[Install]',
    `WantedBy=${isSystem ? 'multi-user.target' : 'default.target'}`,
    '',
  ].join('\n');
}

/** The name of the unit's file. */
export const unitFile = `${serviceName}.service`;

/** An argument of ExecStart: `$` begins a variable there, though not in the program (systemd.service(5)). */
function commandWord(word: string): string {
  return quoted(word.replaceAll('$', '$$$$'));
}

/** A variable of the environment: `$` means nothing there. */
function assignment(name: string, value: string): string {
  return quoted(`${name}=${value}`);
}

function quoted(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return /^[\w@%+=:,./$-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}
