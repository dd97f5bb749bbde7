import { enqueueActions, fromCallback, setup } from 'xstate';
import { placeholder } from '../lib/placeholder.ts';
import { liveReplyMachine } from '../live-reply/machine.ts';
import type { LiveRepliesFact } from './protocol.ts';

/**
 * One actor for each running task whose reply goes to Discord, for as long as it runs and Discord is connected.
 *
 *     live.began ──▶ live-reply.<task> ──live.ended──▶ gone
 */
export const liveRepliesMachine = setup({
  types: { events: {} as LiveRepliesFact },
  actors: {
    /** Tells of tasks as they begin and end, first of those that run already. */
    listen: fromCallback<LiveRepliesFact>(placeholder('live-replies', 'listen')),
    liveReply: liveReplyMachine,
  },
  actions: {
    begin: enqueueActions(({ enqueue }, { taskId, channelId }: { taskId: number; channelId: string }) => {
      const id = idOf(taskId);
      enqueue.stopChild(id);
      enqueue.spawnChild('liveReply', { id, input: { taskId, channelId } });
    }),
    end: enqueueActions(({ enqueue }, taskId: number) => enqueue.stopChild(idOf(taskId))),
  },
}).createMachine({
  id: 'live-replies',
  invoke: { id: 'listen', src: 'listen' },
  on: {
    'live.began': { actions: { type: 'begin', params: ({ event }) => event } },
    'live.ended': { actions: { type: 'end', params: ({ event }) => event.taskId } },
  },
});

function idOf(taskId: number): string {
  return `live-reply.${taskId}`;
}
