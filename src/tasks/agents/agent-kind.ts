import type { AgentResolution } from './resolve.ts';
import type { AgentSession, AgentSettings } from '../run/arguments.ts';
import type { StreamBounds, StreamReader } from '../run/stream-reader.ts';

/** What may be done with agents of a kind. */
export interface AgentRules {
  /** A run leaves a session that the next one of its conversation can go on with. */
  resumes: boolean;
  /** It takes further messages into a running turn, and tells when it has. */
  hears: boolean;
  /** It can be asked to end its turn; any other is simply ended. */
  interrupts: boolean;
  /** It can call the tools of ninjad. */
  callsTools: boolean;
}

/** An agent that was found and can be run. */
export type FoundAgent = Extract<AgentResolution, { kind: 'claude' | 'command' | 'offline' }>;

/** All that differs between agents: a new kind fills this in, and the rest of ninjad stays as it is. */
export interface AgentKind<Agent extends FoundAgent = FoundAgent> {
  rules: AgentRules;
  /** Variables that are set for each run, unless the owner's environment has them. */
  environment?: Readonly<Record<string, string>>;
  /** The command line of one run. The prompt is not in it, where ps would show it. */
  commandLine(
    agent: Agent,
    session: AgentSession,
    settings: AgentSettings,
  ): { command: string; args: string[] };
  /** A message for its standard input; one with a `uuid` is acknowledged by a `took` event. */
  messageLine(text: string, uuid?: string): string;
  /** The wish that it end its turn, for its standard input. */
  interruptLine(requestId: string): string;
  /** Reads its standard output. */
  createReader(bounds?: StreamBounds): StreamReader;
}
