import { thrown, thrownDuring } from '../lib/store-trouble.ts';
import { unwatched } from './context.ts';
import type { FolderOpening, FolderRefusal, LookEnd } from './protocol.ts';
import { folderSetup } from './setup.ts';

/**
 * The watcher of one folder of one mailbox, with a connection of its own. An outage is a state with a sentence, never an empty
 * folder.
 *
 *     connecting ──▶ watching { looking ──▶ resting ──news, poll──▶ looking }
 *       ▲   │              │     └ store away, pipe full ──▶ pausing ──a while──▶ looking
 *       │   ├─ switched off ──▶ disabled
 *       └── └─ refused ──▶ away, throttled, unauthorised, parked ──a while, longer each time──▶ connecting
 *
 * The first look stands before the word that it watches: what came before it is old, all after it is new. A connection that
 * lasts five minutes ends the backoff. What is down for an hour, or `unauthorised`, is told to the owner.
 */
export const mailFolderMachine = folderSetup.createMachine({
  id: 'mail-folder',
  context: ({ input }) => unwatched(input),
  initial: 'connecting',
  on: {
    'child.stop': '.stopped',
    'folder.overdue': {
      actions: ['markTold', { type: 'tellOutage', params: ({ context }) => ({ reason: context.reason }) }],
    },
  },
  states: {
    disabled: { entry: { type: 'noteState', params: { state: 'disabled' } } },
    connecting: {
      entry: { type: 'noteState', params: { state: 'connecting' } },
      invoke: {
        id: 'connect',
        src: 'connect',
        input: ({ context }) => context,
        onDone: [
          { guard: { type: 'isOpen', params: ({ event }) => event.output }, target: 'watching' },
          { guard: { type: 'isDisabled', params: ({ event }) => event.output }, target: 'disabled' },
          {
            target: 'refused',
            actions: { type: 'keepRefusal', params: ({ event }) => refusalOf(event.output) },
          },
        ],
        onError: {
          target: 'refused',
          actions: [
            { type: 'keepRefusal', params: ({ event }) => faultOf(event.error) },
            { type: 'reportFailure', params: thrownDuring('connect') },
          ],
        },
      },
    },
    watching: {
      entry: 'markLooked',
      invoke: { id: 'session', src: 'session', input: ({ context }) => context },
      on: {
        'session.closed': {
          target: 'refused',
          actions: { type: 'keepRefusal', params: ({ event }) => event.end },
        },
        'session.news': { actions: 'markNews' },
      },
      after: { lasting: { actions: 'forgetFailures' } },
      initial: 'looking',
      states: {
        looking: {
          entry: 'markLooked',
          invoke: {
            id: 'look',
            src: 'look',
            input: ({ context }) => context,
            onDone: [
              { guard: { type: 'isThrough', params: ({ event }) => event.output }, target: 'resting' },
              {
                target: '#mail-folder.refused',
                actions: { type: 'keepRefusal', params: ({ event }) => refusalOf(event.output) },
              },
            ],
            onError: [
              {
                guard: { type: 'isStoreAway', params: thrown },
                target: 'waiting',
                actions: [
                  { type: 'keepReason', params: thrown },
                  { type: 'tellRefusal', params: thrown },
                ],
              },
              {
                target: 'pausing',
                actions: [
                  { type: 'keepReason', params: thrown },
                  { type: 'reportFailure', params: thrownDuring('look') },
                ],
              },
            ],
          },
        },
        resting: {
          entry: [
            'clearReason',
            'stopCounting',
            'endOutage',
            { type: 'noteState', params: { state: 'watching' } },
          ],
          always: { guard: 'hasNews', target: 'looking' },
          on: { 'session.news': 'looking' },
          after: { poll: 'looking' },
        },
        /** For the store. */
        waiting: {
          entry: { type: 'noteState', params: { state: 'connecting' } },
          after: { storeRetry: 'looking' },
        },
        pausing: {
          entry: [{ type: 'noteState', params: { state: 'connecting' } }, 'beginOutage'],
          after: { failureRetry: 'looking' },
        },
      },
    },
    refused: {
      always: [
        { guard: 'isThrottled', target: 'throttled' },
        { guard: 'isUnauthorised', target: 'unauthorised' },
        { guard: 'isParked', target: 'parked' },
        { target: 'away' },
      ],
    },
    away: {
      entry: [{ type: 'noteState', params: { state: 'away' } }, 'beginOutage'],
      after: { retry: 'connecting' },
    },
    throttled: {
      entry: [{ type: 'noteState', params: { state: 'throttled' } }, 'beginOutage'],
      after: { retry: 'connecting' },
    },
    unauthorised: {
      entry: [{ type: 'noteState', params: { state: 'unauthorised' } }, 'beginOutage', 'tellOnce'],
      after: { retry: 'connecting' },
    },
    parked: {
      entry: [{ type: 'noteState', params: { state: 'parked' } }, 'beginOutage'],
      after: { retry: 'connecting' },
    },
    stopped: { entry: { type: 'noteState', params: { state: 'stopped' } }, type: 'final' },
  },
});

function refusalOf(end: FolderOpening | LookEnd): FolderRefusal {
  return 'reason' in end ? end : { kind: 'away', reason: 'it ended without a reason' };
}

function faultOf(error: unknown): FolderRefusal {
  return { kind: 'away', reason: error instanceof Error ? error.message : String(error) };
}
