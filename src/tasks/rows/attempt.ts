/** Names one attempt of one task by one worker; a write about it takes effect only while the row says the same. */
export interface TaskAttempt {
  id: number;
  worker: string;
  attempt: number;
}
