import { existsSync } from 'node:fs';
import { showCommand } from './commands.ts';
import type { ServiceScope } from './definition.ts';
import type { ServiceHost } from './host.ts';

/** How the service is, as its manager says. */
export interface ServiceState {
  scope: ServiceScope;
  file: string;
  installed: boolean;
  /** The manager's word: `active`, `inactive`, `failed`, `activating`, …; `unknown` where it does not say. */
  state: string;
  detail: string;
  enabled: boolean | null;
  pid: number | null;
  restarts: number | null;
  /** Why it ended last, such as `watchdog`, `timeout`, `start-limit-hit`; `success` where all is well. */
  result: string | null;
  /** What the daemon says of itself. */
  says: string | null;
  since: string | null;
  lingers: boolean | null;
}

/** Asks the manager. */
export function serviceState(host: ServiceHost, scope: ServiceScope): ServiceState {
  const file = host.fileOf(scope);
  const { code, stdout, stderr } = host.run(showCommand(host, scope));
  const common = {
    scope,
    file,
    installed: existsSync(file),
    lingers: scope === 'user' && host.kind === 'systemd' ? host.lingers() : null,
  };
  if (host.kind === 'launchd') return { ...common, ...ofLaunchd(code === 0 ? stdout : '') };
  if (code !== 0)
    return {
      ...common,
      ...nothing,
      state: 'unknown',
      detail: stderr.trim() || `systemctl ended with ${String(code)}`,
    };
  return { ...common, ...ofSystemd(stdout) };
}

type Said = Omit<ServiceState, 'scope' | 'file' | 'installed' | 'lingers'>;

const nothing: Said = {
  state: 'inactive',
  detail: '',
  enabled: null,
  pid: null,
  restarts: null,
  result: null,
  says: null,
  since: null,
};

function ofSystemd(text: string): Said {
  const said = new Map(
    text.split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1).trim()] as const;
    }),
  );
  const word = (name: string): string | null => said.get(name) || null;
  const count = (name: string): number | null => (word(name) === null ? null : Number(word(name)));
  return {
    state: word('ActiveState') ?? 'unknown',
    detail: word('SubState') ?? '',
    enabled: word('UnitFileState') === null ? null : word('UnitFileState') === 'enabled',
    pid: count('MainPID') || null,
    restarts: count('NRestarts'),
    result: word('Result'),
    says: word('StatusText'),
    since: word('ActiveEnterTimestamp'),
  };
}

function ofLaunchd(text: string): Said {
  const found = (name: string): string | null =>
    new RegExp(`^\\s*${name} = (.+)$`, 'm').exec(text)?.[1] ?? null;
  const pid = found('pid');
  return {
    ...nothing,
    state: pid === null ? 'inactive' : 'active',
    detail: found('state') ?? '',
    pid: pid === null ? null : Number(pid),
    result: found('last exit code'),
  };
}
