import type { Pushes } from '../protocol.ts';
import type { Topic } from '../topics.ts';

/** Where a push goes: to those who follow a topic, or to everybody. */
export type Audience = Topic | 'everybody';

/** What feeds push through; the sockets, or a test. */
export interface FeedOutput {
  isWatched(topic: Topic): boolean;
  push<Name extends keyof Pushes>(audience: Audience, name: Name, payload: Pushes[Name]): void;
  /** There is something to flush; may be called any number of times. */
  pending: () => void;
}

/** Everything that is pushed to pages. */
export interface Feeds {
  /** Pushes what was gathered; rejects never. */
  flush(): Promise<void>;
  /** The half-second beat. */
  pulse(): Promise<void>;
  /** The first page follows this topic, or the last one has left it. */
  watched(topic: Topic): void;
  unwatched(topic: Topic): void;
  /** Stops listening. */
  close(): void;
}
