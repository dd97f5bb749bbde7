import { agentNamed } from '../../lib/wire/agent-names.ts';
import type { Status } from '../status/status.ts';
import type { StepsSeen } from './rows.ts';

/** What makes a new daemon one to live with, in the order in which it is best done. */
export const firstSteps = ['agent', 'login', 'cap', 'service', 'phone', 'goal'] as const;
export type FirstStep = (typeof firstSteps)[number];

/** How far a step is: `failed` where it was tried and something is wrong. */
export type StepState = 'done' | 'open' | 'failed';

export interface FirstSteps {
  /** True while there is something to show: not all are done, and the owner has not put them away. */
  shown: boolean;
  steps: { step: FirstStep; state: StepState }[];
}

export interface StepSources {
  seen: StepsSeen;
  status: Pick<Status, 'agent' | 'spend'>;
  /** Somebody is paired on Discord. */
  isPaired: boolean;
  /** The dashboard can be reached from another machine. */
  isReachable: boolean;
  env: Readonly<Record<string, string | undefined>>;
}

/** Which steps are done, by what is there now: nothing is remembered but that the owner has put them away. */
export function stepsOf({ seen, status, isPaired, isReachable, env }: StepSources): FirstSteps {
  const { agent, spend } = status;
  const states: Record<FirstStep, StepState> = {
    agent: agentState(agent.kind),
    login: loginState(seen, agent.kind),
    cap: doneIf(spend.capUsd !== null || spend.monthlyCapUsd !== null),
    service: doneIf(isKept(env)),
    phone: doneIf(isPaired || isReachable),
    goal: doneIf(seen.hasGoal),
  };
  const steps = firstSteps.map((step) => ({ step, state: states[step] }));
  return { shown: !seen.dismissed && steps.some(({ state }) => state !== 'done'), steps };
}

function agentState(kind: string): StepState {
  if (kind === 'misconfigured') return 'failed';
  return doneIf(agentNamed(kind) !== undefined);
}

/** It shows only by a task whether the agent is logged in. */
function loginState({ answered, lastOutcome }: StepsSeen, kind: string): StepState {
  if (lastOutcome === 'not-logged-in') return 'failed';
  return doneIf(answered || (kind === 'command' && lastOutcome === 'succeeded'));
}

/** True under a manager that starts it again: systemd names the unit's run, launchd the service. */
function isKept({ INVOCATION_ID: run, XPC_SERVICE_NAME: service = '0' }: StepSources['env']): boolean {
  return run !== undefined || service !== '0';
}

function doneIf(holds: boolean): StepState {
  return holds ? 'done' : 'open';
}
