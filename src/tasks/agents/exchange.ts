/** What was said once in a conversation, as a new session is told of it. */
export interface Exchange {
  said: string;
  answered: string;
}
