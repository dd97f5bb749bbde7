import { describe, expect, it } from 'vitest';
import { createActor, fromCallback, fromPromise, SimulatedClock } from 'xstate';
import { inferenceMachine } from '../../../machines/inference/machine.ts';
import type {
  InferenceProcessCommand,
  InferenceProcessFact,
  InferenceTimings,
  ModelSurvey,
} from '../../../machines/inference/protocol.ts';
import type { ChildCommand } from '../../../machines/supervisor/protocol.ts';
import type { ModelPlan } from '../../../src/lib/inference/survey-models.ts';

const timings: InferenceTimings = {
  startDeadlineMs: 1_000,
  stallDeadlineMs: 2_000,
  pingIntervalMs: 5_000,
  backoffMinMs: 100,
  backoffMaxMs: 800,
  lookAgainMinMs: 10_000,
  lookAgainMaxMs: 40_000,
  recoveredMs: 60_000,
  stopDeadlineMs: 300,
};

function plan(role: ModelPlan['role']): ModelPlan {
  return { role, model: `org/${role}`, precision: 'q8', from: { kind: 'folder', folder: `/models/${role}` } };
}

const all: ModelSurvey = { plans: [plan('embedder'), plan('reranker')], isIncomplete: false };
const nothing: ModelSurvey = { plans: [], isIncomplete: true };

/** Lets promise actors that are already settled report. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** The machine with a process that only notes its commands; the test says what the process does. */
async function startInference(...surveys: ModelSurvey[]) {
  const clock = new SimulatedClock();
  const commands: string[] = [];
  let looks = 0;
  let tell: (event: InferenceProcessFact | ChildCommand) => void = () => undefined;
  const logic = inferenceMachine.provide({
    actors: {
      survey: fromPromise(() => {
        const found = surveys[Math.min(looks, surveys.length - 1)] ?? nothing;
        looks += 1;
        return Promise.resolve(found);
      }),
      runProcess: fromCallback<InferenceProcessCommand>(({ receive, sendBack }) => {
        tell = sendBack;
        receive((command) => {
          const plans =
            command.type === 'process.load' ? ` ${command.plans.map(({ role }) => role).join()}` : '';
          const why = command.type === 'process.kill' ? `: ${command.reason}` : '';
          commands.push(command.type.replace('process.', '') + plans + why);
        });
      }),
    },
  });
  const actor = createActor(logic, {
    clock,
    input: { deadlineMs: 500, timings, random: () => 0, now: () => clock.now() },
  });
  actor.start();
  await settle();
  return {
    actor,
    commands,
    says: (...events: (InferenceProcessFact | ChildCommand)[]) => events.forEach((event) => tell(event)),
    value: () => actor.getSnapshot().value,
    context: () => actor.getSnapshot().context,
    looks: () => looks,
    async wait(ms: number) {
      clock.increment(ms);
      await settle();
    },
  };
}

const ready: InferenceProcessFact = { type: 'model.settled', isReady: true };
const refused: InferenceProcessFact = { type: 'model.settled', isReady: false };
const exited: InferenceProcessFact = { type: 'process.exited', reason: 'killed' };
const idle = { up: { batches: 'free', models: 'complete' } };

async function startReady() {
  const inference = await startInference(all);
  inference.says({ type: 'process.up' }, ready, ready);
  expect(inference.value()).toEqual(idle);
  return inference;
}

describe('the machine of the models', () => {
  it('looks for models, starts the process, loads them one after the other, and is complete', async () => {
    const inference = await startInference(all);
    expect(inference.value()).toBe('starting');
    inference.says({ type: 'process.up' });
    expect(inference.value()).toEqual({ up: { batches: 'free', models: { loading: 'going' } } });
    inference.says(ready);
    expect(inference.context()).toMatchObject({ pending: 1, ready: 1 });
    inference.says(ready);
    expect(inference.value()).toEqual(idle);
    expect(inference.commands).toEqual(['launch', 'load embedder,reranker']);
  });

  it('runs no process where no model can be had, and looks again ever less often', async () => {
    const inference = await startInference(nothing);
    expect(inference.value()).toEqual({ without: 'waiting' });
    await inference.wait(9_999);
    expect(inference.looks()).toBe(1);
    await inference.wait(1);
    expect(inference.looks()).toBe(2);
    await inference.wait(19_999);
    expect(inference.looks()).toBe(2);
    await inference.wait(1);
    expect(inference.looks()).toBe(3);
    await inference.wait(40_000);
    await inference.wait(40_000);
    expect(inference.looks()).toBe(5);
    expect(inference.commands).toEqual([]);
  });

  it('does not look again where nothing is wanted', async () => {
    const inference = await startInference({ plans: [], isIncomplete: false });
    expect(inference.value()).toEqual({ without: 'switchedOff' });
    await inference.wait(1_000_000);
    expect(inference.looks()).toBe(1);
  });

  it('works while more waits, and rests when nothing does', async () => {
    const inference = await startReady();
    inference.says({ type: 'work.waiting' }, { type: 'work.waiting' });
    expect(inference.value()).toMatchObject({ up: { batches: 'working' } });
    inference.says({ type: 'batch.settled', hasMore: true, isWorn: false });
    expect(inference.value()).toMatchObject({ up: { batches: 'working' } });
    inference.says({ type: 'batch.settled', hasMore: false, isWorn: false });
    expect(inference.value()).toEqual(idle);
    expect(inference.commands.slice(2)).toEqual(['work', 'work']);
  });

  it('serves what is ready while the next model is still loading', async () => {
    const inference = await startInference(all);
    inference.says({ type: 'process.up' }, ready, { type: 'work.waiting' });
    expect(inference.value()).toEqual({ up: { batches: 'working', models: { loading: 'going' } } });
  });

  it('kills a process that hangs over a batch, each batch with the full deadline, and starts another', async () => {
    const inference = await startReady();
    inference.says({ type: 'work.waiting' });
    await inference.wait(499);
    inference.says({ type: 'batch.settled', hasMore: true, isWorn: false });
    await inference.wait(499);
    expect(inference.value()).toMatchObject({ up: { batches: 'working' } });
    await inference.wait(1);
    expect(inference.value()).toBe('reaping');
    expect(inference.commands.at(-1)).toBe('kill: the models did not answer for 0.5 s');
    inference.says(exited);
    expect(inference.value()).toBe('away');
    expect(inference.context().lastError).toBe('the models did not answer for 0.5 s');
    await inference.wait(100);
    expect(inference.value()).toBe('starting');
  });

  it('asks an idle process now and then whether it is there, and takes no answer for a hang', async () => {
    const inference = await startReady();
    await inference.wait(5_000);
    expect(inference.commands.at(-1)).toBe('ping');
    inference.says({ type: 'work.waiting' }, { type: 'process.pong', hasMore: true });
    expect(inference.commands.at(-1)).toBe('work');
    inference.says({ type: 'batch.settled', hasMore: false, isWorn: false });
    await inference.wait(5_000);
    inference.says({ type: 'process.pong', hasMore: false });
    expect(inference.value()).toEqual(idle);
    await inference.wait(5_000);
    await inference.wait(500);
    expect(inference.value()).toBe('reaping');
  });

  it('waits longer after each death in a row, and starts anew after a process that worked for long', async () => {
    const inference = await startReady();
    const pauses: number[] = [];
    for (const workedMs of [0, 0, 0, 0, 0, 60_000]) {
      for (let ms = 0; ms < workedMs; ms += 5_000) {
        await inference.wait(5_000);
        inference.says({ type: 'process.pong', hasMore: false });
      }
      inference.says(exited);
      let pause = 0;
      for (; inference.value() === 'away'; pause += 50) await inference.wait(50);
      pauses.push(pause);
      inference.says({ type: 'process.up' }, ready, ready);
    }
    expect(pauses).toEqual([100, 200, 400, 800, 800, 100]);
  });

  it('kills a process that does not come up, and one that stalls while it loads', async () => {
    const inference = await startInference(all);
    await inference.wait(1_000);
    expect(inference.commands.at(-1)).toBe('kill: the inference process took too long to start');
    inference.says(exited);
    await inference.wait(100);
    inference.says({ type: 'process.up' });
    for (let percent = 0; percent < 5; percent += 1) {
      await inference.wait(1_999);
      inference.says({ type: 'model.progress' });
    }
    expect(inference.value()).toMatchObject({ up: { models: { loading: 'going' } } });
    await inference.wait(2_000);
    expect(inference.commands.at(-1)).toBe('kill: loading the models made no progress for 2 s');
  });

  it('serves with what it has and looks again for the rest, without a new process', async () => {
    const inference = await startInference({ plans: [plan('embedder')], isIncomplete: true }, nothing, {
      plans: [plan('reranker')],
      isIncomplete: false,
    });
    inference.says({ type: 'process.up' }, ready);
    expect(inference.value()).toMatchObject({ up: { models: 'partial' } });
    await inference.wait(5_000);
    inference.says({ type: 'process.pong', hasMore: false });
    await inference.wait(5_000);
    inference.says({ type: 'process.pong', hasMore: false });
    expect(inference.looks()).toBe(2);
    for (let ms = 0; ms < 20_000; ms += 5_000) {
      await inference.wait(5_000);
      inference.says({ type: 'process.pong', hasMore: false });
    }
    expect(inference.looks()).toBe(3);
    inference.says(ready);
    expect(inference.value()).toMatchObject({ up: { models: 'complete' } });
    expect(inference.commands.filter((command) => command !== 'ping')).toEqual([
      'launch',
      'load embedder',
      'load reranker',
    ]);
  });

  it('ends a process that could load nothing, rather than let it idle', async () => {
    const inference = await startInference(all);
    inference.says({ type: 'process.up' }, refused, refused);
    expect(inference.value()).toBe('retiring');
    expect(inference.commands.at(-1)).toBe('terminate');
    inference.says(exited);
    expect(inference.value()).toEqual({ without: 'waiting' });
    await inference.wait(10_000);
    inference.says({ type: 'process.up' }, refused, refused, exited);
    await inference.wait(19_999);
    expect(inference.value()).toEqual({ without: 'waiting' });
    await inference.wait(1);
    expect(inference.value()).toBe('starting');
  });

  it('puts a fresh process in the place of a worn one without a pause, by force where it does not end', async () => {
    const inference = await startReady();
    inference.says({ type: 'work.waiting' }, { type: 'batch.settled', hasMore: false, isWorn: true });
    expect(inference.value()).toBe('renewing');
    await inference.wait(300);
    expect(inference.commands.slice(-2)).toEqual(['terminate', 'kill: it is not wanted any more']);
    inference.says(exited);
    await settle();
    expect(inference.value()).toBe('starting');
    expect(inference.context().deaths).toBe(0);
  });

  it('ends its process when it is stopped, by force after a while, and is done once that is gone', async () => {
    const inference = await startReady();
    inference.says({ type: 'child.stop' });
    expect(inference.commands.at(-1)).toBe('terminate');
    await inference.wait(300);
    expect(inference.value()).toBe('killing');
    inference.says(exited);
    expect(inference.actor.getSnapshot()).toMatchObject({ value: 'stopped', status: 'done' });
  });

  it('is done at once when it is stopped without a process', async () => {
    const without = await startInference(nothing);
    without.actor.send({ type: 'child.stop' });
    expect(without.value()).toBe('stopped');
    const away = await startReady();
    away.says(exited);
    away.actor.send({ type: 'child.stop' });
    expect(away.value()).toBe('stopped');
    expect(away.commands).not.toContain('terminate');
  });
});
