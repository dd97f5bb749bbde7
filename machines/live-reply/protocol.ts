/** Input: the task, and the channel in which its reply is shown. */
export interface LiveReplyInput {
  taskId: number;
  channelId: string;
}
