import { z } from 'zod';
import type { Misfit, ValuesOf } from '../lib/config/schema.ts';
import { flag, milliseconds, setting, wholeNumber } from '../lib/config/setting.ts';
import { declaredHost, type DeclaredHost } from './definition.ts';
import { parentFault } from './family.ts';
import { hostName } from './name.ts';

const hosts = {
  schema: z.record(hostName, declaredHost).readonly(),
  expects:
    'an object of hosts, such as {"nas": {"ssh": "ninja@nas.lan", "every": "1m"}, "web": {"http": "https://web.example/health"}}',
};

const place = z.string().regex(/^(?:[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:]{2,45}\])(?::\d{1,5})?$/);
const places = {
  schema: z.array(place).max(4).readonly(),
  expects: 'up to four addresses such as 1.1.1.1:443',
};
const gateway = {
  schema: z.union([z.literal('auto'), z.literal('none'), z.string().regex(/^[0-9A-Fa-f.:]{2,45}$/)]),
  expects: '"auto", "none" or an IP address',
};

/** Settings of the fleet. */
export const fleetSettings = {
  'fleet.hosts': setting(
    hosts,
    {},
    {
      description:
        'Hosts by name, each with `local`, `ssh`, `http` or `push` (with `pushToken`), and the options of `ninjad fleet add` in camelCase; they are shown as declared and edited here.',
      hot: false,
      secret: true,
    },
  ),
  'fleet.atOnce': setting(wholeNumber(1, 200), 40, {
    description: 'How many hosts are polled at once; others wait.',
    hot: true,
  }),
  'fleet.timeoutMs': setting(milliseconds(500, 20_000), 15_000, {
    description:
      'How long one poll may take as a whole, connecting included; never longer than four fifths of the host’s period.',
    hot: true,
  }),
  'fleet.gateway': setting(gateway, 'auto', {
    description:
      'The gateway that has to answer before a host is blamed: `auto` asks the system, `none` does without.',
    hot: true,
  }),
  'fleet.sightAddresses': setting(places, [], {
    description:
      'Addresses outside, `host:port`, of which one has to answer before a host is blamed; where none does, it is the own line that is down.',
    hot: true,
  }),
  'fleet.statusPage': setting(flag, false, {
    description:
      'Whether `/status` shows names and states of the hosts to everybody who reaches the dashboard’s port.',
    hot: true,
  }),
  'fleet.rawDays': setting(wholeNumber(2, 365, 'days'), 7, {
    description:
      'How long each report is kept; a summary of each hour stays for a quarter, of each day for two years.',
    hot: true,
  }),
};

export type FleetValues = ValuesOf<typeof fleetSettings>;

/** Declared hosts stand behind each other in a tree. */
export function fleetMisfits({ 'fleet.hosts': declared }: Pick<FleetValues, 'fleet.hosts'>): Misfit[] {
  const parents = new Map(
    Object.entries(declared).map(([name, { parent }]: [string, DeclaredHost]) => [name, parent ?? null]),
  );
  return [...parents].flatMap(([name, parent]) => {
    const fault = parentFault(name, parent, parents, 'declared');
    return fault === undefined
      ? []
      : [{ keys: ['fleet.hosts'], message: `fleet.hosts.${name}.parent: ${fault}` }];
  });
}
