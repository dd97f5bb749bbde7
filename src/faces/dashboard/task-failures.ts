/** Tasks that have ended badly since the last push, for whoever looks at the page. */
export interface TaskFailures {
  /** The newest, a few at most. */
  items: { taskId: number; conversation: string | null; text: string; reason: string | null }[];
  omitted: number;
}
