import { fromCallback } from 'xstate';
import { createLookAtSpend } from '../../actors/look-at-spend.ts';
import { type SpendEvent, spendMachine } from '../../machines/spend.ts';
import { loadStoredSettings, type Parts } from '../parts.ts';
import { type Neighbours, tell } from './tell.ts';

/** The keeper of the spend ledger, which wakes the task supervisor when tasks may run again. */
export function spendLogic(parts: Parts) {
  const { bus, database, ledger, log, settings } = parts;
  return spendMachine.provide({
    actors: {
      look: createLookAtSpend({
        store: database.store,
        ledger,
        bus,
        loadCaps: () => loadStoredSettings(parts),
      }),
      listen: fromCallback<SpendEvent>(({ sendBack }) => {
        const changed = (): void => sendBack({ type: 'spend.changed' });
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
      announce: ({ system }) => tell(system as Neighbours, 'tasks', { type: 'tasks.wake' }),
      reportFailure: (_, { error }) => log.error({ err: error }, 'the costs of tasks could not be summed'),
    },
  });
}
