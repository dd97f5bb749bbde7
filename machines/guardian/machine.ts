import { fromCallback, sendParent, sendTo, setup } from 'xstate';
import { childReady } from '../lib/child-ready.ts';
import { placeholder } from '../lib/placeholder.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import type { GuardianCommand, GuardianFact } from './protocol.ts';

/**
 * A small process beside the daemon that outlives its SIGKILL and ends what its tasks have started.
 *
 *     posting ──watching──▶ watching ──child.stop──▶ dismissing ──lost──▶ stopped
 *        │ ▲                   │ lost
 *        │ └──── a while ──── resting ◀── lost
 *
 * One that is lost is replaced: the next start finds what tasks have left either way, so that costs nobody a restart.
 */
export const guardianMachine = setup({
  types: { events: {} as GuardianFact | ChildCommand },
  actors: { process: fromCallback<GuardianCommand>(placeholder('guardian', 'process')) },
  actions: {
    announceReady: sendParent(childReady),
    dismiss: sendTo('process', { type: 'guardian.dismiss' }),
    /** For the log. */
    reportLoss: placeholder<{ reason: string }>('guardian', 'reportLoss'),
  },
  delays: { restart: 1_000 },
}).createMachine({
  id: 'guardian',
  initial: 'serving',
  states: {
    serving: {
      invoke: { id: 'process', src: 'process' },
      on: {
        'guardian.lost': {
          target: 'resting',
          actions: [{ type: 'reportLoss', params: ({ event }) => event }, 'announceReady'],
        },
      },
      initial: 'posting',
      states: {
        posting: {
          on: {
            'guardian.watching': { target: 'watching', actions: 'announceReady' },
            'child.stop': 'dismissing',
          },
        },
        watching: { on: { 'child.stop': 'dismissing' } },
        dismissing: {
          entry: 'dismiss',
          on: { 'guardian.lost': '#guardian.stopped', 'child.stop': {} },
        },
      },
    },
    resting: { after: { restart: 'serving' }, on: { 'child.stop': 'stopped' } },
    stopped: { type: 'final' },
  },
});
