import type { AgentSession, AgentSettings } from '../run/agent-settings.ts';
import type { RefusalKind } from '../run/refusal.ts';
import type { StreamBounds, StreamReader } from '../run/stream-reader.ts';
import type { AgentSurroundings, CliProgram } from './cli-program.ts';
import type { CliName } from '../../lib/wire/agent-names.ts';
import type { FoundAgent } from './resolution.ts';

/** What may be done with agents of a kind. */
export interface AgentRules {
  /** A run leaves a session that the next one of its conversation can go on with. */
  resumes: boolean;
  /** It goes on in a copy of a session, which leaves the session itself as it is. */
  forks: boolean;
  /** It takes further messages into a running turn, and tells when it has. */
  hears: boolean;
  /** It can be asked to end its turn; any other is simply ended. */
  interrupts: boolean;
  /** It can call the tools of ninjad. */
  callsTools: boolean;
  /** It tells its words while it writes them. */
  streams: boolean;
  /** It looks at pictures that a message names. */
  seesImages: boolean;
  /** It tells what a run has cost; else that is estimated by the prices of the settings. */
  tellsCost: boolean;
  /** It ends by itself a run that would cost more than it may (`AgentSettings.maxBudgetUsd`); any other is ended by an estimate. */
  keepsBudget: boolean;
  /** It tells its tokens while it works; else they are estimated by what it reads and says until its result tells them. */
  tellsUse: boolean;
  /** What the figures of a result count: a session with all of its runs, or that one run. */
  counts: 'session' | 'run';
}

/** One run, as far as the command line depends on it. */
export interface Turn {
  session: AgentSession;
  settings: AgentSettings;
  /** Folder that it works in. */
  cwd: string;
  /** Path of a folder of this run's own for files that the CLI reads (0700, made by whoever writes there first); gone after it. */
  folder: string;
  /** The daemon's own environment, for what the CLI's files depend on; what reaches the agent is decided elsewhere. */
  env: Readonly<Record<string, string | undefined>>;
}

/** A program to start. */
export interface CommandLine {
  command: string;
  args: string[];
  /** Variables of this run, besides those that every run gets. */
  env?: Readonly<Record<string, string>>;
}

/** The standard input of a running agent. Neither call fails: an agent that has gone shows by its exit. */
export interface AgentInput {
  write(text: string): void;
  end(): void;
}

/** What is said to one running agent, and how it is understood. */
export interface AgentTalk {
  /** Reads its standard output; a run ends with a `result` event, which `end` may make of what came before it. */
  reader: StreamReader;
  /** Says the first message. */
  begin(prompt: string): void;
  /** Says a further message, acknowledged by a `took` event with this `uuid`; left out where nothing more is heard. */
  say?(text: string, uuid: string): void;
  /** Asks it to end its turn; left out where it can only be ended. */
  interrupt?(): void;
}

/** What a run has to know of the talk before it begins. */
export interface TalkTerms {
  input: AgentInput;
  /** The session that it was started to go on with (a fork: none); null for a new one. */
  resume: string | null;
  /** The model that it was started with, where one was named. */
  model?: string | undefined;
  bounds?: StreamBounds | undefined;
}

/** What the end of standard error, and the exit status, say besides the stream. */
export interface LastWordsMeaning {
  /** The session to go on with is not there (any more): the run is made again without it. */
  staleSession: boolean;
  /** The service refused the request as invalid, which may be the session's fault. */
  isInvalid?: boolean;
  /** Why it was refused, where no result says so. */
  refusal?: RefusalKind;
}

/** Whether a CLI is logged in, as far as that shows without asking its service. */
export interface LoginFinding {
  state: 'yes' | 'no' | 'unknown';
  /** What was found, as a clause for people; names, no values. */
  found: string;
  /** What to do where it is not. */
  remedy: string;
}

/** All that differs between agents: a new kind fills this in, and the rest of ninjad stays as it is. */
export interface AgentKind<Agent extends FoundAgent = FoundAgent> {
  /** What people call it. */
  title: string;
  rules: AgentRules;
  /** Variables that are set for each run, unless the owner's environment has them. */
  environment?: Readonly<Record<string, string>>;
  /** True for a variable of the daemon's environment by which it logs in, finds its service or is configured. */
  isOwnVariable(name: string): boolean;
  /** The longest prompt that it takes, in characters; longer ones are refused with a sentence. Default: as long as any. */
  maxPromptChars?: number;
  /** Why no draft of a change can be made with it, as a clause about the agent; undefined where one can. */
  whyNoDrafts?: string;
  /** How long a command of its shell may be silent that names no limit of its own, in milliseconds. Default: 2 minutes. */
  shellMs?: number;
  /** Why a run with these settings could not be held to them, as a clause about the agent; undefined where it can. */
  whyUnfit?(settings: AgentSettings): string | undefined;
  /** The command line of one run. The prompt is not in it, where ps would show it. May write files into `turn.folder`. */
  commandLine(agent: Agent, turn: Turn): CommandLine;
  /** Opens the talk with an agent that was just started. */
  talk(terms: TalkTerms): AgentTalk;
  /** Reads the end of its standard error, and its exit status once it is there. */
  lastWords(stderr: string, exitCode?: number | null): LastWordsMeaning;
}

/** A kind that an installed CLI stands behind. */
export interface CliKind<Name extends CliName = CliName> extends AgentKind<
  Extract<FoundAgent, { kind: Name }>
> {
  program: CliProgram;
  /** Looks at the environment and the CLI's own files, and starts nothing. */
  login(surroundings: Pick<AgentSurroundings, 'home' | 'env'>): LoginFinding;
}
