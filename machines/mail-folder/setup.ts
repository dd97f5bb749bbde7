import { assign, fromCallback, fromPromise, setup } from 'xstate';
import { messageOf } from '../lib/failure.ts';
import { placeholder } from '../lib/placeholder.ts';
import { isStoreAway, tellRefusal, type Thrown } from '../lib/store-trouble.ts';
import type { ChildCommand } from '../supervisor/protocol.ts';
import { type FolderContext, waitAfter } from './context.ts';
import type {
  FolderInput,
  FolderOpening,
  FolderRefusal,
  FolderState,
  LookEnd,
  SessionFact,
} from './protocol.ts';

const minuteMs = 60_000;
const overdueId = 'overdue';

/** What the machine says to itself: it has been down for long. */
type OwnNews = { type: 'folder.overdue' };

const base = setup({
  types: {
    context: {} as FolderContext,
    input: {} as FolderInput,
    events: {} as SessionFact | ChildCommand | OwnNews,
  },
  actors: {
    /** Logs in and opens the folder. Rejects but by a fault of its own. */
    connect: fromPromise<FolderOpening, FolderInput>(placeholder('mail-folder', 'connect')),
    /** The connection, as long as it lives. */
    session: fromCallback<SessionFact, FolderInput>(placeholder('mail-folder', 'session')),
    /** Takes in what is new. Rejects where the store or the pipe does not take it. */
    look: fromPromise<LookEnd, FolderInput>(placeholder('mail-folder', 'look')),
  },
  delays: {
    retry: ({ context }) => context.waitMs,
    /** Between two looks without news. */
    poll: ({ context }) => context.times().pollMs,
    storeRetry: 2_000,
    failureRetry: 5_000,
    /** Past it the owner is told. */
    outage: 60 * minuteMs,
    /** A connection that lasts so long ends the backoff. */
    lasting: 5 * minuteMs,
  },
});

/** The state as others read it. */
export interface NotedState {
  state: FolderState;
}

/** What a watcher does, decides by and waits for; `machine.ts` says when. */
export const folderSetup = base.extend({
  actions: {
    /** Shows the state to the rest of the daemon. */
    noteState: placeholder<NotedState>('mail-folder', 'noteState'),
    tellOutage: placeholder<{ reason: string | null }>('mail-folder', 'tellOutage'),
    endOutage: placeholder('mail-folder', 'endOutage'),
    reportFailure: placeholder<Thrown & { during: string }>('mail-folder', 'reportFailure'),
    tellRefusal,
    beginOutage: base.enqueueActions(({ context, enqueue }) => {
      if (context.isCounting) return;
      enqueue.raise({ type: 'folder.overdue' }, { id: overdueId, delay: 'outage' });
      enqueue.assign({ isCounting: true });
    }),
    stopCounting: base.enqueueActions(({ enqueue }) => {
      enqueue.cancel(overdueId);
      enqueue.assign({ isCounting: false, isTold: false });
    }),
    /** At once, and not again while it lasts. */
    tellOnce: base.enqueueActions(({ context, enqueue }) => {
      enqueue.cancel(overdueId);
      if (!context.isTold) enqueue.raise({ type: 'folder.overdue' });
    }),
    markTold: assign({ isTold: true }),
    keepRefusal: assign(({ context }, end: FolderRefusal) => ({
      refusal: end.kind,
      reason: end.reason,
      failures: context.failures + 1,
      waitMs: waitAfter(end, context.failures + 1, context.times().retryMs),
    })),
    keepReason: assign({ reason: (_, { error }: Thrown) => messageOf(error) }),
    clearReason: assign({ reason: null }),
    forgetFailures: assign({ failures: 0 }),
    markNews: assign({ hasNews: true }),
    markLooked: assign({ hasNews: false }),
  },
  guards: {
    isStoreAway,
    isOpen: (_, { kind }: FolderOpening) => kind === 'open',
    isDisabled: (_, { kind }: FolderOpening) => kind === 'disabled',
    isThrough: (_, { kind }: LookEnd) => kind === 'through',
    isThrottled: ({ context }) => context.refusal === 'throttled',
    isUnauthorised: ({ context }) => context.refusal === 'unauthorised',
    isParked: ({ context }) => context.refusal === 'parked',
    hasNews: ({ context }) => context.hasNews,
  },
});
