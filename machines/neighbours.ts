import type { AnyActorRef } from 'xstate';
import type { DatabaseCommand } from './database/protocol.ts';
import type { FifoReaderCommand } from './fifo-reader/protocol.ts';
import type { MailboxCommand } from './mailbox/protocol.ts';
import type { RouterCommand } from './router/protocol.ts';
import type { TasksCommand } from './tasks/protocol.ts';

/** Actors of the tree that are told something by their id, and the commands that each takes. */
export interface Neighbours {
  database: DatabaseCommand;
  mailbox: MailboxCommand;
  router: RouterCommand;
  tasks: TasksCommand;
  'fifo-reader': FifoReaderCommand;
}

/** The actor system as far as `tell` needs it. */
export interface Registry {
  get(id: string): unknown;
}

/** Sends a neighbour a command; one between two lives misses it and sees the shared services when it is back. */
export function tell<Id extends keyof Neighbours>(system: Registry, id: Id, command: Neighbours[Id]): void {
  (system.get(id) as AnyActorRef | undefined)?.send(command);
}
