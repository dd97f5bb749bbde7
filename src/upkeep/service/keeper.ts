import { type ServiceHost, thisHost } from './host.ts';
import { installedScope, restartService, stopService } from './install.ts';
import { serviceState } from './state.ts';

/** The manager of services that starts a daemon again when it ends. */
export interface ServiceKeeper {
  stop: () => void;
  restart: () => void;
}

/** Who keeps the daemon of this pid as a service; undefined where it was started by hand. */
export function keeperOf(pid: number, host: ServiceHost = thisHost()): ServiceKeeper | undefined {
  const scope = installedScope(host);
  if (host.kind === 'none' || scope === undefined || serviceState(host, scope).pid !== pid) return undefined;
  return { stop: () => stopService(host, scope), restart: () => restartService(host, scope) };
}
