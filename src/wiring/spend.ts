import { fromCallback } from 'xstate';
import { createLookAtSpend } from '../../actors/spend/look-at-spend.ts';
import { spendMachine } from '../../machines/spend/machine.ts';
import type { SpendFact } from '../../machines/spend/protocol.ts';
import { loadStoredSettings, type Services } from '../services.ts';

/** The keeper of the spend ledger. */
export function spendLogic(services: Services) {
  const { bus, database, ledger, log, settings } = services;
  return spendMachine.provide({
    actors: {
      look: createLookAtSpend({
        store: database.store,
        ledger,
        bus,
        loadCaps: () => loadStoredSettings(services),
      }),
      listen: fromCallback(({ sendBack }) => {
        const tellMachine = (fact: SpendFact): void => sendBack(fact);
        const changed = (): void => tellMachine({ type: 'spend.changed' });
        const stops = [
          bus.on('task.state', ({ state }) => {
            if (state !== 'running') changed();
          }),
          settings.onChange((keys) => {
            if (keys.some((key) => key.startsWith('spend.'))) changed();
          }),
        ];
        return () => {
          for (const stop of stops) stop();
        };
      }),
    },
    actions: {
      reportFailure: (_, { error }) => log.error({ err: error }, 'the costs of tasks could not be summed'),
    },
  });
}
