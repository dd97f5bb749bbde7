import { acceptKey, type Accepted } from './accept-key.ts';
import type { HostDefinition } from './definition.ts';
import { createEnvironment, createProbe, sshTarget } from './probe/probe.ts';
import { createFleetService, type FleetService } from './service.ts';

/** The fleet of a daemon. */
export interface Fleet {
  fleet: FleetService;
  /** Accepts the key that a host shows now. */
  fleetKeys: (host: HostDefinition) => Promise<Accepted>;
}

type FleetParts = Omit<Parameters<typeof createFleetService>[0], 'probe'> &
  Parameters<typeof createEnvironment>[0] &
  Parameters<typeof createProbe>[0] &
  Parameters<typeof sshTarget>[0];

/** Makes the fleet of a daemon: by its own programs, environment and home. */
export function openFleet(parts: FleetParts): Fleet {
  const environment = createEnvironment(parts);
  return {
    fleet: createFleetService({ ...parts, probe: createProbe(parts) }),
    fleetKeys: (host) => acceptKey(sshTarget(parts, host), { env: environment() }),
  };
}
