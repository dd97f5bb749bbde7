import type { CliName } from '../../lib/wire/agent-names.ts';
import type { ChildEntry } from '../../lib/process/child-entry.ts';

/** A place that was looked at, and why it did not do. */
export interface TriedPath {
  path: string;
  reason: string;
}

/** A CLI that was found. `version` is `unknown` only for a path that the owner named; `note` then says what its probe came to. */
export type FoundCli = {
  [Name in CliName]: { kind: Name; path: string; version: string; note?: string };
}[CliName];

/** Who will answer tasks. */
export type AgentResolution =
  | FoundCli
  /** A program that the owner named, with the prompt on stdin and the reply on stdout; `entry` speaks for it. */
  | { kind: 'command'; path: string; reason: string; entry: ChildEntry }
  | { kind: 'offline'; reason: string; tried: TriedPath[]; entry: ChildEntry }
  /** The owner named a path that cannot be run. Nothing else is tried behind their back. */
  | { kind: 'misconfigured'; path: string; problem: 'not-found' | 'not-executable'; reason: string };

/** An agent that was found and can be run. */
export type FoundAgent = Extract<AgentResolution, { kind: CliName | 'command' | 'offline' }>;
