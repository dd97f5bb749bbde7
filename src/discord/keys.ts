/** The key of the event of a message begins so; its id follows. */
export const keyPrefix = 'discord:';

/** The key by which the event of a message, or of a command, is known. */
export function keyOfMessage(id: string): string {
  return `${keyPrefix}${id}`;
}

/** The key of messages that were taken in together. */
export function keyOfBatch(until: string): string {
  return `${keyPrefix}batch:${until}`;
}

/** Where the answers to a channel's messages go, and what their conversation is called. */
export function addressOf(channelId: string): string {
  return `discord:${channelId}`;
}
