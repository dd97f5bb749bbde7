import { randomUUID } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { type EventObject, fromCallback } from 'xstate';
import type { StandbyFact, StandbyPlan } from '../../machines/standby/protocol.ts';
import { identityOf } from '../../src/lib/process/identity.ts';
import { initializeLine } from '../../src/tasks/agents/claude/arguments.ts';
import type { Launch } from '../../src/tasks/run/launch.ts';
import type { StandbyDesk } from '../../src/tasks/standby/desk.ts';
import type { LaunchShape } from '../../src/tasks/standby/shape.ts';
import type { ClaimedTask } from '../../src/tasks/rows/claim.ts';
import { type AgentChild, closePipes, startAgentChild } from '../tasks/agent-child.ts';

/** What is started, and what comes with it. */
export interface PreparedStandby {
  launch: Pick<Launch, 'command' | 'args' | 'env'>;
  cwd: string;
  shape: LaunchShape;
  /** Lets its MCP server act for a task. */
  bind: (task: ClaimedTask) => void;
  /** Called when nothing of it is left. */
  forget: () => void;
}

export interface StandbyProcessDeps {
  desk: StandbyDesk<AgentChild>;
  prepare: (plan: StandbyPlan) => PreparedStandby;
}

/** The answer to `initialize` lists all that the CLI can do: some tens of thousand characters. */
const maxAnswerChars = 4 * 1024 * 1024;
const maxStderrChars = 2_000;

/**
 * An agent that is started before its task is known. It is offered to tasks once it has answered `initialize`. Stopping the
 * actor takes it back, and closes its pipes unless a task has claimed it.
 */
export function createStandbyProcess({ desk, prepare }: StandbyProcessDeps) {
  return fromCallback<EventObject, StandbyPlan>(({ input, sendBack }) => {
    const tell = (fact: StandbyFact): void => sendBack(fact);
    const { mark } = input;
    const { launch, cwd, shape, bind, forget } = prepare(input);
    const startedAt = performance.now();
    const child = startAgentChild(launch, cwd);
    const listeners = new AbortController();
    if (child.pid === undefined) {
      tell({ type: 'standby.exited', reason: 'it could not be started' });
      return forget;
    }
    const identity = identityOf(child.pid);
    tell({ type: 'standby.spawned', identity });
    const said = hearStderr(child, listeners.signal);
    child.once('exit', (code, signal) => {
      if (listeners.signal.aborted) return;
      desk.withdraw(mark);
      tell({ type: 'standby.exited', reason: `it ended (${signal ?? code ?? 'no code'}) ${said()}`.trim() });
    });
    const id = randomUUID();
    hearAnswer(child, { id, signal: listeners.signal }, (isReady) => {
      if (!isReady) {
        tell({ type: 'standby.exited', reason: 'it does not know how to say that it is ready' });
        return;
      }
      const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
      desk.offer({ mark, agent: child, identity, shape, startedAt, isAlive, bind, forget });
      tell({ type: 'standby.ready' });
    });
    child.stdin.write(initializeLine(id));
    return () => {
      listeners.abort();
      if (!desk.withdraw(mark)) return;
      closePipes(child);
      forget();
    };
  });
}

/** Reads standard output until the answer is there; what else comes before a task claims the agent is nobody's. */
function hearAnswer(
  { stdout }: AgentChild,
  { id, signal }: { id: string; signal: AbortSignal },
  onAnswer: (isReady: boolean) => void,
): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let isAnswered = false;
  const hear = (chunk: Buffer): void => {
    if (isAnswered) return;
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = (lines.pop() ?? '').slice(0, maxAnswerChars);
    const answer = lines.map((line) => answerIn(line, id)).find((known) => known !== undefined);
    if (answer === undefined) return;
    isAnswered = true;
    rest = '';
    onAnswer(answer);
  };
  stdout.on('data', hear);
  signal.addEventListener('abort', () => stdout.off('data', hear), { once: true });
}

/** Whether a line says that the request with this id has succeeded; undefined where it is about something else. */
function answerIn(line: string, id: string): boolean | undefined {
  if (!line.includes('control_response') || !line.includes(id)) return undefined;
  try {
    const { type, response } = JSON.parse(line) as {
      type?: unknown;
      response?: { subtype?: unknown; request_id?: unknown };
    };
    if (type !== 'control_response' || response?.request_id !== id) return undefined;
    return response.subtype === 'success';
  } catch {
    return undefined;
  }
}

/** Keeps the pipe empty, and the last words for the log. */
function hearStderr({ stderr }: AgentChild, signal: AbortSignal): () => string {
  let said = '';
  const hear = (chunk: Buffer): void => void (said = (said + chunk.toString('utf8')).slice(-maxStderrChars));
  stderr.on('data', hear);
  signal.addEventListener('abort', () => stderr.off('data', hear), { once: true });
  return () => said.trim();
}
