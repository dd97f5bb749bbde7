import type { Failure, FailureKind, Outcome } from './outcome.ts';
import type { Verdict } from './retry.ts';

/** A task of which the owner is told what to do. */
export interface FailedAttempt {
  taskId: number;
  /** Counts from 1. */
  attempt: number;
  verdict: Verdict;
  /** How the agent that was asked is logged in, as a clause. Default: as `claude` is. */
  login?: string | undefined;
}

/** The outcome with the next step in its reason: what happens by itself, or what the owner can do. A success stays as it is. */
export function withNextStep(outcome: Failure, attempt: FailedAttempt): Failure;
export function withNextStep(outcome: Outcome, attempt: FailedAttempt): Outcome;
export function withNextStep(outcome: Outcome, attempt: FailedAttempt): Outcome {
  if (outcome.kind === 'succeeded') return outcome;
  const step = nextStep(outcome.kind, attempt);
  return { ...outcome, reason: step === '' ? outcome.reason : `${sentence(outcome.reason)} ${step}` };
}

function nextStep(kind: FailureKind, { taskId, attempt, verdict, login }: FailedAttempt): string {
  const retry = `\`ninjad task ${taskId} --retry\``;
  if (kind === 'cancelled') return '';
  if (verdict.state === 'queued')
    return kind === 'shutdown' || kind === 'asked-again' ? '' : triedAgain(verdict.delayMs);
  const step =
    kind === 'not-logged-in' && login !== undefined
      ? `${login[0]?.toUpperCase()}${login.slice(1)}`
      : steps[kind];
  const again = step === '' ? `To try again: ${retry}.` : `${step}, then ${retry}.`;
  return verdict.state === 'dead'
    ? `It was tried ${attempt === 1 ? 'once' : `${attempt} times`}. ${again}`
    : again;
}

const steps: Readonly<Record<FailureKind, string>> = {
  'not-found':
    'Install it or correct `agent.path` (`agent.paths` of CLIs other than claude); `ninjad doctor` says where it was looked for',
  'not-executable': 'Make it executable or correct `agent.path` (`agent.paths`)',
  unfit:
    'Give it to another agent (`agent` of the rule or the goal, or `agent.default`), or change what it is held to',
  crashed: 'See what it did by `--transcript`, and whether `ninjad doctor` finds something',
  'no-result': 'See what it did by `--transcript`, and whether the agent works in a terminal',
  protocol:
    'See whether `agent.path` is a claude that knows stream-json; another program belongs into `agent.command`',
  'stale-session': '',
  'not-logged-in': 'Run `claude` in a terminal as the user of the daemon, log in with /login',
  'out-of-credit': 'Add credit or log in with another account',
  'rate-limited': 'Wait until the limit has reset',
  overloaded: 'Wait a while',
  'invalid-request':
    'The same request would be refused again: say it shorter or otherwise, or change the model',
  'permission-denied': 'Allow the tool for this category in `permissions.byCategory`',
  'max-turns': 'Raise `task.maxTurns` or split the request',
  'over-budget': 'Raise the spending cap',
  'agent-error': '',
  'timed-out': 'Split the request, or give its category more time in `task.timeoutMsByCategory`',
  'no-output': 'See by `--transcript` where it hung, and raise `task.noOutputMs` if it only needs longer',
  'output-limit': 'Ask for less output',
  'out-of-memory': 'Split the request, or raise `tasks.maxMemory`',
  cancelled: '',
  'asked-again': '',
  shutdown: '',
};

function triedAgain(delayMs: number): string {
  const seconds = Math.max(1, Math.round(delayMs / 1_000));
  if (seconds < 120) return `It is tried again in ${seconds} s.`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120
    ? `It is tried again in ${minutes} minutes.`
    : `It is tried again in ${Math.round(minutes / 60)} hours.`;
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
