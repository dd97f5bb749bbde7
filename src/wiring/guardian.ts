import { createGuardianProcess } from '../../actors/guardian/guardian-process.ts';
import { guardianMachine } from '../../machines/guardian/machine.ts';
import type { Services } from '../services.ts';

/** The process that ends what tasks have started, should the daemon be killed. */
export function guardianLogic({ containment, journal, log }: Services) {
  return guardianMachine.provide({
    actors: { process: createGuardianProcess({ worker: journal.uuid, base: containment.base }) },
    actions: {
      reportLoss: (_, { reason }) =>
        log.warn({ reason }, 'the guardian of the processes was lost; another follows'),
    },
  });
}
