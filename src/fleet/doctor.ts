import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ValuesOf } from '../lib/config/schema.ts';
import { type CheckResult, ok, warn } from '../lib/doctor/check-result.ts';
import { type Checks, settingOf, type Subject } from '../lib/doctor/subject.ts';
import { fixedPath } from '../lib/process/fixed-path.ts';
import type { Host } from './host.ts';
import type { fleetSettings } from './settings.ts';

interface FleetSubject extends Subject<unknown, ValuesOf<typeof fleetSettings>> {
  client: {
    ask(
      name: 'fleet.list',
      input: Record<string, never>,
    ): Promise<readonly Pick<Host, 'name' | 'kind' | 'state' | 'reason' | 'enabled'>[]>;
  };
}

/** Checks of the fleet. */
export const fleetChecks: Checks<FleetSubject> = { fleet: checkFleet };

/** Whether every host is well, there is a client for those that need one, and identity files are the owner's own. */
export async function checkFleet(subject: FleetSubject): Promise<CheckResult> {
  const declared = settingOf(subject, 'fleet.hosts', {});
  const hosts = subject.daemon.state === 'running' ? await subject.client.ask('fleet.list', {}) : [];
  const wantsSsh =
    hosts.some(({ kind }) => kind === 'ssh') || Object.values(declared).some(({ ssh }) => ssh !== undefined);
  if (wantsSsh && !isProgram('ssh', subject.env['PATH']))
    return warn(
      'there are hosts that are asked by ssh, and no ssh',
      'the client of OpenSSH on the PATH',
      'apt install openssh-client',
    );
  for (const [name, { identity }] of Object.entries(declared)) {
    const fault = identity == null ? undefined : identityFault(identity);
    if (fault !== undefined)
      return warn(
        `${name}: ${identity ?? ''} ${fault}`,
        'an identity file that only you can read',
        `chmod 600 ${identity ?? ''}`,
      );
  }
  const bad = hosts.filter(({ state, enabled }) => enabled && (state === 'down' || state === 'degraded'));
  const [first] = bad;
  if (first !== undefined)
    return warn(
      `${bad.length} of ${hosts.length} hosts not well; ${first.name} is ${first.state}${first.reason === null ? '' : `: ${first.reason}`}`,
      'hosts that are up',
      `ninjad fleet show ${first.name}`,
    );
  const sight = settingOf(subject, 'fleet.sightAddresses', []);
  const far = hosts.filter(({ kind }) => kind !== 'local').length;
  if (far > 1 && sight.length === 0 && settingOf(subject, 'fleet.gateway', 'auto') === 'none')
    return warn(
      `${hosts.length} hosts, and nothing tells a dead line of yours from dead hosts`,
      'fleet.gateway, or one or two addresses outside in fleet.sightAddresses',
      'ninjad config set fleet.sightAddresses \'["1.1.1.1:443","9.9.9.9:443"]\'',
    );
  return ok(hosts.length === 0 ? 'no hosts are watched' : `${hosts.length} hosts, all well or not polled`);
}

function isProgram(name: string, path = fixedPath): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function identityFault(path: string): string | undefined {
  try {
    return (statSync(path).mode & 0o077) === 0 ? undefined : 'can be read by others';
  } catch {
    return 'cannot be read';
  }
}
