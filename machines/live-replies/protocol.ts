/** News of tasks whose replies go to Discord. */
export type LiveRepliesFact =
  { type: 'live.began'; taskId: number; channelId: string } | { type: 'live.ended'; taskId: number };
