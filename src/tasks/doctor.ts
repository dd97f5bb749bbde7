import type { Checks } from '../lib/doctor/subject.ts';
import { checkAgent, checkLogin, checkTraps } from './doctor/check-agent.ts';
import { checkContainment } from './doctor/check-containment.ts';
import { checkDeadLetters } from './doctor/check-dead-letters.ts';

type AgentNeeds = Parameters<typeof checkAgent>[0] &
  Parameters<typeof checkLogin>[0] &
  Parameters<typeof checkContainment>[0];

/** Checks of the agent and of the processes of tasks. */
export const agentChecks: Checks<AgentNeeds> = {
  agent: checkAgent,
  login: checkLogin,
  environment: checkTraps,
  processes: checkContainment,
};

/** Checks of the tasks themselves. */
export const taskChecks: Checks<Parameters<typeof checkDeadLetters>[0]> = {
  'given up': checkDeadLetters,
};
