import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { execa } from 'execa';
import { fromCallback } from 'xstate';
import type { AgentSettings } from '../src/lib/agent/arguments.ts';
import { kindOf } from '../src/lib/agent/kinds/kinds.ts';
import { type Launch, launchOf, type RunRequest } from '../src/lib/agent/launch.ts';
import { progressOf } from '../src/lib/agent/progress.ts';
import {
  type AgentResult,
  type ApiError,
  saysStaleSession,
  type StreamEvent,
} from '../src/lib/agent/stream-event.ts';
import type { StreamBounds, StreamReader } from '../src/lib/agent/stream-reader.ts';
import { createToolWaits } from '../src/lib/agent/tool-waits.ts';
import { entriesOf, steeredEntry, type TranscriptEntry } from '../src/lib/agent/transcript.ts';
import { createUsageMeter } from '../src/lib/agent/usage-meter.ts';
import { messageOf } from '../src/lib/errors.ts';
import { identityOf, type ProcessIdentity } from '../src/lib/process/identity.ts';
import type { UsageByModel } from '../src/lib/spend/model-usage.ts';

/** What the process is told while it runs. */
export type AgentCommand =
  /** A further message; with an id, `agent.took` tells when the agent has taken it into a turn. */
  | { type: 'agent.steer'; text: string; messageId?: number }
  /** End the turn, and with it what its tools do; its result follows. */
  | { type: 'agent.interrupt' };

/** What is heard of the process. After `agent.exited` output may still come, until `agent.drained`. */
export type AgentFact =
  | { type: 'agent.spawned'; pid: number; identity: ProcessIdentity | undefined }
  /** No process came to be; `code` is the system's, such as ENOENT. Nothing follows. */
  | { type: 'agent.unspawned'; code: string; message: string }
  /** Any output at all; `messages` of it were valid. Until the next it may be silent for `allowanceMs` longer. */
  | { type: 'agent.heard'; messages: number; allowanceMs: number }
  | { type: 'agent.text'; text: string }
  | { type: 'agent.progress'; progress: string }
  | { type: 'agent.noted'; entries: TranscriptEntry[] }
  | { type: 'agent.took'; messageId: number }
  /** The tokens since the last result, by model. */
  | { type: 'agent.spent'; unbilled: UsageByModel }
  /** The service behind the agent refused; the agent may go on all the same. */
  | { type: 'agent.refused'; apiError: ApiError }
  /** A limit was hit that lasts until `resetsAt`, in milliseconds since the epoch. */
  | { type: 'agent.limited'; resetsAt: number }
  | { type: 'agent.result'; result: AgentResult }
  /** The output passed its bound; the rest of it is not read. */
  | { type: 'agent.overflowed' }
  | {
      type: 'agent.exited';
      code: number | null;
      signal: string | null;
      stderr: string;
      staleSession: boolean;
    }
  /** Standard output has ended: whoever held it is gone. */
  | { type: 'agent.drained'; stderr: string; staleSession: boolean };

export interface AgentProcessDeps {
  /** The daemon's environment; only what the allow-list names reaches the agent. */
  env: Readonly<Record<string, string | undefined>>;
  /** The agent's working directory, made if missing. Sessions belong to it: keep it the same. */
  cwd: string;
  /** Asked at each run: what it may do and spend depends on the task. */
  settings: (request: RunRequest) => AgentSettings;
  /** Changes the command line so that it runs enclosed, in a cgroup of its own. Default: as it is. */
  enclose?: (launch: Launch, request: RunRequest) => Launch;
  bounds?: StreamBounds;
}

const maxStderrBytes = 8 * 1024;

type Report = (fact: AgentFact) => void;
type Process = ReturnType<typeof startProcess>;
type ReportEvents = (events: readonly StreamEvent[]) => void;

/**
 * One run of the agent: a process in its own session, the prompt on its standard input, which closes after the result.
 * It reports and steers; whoever started it decides about time limits and ends it, and everything it started,
 * through `terminateFamily`: stopping this actor only closes the pipes.
 */
export function createAgentProcess(deps: AgentProcessDeps) {
  return fromCallback<AgentCommand, RunRequest>(({ input, sendBack, receive }) => {
    const report: Report = sendBack;
    const launch = launchOf(input, {
      env: deps.env,
      settings: deps.settings(input),
      newSessionId: randomUUID(),
    });
    const agent = startProcess(deps.enclose?.(launch, input) ?? launch, deps.cwd);
    agent.catch(() => {});
    if (agent.pid === undefined) {
      void reportUnspawned(agent, report);
      return;
    }
    const startedAt = performance.now();
    const elapsed = () => Math.round(performance.now() - startedAt);
    report({ type: 'agent.spawned', pid: agent.pid, identity: identityOf(agent.pid) });
    const kind = kindOf(input.agent);
    const write = openStdin(agent);
    write(kind.messageLine(launch.prompt));
    const stderr = keepTail(agent);
    const meter = createUsageMeter();
    const awaited = new Map<string, number>();
    readStdout(agent, kind.createReader(deps.bounds), stderr, report, (events) => {
      if (meter.note(events)) report({ type: 'agent.spent', unbilled: meter.unbilled() });
      reportEvents(events, elapsed(), awaited, report);
      if (events.some(({ kind }) => kind === 'result')) agent.stdin.end();
    });
    agent.once('exit', (code, signal) => report({ type: 'agent.exited', code, signal, ...stderr() }));
    receive((command) => {
      if (command.type === 'agent.interrupt') {
        write(kind.interruptLine(randomUUID()));
        return;
      }
      const uuid = randomUUID();
      if (command.messageId !== undefined) awaited.set(uuid, command.messageId);
      write(kind.messageLine(command.text, uuid));
      report({ type: 'agent.noted', entries: [steeredEntry(command.text, elapsed())] });
    });
    return () => closePipes(agent);
  });
}

function startProcess(launch: Launch, cwd: string) {
  mkdirSync(cwd, { recursive: true });
  return execa(launch.command, launch.args, {
    cwd,
    env: launch.env,
    extendEnv: false,
    detached: true,
    buffer: false,
    reject: false,
    encoding: 'buffer',
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  });
}

async function reportUnspawned(agent: Process, report: Report): Promise<void> {
  const failure = await agent.catch((thrown: unknown) => thrown);
  const { code, originalMessage } = failure as { code?: string; originalMessage?: string };
  report({
    type: 'agent.unspawned',
    code: code ?? 'UNKNOWN',
    message: originalMessage ?? messageOf(failure),
  });
}

function openStdin({ stdin }: Process): (line: string) => void {
  // An agent that does not read, or has gone, shows by its exit, not by EPIPE.
  stdin.on('error', () => {});
  return (line) => {
    if (stdin.writable) stdin.write(line);
  };
}

function keepTail({ stderr }: Process): () => { stderr: string; staleSession: boolean } {
  let tail: Buffer = Buffer.alloc(0);
  stderr.on('error', () => {});
  stderr.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk.subarray(-maxStderrBytes)]).subarray(-maxStderrBytes);
  });
  return () => {
    const text = tail.toString('utf8');
    return { stderr: text, staleSession: saysStaleSession(text) };
  };
}

function readStdout(
  { stdout }: Process,
  reader: StreamReader,
  stderr: ReturnType<typeof keepTail>,
  report: Report,
  reportAll: ReportEvents,
): void {
  const waits = createToolWaits();
  const hear = (events: readonly StreamEvent[]) => {
    waits.note(events);
    report({ type: 'agent.heard', messages: events.length, allowanceMs: waits.allowanceMs() });
    reportAll(events);
  };
  stdout.on('error', () => {});
  stdout.on('data', (chunk: Buffer) => {
    hear(reader.push(chunk));
    if (!reader.overflowed) return;
    report({ type: 'agent.overflowed' });
    stdout.destroy();
  });
  stdout.once('close', () => {
    const rest = reader.end();
    if (rest.length > 0) hear(rest);
    report({ type: 'agent.drained', ...stderr() });
  });
}

/** One chunk may hold hundreds of token deltas: they cross to the machine as one text. */
function reportEvents(
  events: readonly StreamEvent[],
  at: number,
  awaited: ReadonlyMap<string, number>,
  report: Report,
): void {
  const text = events.map((event) => (event.kind === 'text' ? event.text : '')).join('');
  if (text !== '') report({ type: 'agent.text', text });
  const progress = events.map(progressOf).findLast((known) => known !== undefined);
  if (progress !== undefined) report({ type: 'agent.progress', progress });
  const entries = entriesOf(events, at);
  if (entries.length > 0) report({ type: 'agent.noted', entries });
  for (const event of events) {
    const messageId = event.kind === 'took' ? awaited.get(event.uuid) : undefined;
    if (messageId !== undefined) report({ type: 'agent.took', messageId });
    reportEnd(event, report);
  }
}

function reportEnd(event: StreamEvent, report: Report): void {
  if (event.kind === 'api-error') report({ type: 'agent.refused', apiError: event.error });
  if (event.kind === 'rate-limit' && event.status === 'rejected' && event.resetsAt !== undefined) {
    report({ type: 'agent.limited', resetsAt: event.resetsAt });
  }
  if (event.kind === 'result') report({ type: 'agent.result', result: event.result });
}

function closePipes({ stdin, stdout, stderr }: Process): void {
  stdin.destroy();
  stdout.destroy();
  stderr.destroy();
}
