import { randomUUID } from 'node:crypto';
import { fromCallback } from 'xstate';
import type { AgentCommand, LastWords } from '../../machines/agent-run/protocol.ts';
import type { AgentSettings } from '../../src/tasks/run/agent-settings.ts';
import type { AgentInput, AgentKind } from '../../src/tasks/agents/agent-kind.ts';
import { answererOf, kindOf } from '../../src/tasks/agents/kinds.ts';
import { type Launch, launchOf, promptOf, type RunRequest, whyNotStart } from '../../src/tasks/run/launch.ts';
import { unfitCode } from '../../src/tasks/run/outcome.ts';
import type { StreamEvent } from '../../src/tasks/run/stream-event.ts';
import type { StreamBounds, StreamReader } from '../../src/tasks/run/stream-reader.ts';
import { createToolWaits, type ToolWaits } from '../../src/tasks/run/tool-waits.ts';
import { createWitness, type Witness } from '../../src/tasks/run/witness.ts';
import { aboutRecall, steeredEntry } from '../../src/tasks/run/transcript.ts';
import { createUsageMeter } from '../../src/tasks/run/usage-meter.ts';
import { guessingUse } from '../../src/tasks/run/guess-use.ts';
import { estimateOf, type Prices } from '../../src/spend/rows/estimate-cost.ts';
import { messageOf } from '../../src/lib/errors.ts';
import { identityOf, type ProcessIdentity } from '../../src/lib/process/identity.ts';
import { type AgentChild, closePipes, startAgentChild } from './agent-child.ts';
import { type Report, reportEvents } from './report-events.ts';

/** An agent that was started ahead, and that this run has claimed. */
export interface TakenAgent {
  child: AgentChild;
  identity: ProcessIdentity | undefined;
  /** Said to it before the prompt. */
  preface: string;
  /** Resolves when the claim stands in the task's row; until then it is told nothing, and where it rejects nothing at all. */
  bound: Promise<void>;
}

export interface AgentProcessDeps {
  /** The daemon's environment; only what the allow-list names reaches the agent. */
  env: Readonly<Record<string, string | undefined>>;
  /** Names of further variables that reach the agent; asked at each run. Default: none. */
  environment?: () => readonly string[];
  /** The agent's working directory, made if missing. Sessions belong to it: keep it the same. */
  cwd: string;
  /** A folder of the run's own for files that the agent reads, which need not be there. */
  folder: (request: RunRequest) => string;
  /** Asked at each run: what it may do and spend depends on the task. */
  settings: (request: RunRequest) => AgentSettings;
  /** Changes the command line so that it runs enclosed, in a cgroup of its own. Default: as it is. */
  enclose?: (launch: Launch, request: RunRequest) => Launch;
  /** Takes over an agent that was started ahead. Default: there is none. */
  takeAhead?: (request: RunRequest) => TakenAgent | undefined;
  /** What models cost, by which a run is ended at its budget whose CLI does not do so itself. Default: nothing is known. */
  prices?: () => Prices;
  bounds?: StreamBounds;
  /** Told of everything that the agent says, before anybody acts upon it. */
  onEvents?: (request: RunRequest, events: readonly StreamEvent[]) => void;
}

const maxStderrBytes = 8 * 1024;
const maxNoteChars = 1_000;

type ReportEvents = (events: readonly StreamEvent[]) => void;

/**
 * One run of the agent: a process in its own session, the prompt on its standard input, which closes after the result.
 * It reports and steers; whoever started it decides about time limits and ends it, and everything it started,
 * through `terminateFamily`: stopping this actor only closes the pipes.
 */
export function createAgentProcess(deps: AgentProcessDeps) {
  return fromCallback<AgentCommand, RunRequest>(({ input, sendBack, receive }) => {
    const report: Report = sendBack;
    const kind = kindOf(input.agent);
    const taken = deps.takeAhead?.(input);
    const started: Started =
      taken === undefined
        ? startCold(deps, input)
        : { agent: taken.child, prompt: promptOf(input, new Date()) };
    if ('unfit' in started) {
      const { unfit: message } = started;
      queueMicrotask(() => report({ type: 'agent.unspawned', code: unfitCode, message }));
      return;
    }
    const { agent, prompt, model, maxBudgetUsd } = started;
    if (agent.pid === undefined) {
      void reportUnspawned(agent, report);
      return;
    }
    const startedAt = performance.now();
    const elapsed = () => Math.round(performance.now() - startedAt);
    const identity = taken === undefined ? identityOf(agent.pid) : taken.identity;
    report({ type: 'agent.spawned', pid: agent.pid, identity, ...(taken && { ahead: true }) });
    const stdin = openStdin(agent, taken?.bound);
    const talk = kind.talk({
      input: stdin,
      resume: input.task.forkOf == null ? input.resume : null,
      model,
      bounds: deps.bounds,
    });
    if (taken !== undefined) stdin.write(taken.preface);
    talk.begin(prompt);
    const about = aboutRecall(input);
    if (about !== undefined)
      report({ type: 'agent.noted', entries: [{ at: 0, kind: 'noted', text: about }] });
    const lastWords = keepTail(agent, kind);
    const meter = createUsageMeter();
    const awaited = new Map<string, number>();
    const unread = new Set<string>();
    const witness = createWitness();
    const told = kind.rules.tellsUse ? talk.reader : guessingUse(talk.reader, prompt);
    const reader = witnessed(told, witness);
    const isOverspent = (): boolean =>
      maxBudgetUsd !== undefined && estimateOf(meter.unbilled(), deps.prices?.() ?? {}) > maxBudgetUsd;
    const waits = createToolWaits(witness, kind.shellMs);
    readStdout(agent, { reader, waits }, lastWords, report, (events) => {
      deps.onEvents?.(input, events);
      const wasWaiting = events.some(({ kind }) => kind === 'background') && witness.isWaiting;
      if (meter.note(events)) {
        report({ type: 'agent.spent', unbilled: meter.unbilled() });
        if (isOverspent()) report({ type: 'agent.overspent' });
      }
      for (const event of events) if (event.kind === 'took') unread.delete(event.uuid);
      const isAnswered = events.some((event) => event.kind === 'result' && !event.result.isError);
      const signature = isAnswered && !witness.isWaiting ? answererOf(input.agent) : '';
      reportEvents(events, { at: elapsed(), awaited, isAllRead: unread.size === 0, signature }, report);
      if (events.some(({ kind }) => kind === 'result') && !witness.isWaiting) agent.stdin.end();
      if (wasWaiting && witness.openTasks === 0) report({ type: 'agent.caughtUp' });
    });
    agent.once('exit', (code, signal) => report({ type: 'agent.exited', code, signal, ...lastWords(code) }));
    receive((command) => {
      if (command.type === 'agent.finish') {
        agent.stdin.end();
        return;
      }
      if (command.type === 'agent.interrupt') {
        talk.interrupt?.();
        return;
      }
      if (talk.say === undefined) {
        const text = `${kind.title} takes no further words in a running turn: "${command.text}" was not heard`;
        report({
          type: 'agent.noted',
          entries: [{ at: elapsed(), kind: 'noted', text: text.slice(0, maxNoteChars) }],
        });
        return;
      }
      const uuid = randomUUID();
      if (command.messageId !== undefined) awaited.set(uuid, command.messageId);
      unread.add(uuid);
      talk.say(command.text, uuid);
      report({ type: 'agent.noted', entries: [steeredEntry(command.text, elapsed())] });
    });
    return () => closePipes(agent);
  });
}

/** An agent at work, or why it was not started. */
type Started =
  | {
      agent: AgentChild;
      prompt: string;
      model?: string | undefined;
      /** The most that it may cost, in US dollars, where its CLI does not see to that. */
      maxBudgetUsd?: number | undefined;
    }
  | { unfit: string };

function startCold(deps: AgentProcessDeps, input: RunRequest): Started {
  const settings = deps.settings(input);
  const launch = launchOf(input, {
    env: deps.env,
    settings,
    cwd: deps.cwd,
    folder: deps.folder(input),
    environment: deps.environment?.() ?? [],
    newSessionId: randomUUID(),
    now: new Date(),
  });
  const unfit = whyNotStart(input, settings, launch.prompt);
  if (unfit !== undefined) return { unfit };
  const enclosed = deps.enclose?.(launch, input) ?? launch;
  const agent = startAgentChild(enclosed, deps.cwd);
  const { model, maxBudgetUsd } = settings;
  const isOurs = maxBudgetUsd !== undefined && !input.agent.rules.keepsBudget;
  return { agent, prompt: launch.prompt, model, ...(isOurs && { maxBudgetUsd }) };
}

async function reportUnspawned(agent: AgentChild, report: Report): Promise<void> {
  const failure = await agent.catch((thrown: unknown) => thrown);
  const { code, originalMessage } = failure as { code?: string; originalMessage?: string };
  report({
    type: 'agent.unspawned',
    code: code ?? 'UNKNOWN',
    message: originalMessage ?? messageOf(failure),
  });
}

/** The same reader with a witness of all that it reads. */
function witnessed(reader: StreamReader, witness: Witness): StreamReader {
  return {
    push: (chunk) => witness.note(reader.push(chunk)),
    end: () => witness.note(reader.end()),
    get overflowed() {
      return reader.overflowed;
    },
  };
}

/** What is written before `opened` resolves waits for it; where that rejects, the agent hears nothing but the end. */
function openStdin({ stdin }: AgentChild, opened?: Promise<void>): AgentInput {
  let held: string[] | undefined = opened === undefined ? undefined : [];
  const write = (line: string): void => {
    if (held !== undefined) held.push(line);
    else if (stdin.writable) stdin.write(line);
  };
  opened?.then(
    () => {
      const lines = held ?? [];
      held = undefined;
      lines.forEach(write);
    },
    () => stdin.end(),
  );
  return { write, end: () => stdin.end() };
}

function keepTail(
  { stderr }: AgentChild,
  kind: Pick<AgentKind, 'lastWords'>,
): (exitCode?: number | null) => LastWords {
  let tail: Buffer = Buffer.alloc(0);
  stderr.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk.subarray(-maxStderrBytes)]).subarray(-maxStderrBytes);
  });
  return (exitCode) => {
    const text = tail.toString('utf8');
    return { stderr: text, ...kind.lastWords(text, exitCode) };
  };
}

function readStdout(
  { stdout }: AgentChild,
  { reader, waits }: { reader: StreamReader; waits: ToolWaits },
  lastWords: ReturnType<typeof keepTail>,
  report: Report,
  reportAll: ReportEvents,
): void {
  const hear = (events: readonly StreamEvent[]) => {
    waits.note(events);
    // An agent without a network says so again and again: that is no sign that its model is at work.
    if (events.length === 0 || !events.every(isOffline))
      report({ type: 'agent.heard', messages: events.length, allowanceMs: waits.allowanceMs() });
    reportAll(events);
  };
  stdout.on('data', (chunk: Buffer) => {
    hear(reader.push(chunk));
    if (!reader.overflowed) return;
    report({ type: 'agent.overflowed' });
    stdout.destroy();
  });
  stdout.once('close', () => {
    const rest = reader.end();
    if (rest.length > 0) hear(rest);
    report({ type: 'agent.drained', ...lastWords() });
  });
}

function isOffline(event: StreamEvent): boolean {
  return event.kind === 'retry' && event.isOffline === true;
}
