import { type CheckResult, ok, warn } from '../lib/doctor/check-result.ts';
import type { Checks, Subject } from '../lib/doctor/subject.ts';
import { fixedPath } from '../lib/process/fixed-path.ts';
import type { GoalReport } from './examine.ts';

interface GoalSubject extends Subject {
  client: { ask(name: 'goals.doctor', input: Record<string, never>): Promise<GoalReport> };
}

/** Checks of goals. */
export const goalChecks: Checks<GoalSubject> = { goals: checkGoals };

/** Whether every goal is due and does what it is for; says where commands are looked for. */
export async function checkGoals({ daemon, client }: GoalSubject): Promise<CheckResult> {
  const path = `commands are looked for in ${fixedPath}`;
  if (daemon.state !== 'running') return ok(path);
  const { goals, problems } = await client.ask('goals.doctor', {});
  const [first] = problems;
  if (first === undefined) return ok(`${goals} goals; ${path}`);
  return warn(
    `${problems.length} problems with ${goals} goals; the first: ${first.name}: ${first.problem}`,
    'goals that are due and done',
    'ninjad goals doctor',
  );
}
