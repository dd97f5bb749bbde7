import { describe, expect, it } from 'vitest';
import { dismissSteps, findStepsSeen, showSteps } from '../../../src/faces/first-steps/rows.ts';
import { stepsOf, type StepSources } from '../../../src/faces/first-steps/steps.ts';
import { someStatus } from '../../helpers/fake-control.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('first_steps', 'goals', 'events', 'tasks');
const nothing: StepSources = {
  seen: { dismissed: false, answered: false, lastOutcome: null, hasGoal: false },
  status: {
    agent: { kind: 'offline', path: null, version: null },
    spend: { ...someStatus.spend, capUsd: null },
  },
  isPaired: false,
  isReachable: false,
  env: {},
};
const claude = { ...nothing.status, agent: { kind: 'claude', path: '/c', version: '2' } };

/** The states of all steps in a word. */
function states(sources: Partial<StepSources>): string {
  return stepsOf({ ...nothing, ...sources })
    .steps.map(({ step, state }) => `${step}:${state}`)
    .join(' ');
}

describe('the first steps', () => {
  it('are all open on a new home', () => {
    expect(stepsOf(nothing).shown).toBe(true);
    expect(states({})).toBe('agent:open login:open cap:open service:open phone:open goal:open');
  });

  it.each<[string, Partial<StepSources>, string]>([
    ['an agent', { status: claude }, 'agent:done'],
    [
      'a path that cannot be run',
      { status: { ...claude, agent: { ...claude.agent, kind: 'misconfigured' } } },
      'agent:failed',
    ],
    ['a cap', { status: { ...claude, spend: { ...claude.spend, capUsd: 5 } } }, 'cap:done'],
    [
      'a cap of the month',
      { status: { ...claude, spend: { ...claude.spend, monthlyCapUsd: 50 } } },
      'cap:done',
    ],
    ['an answer', { seen: { ...nothing.seen, answered: true } }, 'login:done'],
    ['a CLI without a login', { seen: { ...nothing.seen, lastOutcome: 'not-logged-in' } }, 'login:failed'],
    ['systemd', { env: { INVOCATION_ID: 'x' } }, 'service:done'],
    ['Discord', { isPaired: true }, 'phone:done'],
    ['a name on the net', { isReachable: true }, 'phone:done'],
    ['a goal', { seen: { ...nothing.seen, hasGoal: true } }, 'goal:done'],
  ])('are done by what is there: %s', (_, sources, expected) => {
    expect(states(sources).split(' ')).toContain(expected);
  });

  it('are gone when all are done, and when they were put away', () => {
    const all = {
      seen: { dismissed: false, answered: true, lastOutcome: 'succeeded', hasGoal: true },
      status: { ...claude, spend: { ...claude.spend, capUsd: 5 } },
      isPaired: true,
      env: { INVOCATION_ID: 'x' },
    };
    expect(stepsOf({ ...nothing, ...all }).shown).toBe(false);
    expect(stepsOf({ ...nothing, seen: { ...nothing.seen, dismissed: true } }).shown).toBe(false);
  });

  it('are put away once, and taken out again', async () => {
    expect(await findStepsSeen(store)).toEqual(nothing.seen);
    await store.transaction((tx) => dismissSteps(tx, new Date()));
    await store.transaction((tx) => dismissSteps(tx, new Date()));
    expect((await findStepsSeen(store)).dismissed).toBe(true);
    await store.transaction(showSteps);
    expect((await findStepsSeen(store)).dismissed).toBe(false);
  });
});
