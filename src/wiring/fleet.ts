import { fromCallback } from 'xstate';
import { createLookForHosts } from '../../actors/fleet/look-for-hosts.ts';
import { createPollHost } from '../../actors/fleet/poll-host.ts';
import { fleetMachine } from '../../machines/fleet/machine.ts';
import type { FleetCommand } from '../../machines/fleet/protocol.ts';
import { StoreAwayError } from '../lib/errors.ts';
import { mayPrune } from '../retention/may-prune.ts';
import type { Services } from '../services.ts';
import { chore } from './chores.ts';

/** Polls the hosts. */
export function fleetLogic({ bus, fleet, log }: Services) {
  return fleetMachine.provide({
    actors: {
      look: createLookForHosts({
        service: fleet,
        onDeclared({ problems, ...done }) {
          for (const problem of problems) log.warn(problem);
          if (Object.values(done).every((names) => names.length === 0)) return;
          log.info(done, 'hosts were taken from config.json');
          bus.emit('list.changed', { list: 'fleet.list' });
        },
      }),
      poll: createPollHost({ service: fleet, bus }),
      listen: fromCallback<FleetCommand>(({ sendBack }) => {
        const tellMachine = (fact: FleetCommand): void => sendBack(fact);
        return bus.on('fleet.due', () => tellMachine({ type: 'fleet.wake' }));
      }),
    },
    actions: {
      reportProblem: (_, { during, error }) => {
        // While the store is away nothing can be written down; the next poll is soon due.
        if (!(error instanceof StoreAwayError) || error.refused)
          log.error({ err: error }, `fleet: ${during} failed`);
      },
    },
  });
}

/** Judges all hosts anew every few seconds, and tells what is to be told as soon as there is something. */
export function fleetTellerLogic(services: Services) {
  const { bus, fleet } = services;
  return chore(
    services,
    'what happened to hosts could not be told',
    () => fleet.settle(),
    (wake) => bus.on('fleet.changed', wake),
  );
}

/** Predicts disks, gathers reports and deletes old ones. */
export function fleetKeeperLogic(services: Services) {
  const { bus, database, fleet } = services;
  return chore(services, 'reports of hosts could not be gathered', (signal) =>
    fleet.keep({ signal, mayDelete: () => mayPrune({ store: database.store, bus }, new Date()) }),
  );
}
