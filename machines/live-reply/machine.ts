import { fromPromise, setup } from 'xstate';
import { placeholder } from '../lib/placeholder.ts';
import type { LiveReplyInput } from './protocol.ts';

/**
 * What the owner sees of a running task in Discord: that somebody types, and the reply as far as it is written. It lives as
 * long as the task runs; typing ends after ten minutes whatever happens.
 *
 *     typing:  signing ⇄ resting ──ten minutes──▶ tired
 *     draft:   resting ⇄ editing
 *
 * Neither is worth a complaint: what fails is tried again with the next beat.
 */
export const liveReplyMachine = setup({
  types: { context: {} as LiveReplyInput, input: {} as LiveReplyInput },
  actors: {
    type: fromPromise<undefined, LiveReplyInput>(placeholder('live-reply', 'type')),
    /** Shows the text so far, if it is another than is shown. */
    edit: fromPromise<undefined, LiveReplyInput>(placeholder('live-reply', 'edit')),
  },
  delays: {
    /** Discord shows it for ten seconds. */
    typingBeat: 8_000,
    longestTyping: 600_000,
    editBeat: 1_500,
  },
}).createMachine({
  id: 'live-reply',
  context: ({ input }) => input,
  type: 'parallel',
  states: {
    typing: {
      initial: 'going',
      states: {
        going: {
          after: { longestTyping: 'tired' },
          initial: 'signing',
          states: {
            signing: {
              invoke: { src: 'type', input: ({ context }) => context, onDone: 'resting', onError: 'resting' },
            },
            resting: { after: { typingBeat: 'signing' } },
          },
        },
        tired: {},
      },
    },
    draft: {
      initial: 'resting',
      states: {
        resting: { after: { editBeat: 'editing' } },
        editing: {
          invoke: { src: 'edit', input: ({ context }) => context, onDone: 'resting', onError: 'resting' },
        },
      },
    },
  },
});
