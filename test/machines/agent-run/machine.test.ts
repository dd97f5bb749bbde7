import { describe, expect, it } from 'vitest';
import {
  type AnyEventObject,
  createActor,
  fromCallback,
  fromPromise,
  SimulatedClock,
  toPromise,
} from 'xstate';
import { agentRunMachine } from '../../../machines/agent-run/machine.ts';
import type { AgentFact } from '../../../machines/agent-run/protocol.ts';
import { followUpsMachine } from '../../../machines/follow-ups/machine.ts';
import type { FollowUp } from '../../../src/tasks/run/follow-ups.ts';
import type { RunnableAgent } from '../../../src/tasks/agents/kinds.ts';
import { outcomeOf, type StopCause } from '../../../src/tasks/run/outcome.ts';
import type { AgentResult } from '../../../src/tasks/run/stream-event.ts';
import type { TranscriptEntry } from '../../../src/tasks/run/transcript.ts';
import type { TerminationReport } from '../../../src/lib/process/kill-family.ts';
import { fakeAgent, fakeTask, offlineAgent } from '../../helpers/agent-fixtures.ts';
import type { TaskLimits } from '../../../src/tasks/run/limits.ts';
import { withResolvers } from '../../helpers/with-resolvers.ts';
import { eventually } from '../../helpers/eventually.ts';

const limits = {
  runMs: 10_000,
  silenceMs: 1_000,
  resultGraceMs: 300,
  drainMs: 200,
  interruptMs: 500,
  killGraceMs: 77,
  recallMs: 1,
  storeRetryMs: 1,
  replyMs: 1,
};
const identity = { bootId: 'b', pid: 4242, startTime: 1 };
const nobody: TerminationReport = {
  survivorsBeforeKill: [],
  killed: [],
  killedCount: 0,
  rounds: 0,
  tookMs: 1,
  left: [],
};
const result: AgentResult = {
  subtype: 'success',
  isError: false,
  text: 'fine',
  errors: [],
  sessionId: 's',
  totalCostUsd: 0,
  usage: null,
  deniedTools: [],
  staleSession: false,
  apiStatus: undefined,
};
const words = { stderr: 'last words', staleSession: false };
const exited: AgentFact = { type: 'agent.exited', code: 0, signal: null, ...words };
const drained: AgentFact = { type: 'agent.drained', ...words };

function startRun(
  agent: RunnableAgent = fakeAgent('good.sh'),
  conversation: string | null = null,
  steers: readonly string[] = [],
  more: Partial<TaskLimits> = {},
) {
  const waiting: FollowUp[] = [];
  const looks: number[][] = [];
  const clock = new SimulatedClock();
  const toAgent: AnyEventObject[] = [];
  const killed: unknown[] = [];
  const told: string[] = [];
  const kill = withResolvers<TerminationReport>();
  const machine = agentRunMachine.provide({
    actors: {
      agentProcess: fromCallback(({ receive }) => receive((event) => toAgent.push(event))),
      noteProcess: fromPromise(() => Promise.reject(new Error('the store is away'))),
      followUps: followUpsMachine.provide({
        actors: {
          takeFollowUps: fromPromise(({ input }) => {
            looks.push([...input.handed]);
            return Promise.resolve(waiting.splice(0));
          }),
        },
        actions: { reportFailure: () => {} },
      }),
      terminate: fromPromise(({ input }) => {
        killed.push(input);
        return kill.promise;
      }),
    },
    actions: {
      announceText: () => {},
      announceProgress: () => {},
      announceEntries: () => {},
      announceQuiet: ({ context }) => void told.push(context.progress),
    },
  });
  const task = fakeTask({ conversation });
  const request = { task, agent, memories: [], degraded: null, withoutMemories: null, resume: null };
  const actor = createActor(machine, { clock, input: { request, limits: { ...limits, ...more }, steers } });
  const output = toPromise(actor);
  actor.start();
  const hear = (...facts: AgentFact[]) => facts.forEach((fact) => actor.send(fact));
  return {
    actor,
    clock,
    task,
    waiting,
    looks,
    toAgent,
    killed,
    told,
    kill,
    output,
    hear,
    state: () => actor.getSnapshot().value,
  };
}

function startRunning() {
  const run = startRun();
  run.hear({ type: 'agent.spawned', pid: identity.pid, identity });
  expect(run.state()).toEqual({ live: { running: 'listening' } });
  return run;
}

const stopOf = (run: ReturnType<typeof startRun>): StopCause | undefined =>
  run.actor.getSnapshot().context.evidence.stop;

describe('agent run machine', () => {
  it('looks for survivors after a success too, and is over only when none is left', async () => {
    const run = startRunning();
    run.hear({ type: 'agent.result', result });
    expect(run.state()).toEqual({ live: 'settling' });
    run.hear(exited);
    expect(run.state()).toBe('draining');
    run.hear(drained);
    expect(run.state()).toBe('terminating');
    expect(run.killed).toEqual([{ task: run.task, identity, graceMs: 77 }]);
    run.kill.resolve(nobody);
    await expect(run.output).resolves.toEqual({
      evidence: {
        stop: undefined,
        spawnFailure: undefined,
        messages: 0,
        result,
        exit: { code: 0, signal: null },
        stderr: 'last words',
        apiError: undefined,
        resetsAt: undefined,
        staleSession: false,
      },
      text: '',
      progress: 'starting the agent',
      transcript: { head: [], tail: [], omitted: 0 },
      followUps: [],
      unbilled: {},
      endedItself: true,
      cleanup: nobody,
      cleanupError: undefined,
    });
  });

  it('says of an agent that was started ahead whether it went before it was at work', async () => {
    const ends = async (...facts: AgentFact[]) => {
      const run = startRun();
      run.hear({ type: 'agent.spawned', pid: identity.pid, identity, ahead: true }, ...facts);
      run.kill.resolve(nobody);
      return (await run.output).lostAhead;
    };
    const died: AgentFact = { type: 'agent.exited', code: null, signal: 'SIGKILL', ...words };
    const answer: AgentFact = { type: 'agent.heard', messages: 0, allowanceMs: 0 };
    const began: AgentFact = { type: 'agent.heard', messages: 1, allowanceMs: 0 };
    expect(await ends(answer, died, drained)).toBe(true);
    expect(await ends(answer, began, died, drained)).toBeUndefined();
    const cold = startRunning();
    cold.hear(died, drained);
    cold.kill.resolve(nobody);
    expect((await cold.output).lostAhead).toBeUndefined();
    const cancelled = startRun();
    cancelled.hear({ type: 'agent.spawned', pid: identity.pid, identity, ahead: true });
    cancelled.actor.send({ type: 'task.cancel' });
    cancelled.hear(died, drained);
    cancelled.kill.resolve(nobody);
    expect((await cancelled.output).lostAhead).toBeUndefined();
  });

  it('gives an agent that was started ahead a quarter of a minute for its first word', async () => {
    const silenceMs = 300_000;
    const run = startRun(undefined, null, [], { silenceMs, runMs: 600_000 });
    run.hear({ type: 'agent.spawned', pid: identity.pid, identity, ahead: true });
    run.clock.increment(14_999);
    expect(run.state()).toEqual({ live: { running: 'listening' } });
    run.clock.increment(1);
    expect(run.state()).toBe('terminating');
    run.kill.resolve(nobody);
    expect((await run.output).lostAhead).toBe(true);

    const busy = startRun(undefined, null, [], { silenceMs, runMs: 600_000 });
    busy.hear({ type: 'agent.spawned', pid: identity.pid, identity, ahead: true });
    busy.hear({ type: 'agent.heard', messages: 1, allowanceMs: 0 });
    busy.clock.increment(silenceMs - 1);
    expect(busy.state()).toEqual({ live: { running: 'listening' } });
  });

  it('ends at the time limit, however much the agent says', () => {
    const run = startRunning();
    for (let second = 0; second < 19; second++) {
      run.clock.increment(500);
      run.hear({ type: 'agent.heard', messages: 1, allowanceMs: 0 });
    }
    run.clock.increment(499);
    expect(run.state()).toEqual({ live: { running: 'listening' } });
    run.clock.increment(1);
    expect([run.state(), stopOf(run)]).toEqual(['terminating', 'timed-out']);
  });

  it('ends after silence, which any output interrupts', () => {
    const run = startRunning();
    run.clock.increment(999);
    run.hear({ type: 'agent.heard', messages: 0, allowanceMs: 0 });
    run.clock.increment(999);
    expect(run.state()).toEqual({ live: { running: 'listening' } });
    run.clock.increment(1);
    expect([run.state(), stopOf(run)]).toEqual(['terminating', 'no-output']);
  });

  it('tells the owner of a silence once, with how long it is borne, and goes on when a word comes', () => {
    const run = startRun(fakeAgent('good.sh'), null, [], { quietMs: 600 });
    run.hear({ type: 'agent.spawned', pid: identity.pid, identity });
    run.clock.increment(599);
    run.hear({ type: 'agent.heard', messages: 1, allowanceMs: 0 });
    run.clock.increment(599);
    expect(run.told).toEqual([]);
    run.clock.increment(1);
    expect(run.told).toEqual([
      expect.stringMatching(/^no word from the model for 1 s; it is tried until \d\d:\d\d$/),
    ]);
    expect(run.actor.getSnapshot().context.progress).toBe(run.told[0]);
    run.hear({ type: 'agent.heard', messages: 1, allowanceMs: 10_000 });
    run.hear({ type: 'agent.progress', progress: 'writing the reply' });
    run.clock.increment(900);
    expect(run.told).toHaveLength(1);
    expect(run.actor.getSnapshot().context.progress).toBe('writing the reply');
  });

  it('ends where the owner asks again, unless the result is there', () => {
    const run = startRunning();
    run.actor.send({ type: 'task.again' });
    expect([run.state(), stopOf(run)]).toEqual(['terminating', 'asked-again']);
    const answered = startRunning();
    answered.hear({ type: 'agent.result', result });
    answered.actor.send({ type: 'task.again' });
    expect([answered.state(), stopOf(answered)]).toEqual([{ live: 'settling' }, undefined]);
  });

  it('may be silent for longer while a tool is at work', () => {
    const run = startRunning();
    run.hear({ type: 'agent.heard', messages: 1, allowanceMs: 5_000 });
    run.clock.increment(5_999);
    expect(run.state()).toEqual({ live: { running: 'listening' } });
    run.hear({ type: 'agent.heard', messages: 1, allowanceMs: 0 });
    run.clock.increment(999);
    expect(run.state()).toEqual({ live: { running: 'listening' } });
    run.clock.increment(1);
    expect([run.state(), stopOf(run)]).toEqual(['terminating', 'no-output']);
  });

  it('ends on task.shutdown, and a later reason does not replace the first', async () => {
    const run = startRunning();
    run.actor.send({ type: 'task.shutdown' });
    run.hear({ type: 'agent.result', result }, exited, drained);
    run.actor.send({ type: 'task.cancel' });
    run.clock.increment(20_000);
    expect(run.state()).toBe('terminating');
    run.kill.resolve(nobody);
    const { evidence } = await run.output;
    expect([evidence.stop, evidence.result, evidence.exit]).toEqual(['shutdown', undefined, undefined]);
    expect(run.killed).toHaveLength(1);
  });

  it('asks a cancelled agent to end its turn, and takes its result for the bill, not for a success', async () => {
    const run = startRunning();
    run.actor.send({ type: 'task.cancel' });
    expect([run.state(), run.toAgent]).toEqual(['interrupting', [{ type: 'agent.interrupt' }]]);
    expect(run.killed).toEqual([]);
    run.hear({ type: 'agent.result', result }, exited, drained);
    expect(run.state()).toBe('terminating');
    run.kill.resolve(nobody);
    const { evidence } = await run.output;
    expect([evidence.stop, evidence.result]).toEqual(['cancelled', result]);
    expect(outcomeOf(evidence)).toEqual({ kind: 'cancelled', reason: 'cancelled' });
  });

  it('ends a cancelled agent that does not answer in time', () => {
    const run = startRunning();
    run.actor.send({ type: 'task.cancel' });
    run.clock.increment(499);
    expect(run.state()).toBe('interrupting');
    run.clock.increment(1);
    expect([run.state(), stopOf(run)]).toEqual(['terminating', 'cancelled']);
  });

  it.each(['task.cancel', 'task.shutdown'] as const)('ends a cancelled agent at once on %s', (type) => {
    const run = startRunning();
    run.actor.send({ type: 'task.cancel' });
    run.actor.send({ type });
    expect([run.state(), stopOf(run)]).toEqual(['terminating', 'cancelled']);
  });

  it('does not ask an agent that is not the CLI, nor one that is not there yet', () => {
    const offline = startRun(offlineAgent());
    offline.hear({ type: 'agent.spawned', pid: identity.pid, identity });
    offline.actor.send({ type: 'task.cancel' });
    const spawning = startRun();
    spawning.actor.send({ type: 'task.cancel' });
    for (const run of [offline, spawning]) {
      expect([run.state(), stopOf(run), run.toAgent]).toEqual(['terminating', 'cancelled', []]);
    }
  });

  it('keeps why the service refused and until when, whatever comes after', async () => {
    const run = startRunning();
    run.hear(
      { type: 'agent.limited', resetsAt: 9_000 },
      { type: 'agent.refused', apiError: { name: 'rate_limit', status: 429 } },
      { type: 'agent.result', result },
      exited,
      drained,
    );
    run.kill.resolve(nobody);
    expect((await run.output).evidence).toMatchObject({
      resetsAt: 9_000,
      apiError: { name: 'rate_limit', status: 429 },
    });
  });

  it('keeps the beginning and the end of a long transcript, and counts what it left out', async () => {
    const run = startRunning();
    const entries = Array.from({ length: 1_000 }, (_, at): TranscriptEntry => ({
      at,
      kind: 'noted',
      text: 'n',
    }));
    for (let from = 0; from < entries.length; from += 70) {
      run.hear({ type: 'agent.noted', entries: entries.slice(from, from + 70) });
    }
    run.hear(exited, drained);
    run.kill.resolve(nobody);
    const { transcript } = await run.output;
    expect(transcript).toEqual({ head: entries.slice(0, 100), tail: entries.slice(800), omitted: 700 });
  });

  it('takes the result for the end of the turn: neither limit nor cancel undoes it', () => {
    const run = startRunning();
    run.hear({ type: 'agent.result', result });
    run.actor.send({ type: 'task.cancel' });
    expect(run.state()).toEqual({ live: 'settling' });
    run.clock.increment(299);
    run.hear({ type: 'agent.heard', messages: 1, allowanceMs: 0 });
    run.clock.increment(299);
    expect(run.state()).toEqual({ live: 'settling' });
    run.clock.increment(1);
    expect([run.state(), stopOf(run)]).toEqual(['terminating', 'lingering']);
  });

  it('reads what the pipe still held at the exit, but waits only so long for its end', () => {
    const run = startRunning();
    run.hear(exited, { type: 'agent.heard', messages: 1, allowanceMs: 0 }, { type: 'agent.result', result });
    expect(run.state()).toBe('draining');
    run.clock.increment(200);
    expect(run.state()).toBe('terminating');
    expect(run.actor.getSnapshot().context.evidence).toMatchObject({ messages: 1, result, stop: undefined });
  });

  it('does not wait for an output that ended before the exit', () => {
    const run = startRunning();
    run.hear(drained, exited);
    expect(run.state()).toBe('terminating');
  });

  it('keeps steering messages until the agent is there, those from before the run first', () => {
    const run = startRun(undefined, null, ['left']);
    run.actor.send({ type: 'task.steer', text: 'right' });
    expect(run.toAgent).toEqual([]);
    run.hear({ type: 'agent.spawned', pid: identity.pid, identity });
    expect(run.toAgent).toEqual([
      { type: 'agent.steer', text: 'left' },
      { type: 'agent.steer', text: 'right' },
    ]);
  });

  it('passes a steering message on while the turn runs, and not after', () => {
    const run = startRunning();
    run.actor.send({ type: 'task.steer', text: 'left' });
    run.hear({ type: 'agent.result', result });
    run.actor.send({ type: 'task.steer', text: 'right' });
    expect(run.toAgent).toEqual([{ type: 'agent.steer', text: 'left' }]);
  });

  it('goes on when nobody could note its process', async () => {
    const run = startRunning();
    await Promise.resolve();
    await Promise.resolve();
    expect(run.state()).toEqual({ live: { running: 'listening' } });
  });

  it('looks for survivors even when no process came to be', async () => {
    const run = startRun();
    run.hear({ type: 'agent.unspawned', code: 'ENOENT', message: 'no such file' });
    expect(run.state()).toBe('terminating');
    run.kill.reject(new Error('no /proc'));
    await expect(run.output).resolves.toMatchObject({
      evidence: { spawnFailure: { code: 'ENOENT', message: 'no such file' } },
      cleanup: undefined,
      cleanupError: 'no /proc',
    });
  });

  it('fails loudly when an actor was not provided', async () => {
    const request = {
      task: fakeTask(),
      agent: fakeAgent('good.sh'),
      memories: [],
      degraded: null,
      withoutMemories: null,
      resume: null,
    };
    const provided = agentRunMachine.provide({
      actors: { terminate: fromPromise(() => Promise.resolve(nobody)) },
    });
    const actor = createActor(provided, { input: { request, limits, steers: [] } });
    const output = toPromise(actor);
    actor.start();
    await expect(output).resolves.toMatchObject({
      evidence: { spawnFailure: { message: 'agent-run machine: "agentProcess" was not provided' } },
    });
  });
});

describe('agent run machine, of a conversation', () => {
  const message: FollowUp = { id: 7, eventId: 1007, text: 'and the roses' };

  async function startListening() {
    const run = startRun(fakeAgent('good.sh'), 'garden');
    run.hear({ type: 'agent.spawned', pid: identity.pid, identity });
    await eventually(() => expect(run.looks).toEqual([[]]));
    run.waiting.push(message);
    run.actor.send({ type: 'task.wake' });
    await eventually(() => expect(run.looks.at(-1)).toEqual([7]));
    expect(run.toAgent).toEqual([{ type: 'agent.steer', text: 'and the roses', messageId: 7 }]);
    return run;
  }
  const followUps = (run: ReturnType<typeof startRun>) => run.actor.getSnapshot().context.followUps;

  it('hands over what waits, and counts it as answered when the turn that took it has ended', async () => {
    const run = await startListening();
    expect(followUps(run)).toEqual([{ id: 7, eventId: 1007, taken: false, answered: false }]);
    run.hear({ type: 'agent.took', messageId: 7 });
    run.hear({ type: 'agent.result', result });
    expect(followUps(run)).toEqual([{ id: 7, eventId: 1007, taken: true, answered: true }]);
  });

  it('does not count what the agent has not taken, and hands nothing over once the result is there', async () => {
    const run = await startListening();
    run.hear({ type: 'agent.result', result });
    run.actor.send({ type: 'task.wake' });
    run.actor.send({ type: 'run.followUps', messages: [{ ...message, id: 8 }] });
    expect(followUps(run)).toEqual([{ id: 7, eventId: 1007, taken: false, answered: false }]);
    expect(run.toAgent).toHaveLength(1);
  });

  it('lets a message that came too late have a turn of its own, and replies with both', async () => {
    const run = await startListening();
    run.hear({ type: 'agent.result', result });
    run.hear({ type: 'agent.took', messageId: 7 });
    expect(run.state()).toEqual({ live: { running: 'further' } });
    run.clock.increment(limits.resultGraceMs);
    expect(run.state()).toEqual({ live: { running: 'further' } });
    run.hear({ type: 'agent.result', result: { ...result, text: 'roses too' } });
    expect(run.state()).toEqual({ live: 'settling' });
    expect(followUps(run)).toMatchObject([{ answered: true }]);
    expect(run.actor.getSnapshot().context.evidence.result?.text).toBe('fine\n\nroses too');
  });

  it('keeps its first answer when the further turn comes to nothing, and leaves that message unanswered', async () => {
    const run = await startListening();
    run.hear({ type: 'agent.result', result });
    run.hear({ type: 'agent.took', messageId: 7 });
    run.clock.increment(limits.silenceMs);
    expect(run.state()).toBe('terminating');
    run.kill.resolve(nobody);
    const { evidence, followUps: left } = await run.output;
    expect(outcomeOf(evidence)).toMatchObject({ kind: 'succeeded', reply: 'fine' });
    expect(left).toMatchObject([{ taken: true, answered: false }]);
  });

  it('is over at its limit however many turns it takes', async () => {
    const run = await startListening();
    run.clock.increment(limits.silenceMs - 1);
    run.hear({ type: 'agent.heard', messages: 1, allowanceMs: limits.runMs });
    run.hear({ type: 'agent.result', result });
    run.hear({ type: 'agent.took', messageId: 7 });
    run.hear({ type: 'agent.heard', messages: 1, allowanceMs: limits.runMs });
    run.clock.increment(limits.runMs - limits.silenceMs);
    expect(run.state()).toEqual({ live: { running: 'further' } });
    run.clock.increment(1);
    expect(run.state()).toBe('terminating');
    expect(stopOf(run)).toBe('lingering');
  });
});
