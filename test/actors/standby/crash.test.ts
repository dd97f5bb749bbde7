import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { type AnyActorRef, fromCallback, fromPromise } from 'xstate';
import { createEndStandby } from '../../../actors/standby/end-standby.ts';
import { createStandbyProcess } from '../../../actors/standby/standby-process.ts';
import type { AgentChild } from '../../../actors/tasks/agent-child.ts';
import { standbyMachine } from '../../../machines/standby/machine.ts';
import type { LookResult, Planned, PlanRequest } from '../../../machines/standby/protocol.ts';
import { findMarked } from '../../../src/lib/process/find-marked.ts';
import { taskMarker, taskMarkerName, workerPrefix } from '../../../src/lib/process/marker.ts';
import { userLine } from '../../../src/tasks/agents/claude/arguments.ts';
import { createStandbyDesk } from '../../../src/tasks/standby/desk.ts';
import type { LaunchShape } from '../../../src/tasks/standby/shape.ts';
import { fakeAgent, fakeTask } from '../../helpers/agent-fixtures.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { supervise, worker as child } from '../../machines/supervisor/harness.ts';

leakGuard();

const none = { memories: [], degraded: null, withoutMemories: null, resume: null };
const shape: LaunchShape = {
  agent: 'fake',
  folder: '/',
  session: 'new',
  arguments: [],
  environment: {},
  login: 'none',
  settings: 'none',
};

/** The machine under a supervisor, with a real agent, desk and end, that crashes at a word. */
function start() {
  const worker = randomUUID();
  const desk = createStandbyDesk<AgentChild>({ worker, whyNotStay: () => undefined });
  const forgotten: number[] = [];
  let mayCrash = false;
  const agent = fakeAgent('ahead.sh');
  const machine = standbyMachine.provide({
    actors: {
      listen: fromCallback(({ sendBack }) =>
        desk.onNews(({ type, mark: { attempt } }) => sendBack({ type: `standby.${type}`, attempt })),
      ),
      plan: fromPromise<Planned, PlanRequest>(() => {
        const request = { task: fakeTask({ worker }), agent, ...none };
        return Promise.resolve({ plan: { mark: desk.newMark(), request } });
      }),
      process: createStandbyProcess({
        desk,
        prepare({ mark }) {
          const { name, value } = taskMarker(mark);
          const env = { PATH: process.env['PATH'] ?? '', [name]: value };
          return {
            launch: { command: 'path' in agent ? agent.path : '', args: [], env },
            ...{ cwd: '/tmp', shape, bind: () => undefined, forget: () => void forgotten.push(mark.attempt) },
          };
        },
      }),
      look: fromPromise<LookResult>(() => Promise.resolve(undefined)),
      end: createEndStandby({ desk, cgroupsOf: () => [], graceMs: () => 200, onLeft: () => undefined }),
    },
    actions: {
      reportFailure: () => undefined,
      reportUnready: () => undefined,
      giveUp: (_, reason) => desk.giveUp(reason),
      keepAnswered() {
        if (mayCrash) throw new Error('a bug');
      },
    },
  });
  const { actor, clock, news } = supervise([child('standby', { logic: machine })]);
  actor.start();
  const ref = () => actor.system.get('standby') as AnyActorRef | undefined;
  const untilIn = (state: unknown) =>
    vi.waitFor(() => expect((ref()?.getSnapshot() as { value: unknown }).value).toEqual(state), 10_000);
  return {
    ...{ actor, desk, forgotten, news },
    living: async () => (await findMarked(taskMarkerName, workerPrefix(worker))).map(({ value }) => value),
    untilResting: () => untilIn('resting'),
    /** Lets the machine plan and start one, and waits until it may be claimed. */
    stand: async () => {
      await untilIn('resting');
      clock.increment(5_000);
      await untilIn({ up: { standing: 'still' } });
    },
    crash: () => {
      mayCrash = true;
      ref()?.send({ type: 'standby.wake', answered: { taskId: 1, conversation: null } });
      mayCrash = false;
      // The supervisor waits before it starts the next one.
      clock.increment(1_000);
    },
    stop: async () => {
      actor.send({ type: 'supervisor.stop' });
      await vi.waitFor(() => expect(actor.getSnapshot().status).toBe('done'), 10_000);
    },
  };
}

it('a crash of its machine leaves no agent behind, and nobody is handed one that is being ended', async () => {
  const { desk, forgotten, living, news, stand, crash, stop } = start();
  await stand();
  const [first] = await living();
  expect(first).toMatch(/:1$/);
  crash();
  expect(news()).toEqual(expect.arrayContaining(['failed standby: a bug', 'start standby']));
  expect(desk.claim(fakeTask(), () => shape)).toBeUndefined();
  await vi.waitFor(async () => expect(await living()).toEqual([]), 10_000);
  expect(forgotten).toEqual([1]);
  await stand();
  expect((await living()).map((mark) => mark.split(':').at(-1))).toEqual(['2']);
  await stop();
  expect(await living()).toEqual([]);
});

it('a crash of its machine takes nothing from the task that has claimed its agent', async () => {
  const { desk, forgotten, living, stand, crash, stop, untilResting } = start();
  await stand();
  const task = fakeTask({ id: 12 });
  const taken = desk.claim(task, () => shape);
  if (taken === undefined) throw new Error('it was not handed over');
  crash();
  expect(desk.claim(fakeTask({ id: 13 }), () => shape)).toBeUndefined();
  await untilResting();
  expect(await living()).toEqual([taskMarker(taken.mark).value]);
  let said = '';
  taken.agent.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  taken.agent.stdin.write(userLine('who are you?'));
  await vi.waitFor(() => expect(said).toContain(`"result":"${taskMarker(taken.mark).value}"`), 10_000);
  await stand();
  const other = desk.claim(fakeTask({ id: 13 }), () => shape);
  expect(other?.mark.attempt).toBe(2);
  expect(forgotten).toEqual([]);
  desk.release(task);
  expect(forgotten).toEqual([1]);
  await stop();
  // What tasks have claimed is theirs to end.
  expect(await living()).toHaveLength(2);
  for (const agent of [taken.agent, other?.agent]) {
    if (agent === undefined) continue;
    const gone = once(agent, 'exit');
    agent.stdin.end();
    await gone;
  }
});
