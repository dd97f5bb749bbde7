import { expect, vi } from 'vitest';
import { type AnyEventObject, createActor, fromPromise, SimulatedClock, toPromise } from 'xstate';
import { createAgentProcess } from '../../actors/tasks/agent-process.ts';
import { createTerminate } from '../../actors/tasks/run-steps.ts';
import { agentRunMachine } from '../../machines/agent-run/machine.ts';
import { followUpsMachine } from '../../machines/follow-ups/machine.ts';
import type { Prices } from '../../src/spend/rows/estimate-cost.ts';
import { findMarked } from '../../src/lib/process/find-marked.ts';
import { taskMarker } from '../../src/lib/process/marker.ts';
import type { RunnableAgent } from '../../src/tasks/agents/kinds.ts';
import type { AgentSettings } from '../../src/tasks/run/agent-settings.ts';
import type { FollowUp, FollowUpQuery } from '../../src/tasks/run/follow-ups.ts';
import { defaultTaskLimits, type TaskLimits } from '../../src/tasks/run/limits.ts';
import { outcomeOf } from '../../src/tasks/run/outcome.ts';
import { fakeTask } from './agent-fixtures.ts';

/** An agent and where it works. */
export interface AgentPlace {
  agent: RunnableAgent;
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Folder for the files of a run. */
  folder: string;
}

export interface AgentRunOptions {
  limits?: Partial<TaskLimits>;
  settings?: AgentSettings;
  resume?: string;
  prices?: Prices;
  /** Lets the limits of time pass by `run.pass` only: how slow the machine is then decides nothing. */
  stopTheClock?: boolean;
}

/** One run of an agent by its adapter, with everything real except the row that notes its process. */
export function startAgentRun(place: AgentPlace, prompt: string, options: AgentRunOptions = {}) {
  const task = fakeTask({ prompt, source: 'cli', resume: options.resume ?? null });
  const { name, value } = taskMarker({ worker: task.worker, taskId: task.id, attempt: task.attempt });
  const texts: string[] = [];
  const progress: string[] = [];
  const machine = agentRunMachine.provide({
    actors: {
      agentProcess: createAgentProcess({
        env: place.env,
        cwd: place.cwd,
        folder: () => place.folder,
        settings: () => options.settings ?? {},
        prices: () => options.prices ?? {},
      }),
      terminate: createTerminate(),
      noteProcess: fromPromise(() => Promise.resolve(undefined)),
      followUps: followUpsMachine.provide({
        actors: { takeFollowUps: fromPromise<FollowUp[], FollowUpQuery>(() => Promise.resolve([])) },
      }),
    },
    actions: {
      announceEntries: () => {},
      announceText: ({ event }) => void texts.push((event as AnyEventObject)['text'] as string),
      announceProgress: ({ event }) => void progress.push((event as AnyEventObject)['progress'] as string),
      announceQuiet: () => {},
    },
  });
  const request = {
    task,
    agent: place.agent,
    memories: [],
    degraded: null,
    withoutMemories: null,
    resume: options.resume ?? null,
  };
  const limits = { ...defaultTaskLimits, ...options.limits };
  const clock = options.stopTheClock === true ? new SimulatedClock() : undefined;
  const actor = createActor(machine, {
    input: { request, limits, steers: [] },
    ...(clock !== undefined && { clock }),
  });
  const output = toPromise(actor);
  actor.start();
  const survivors = async () => (await findMarked(name, value)).map(({ command }) => command);
  return {
    actor,
    marker: `${name}=${value}`,
    texts,
    progress,
    survivors,
    /** Lets so much time pass at once. */
    pass: (ms: number) => clock?.increment(ms),
    /** Waits until a process of the run has this command line. */
    runs: (command: RegExp) =>
      vi.waitFor(
        async () => expect(await survivors()).toContainEqual(expect.stringMatching(command)),
        60_000,
      ),
    /** The end of the run, after which nobody is left. */
    async ends() {
      const { transcript, ...rest } = await output;
      expect(await survivors()).toEqual([]);
      return {
        ...rest,
        transcript: [...transcript.head, ...transcript.tail],
        outcome: outcomeOf(rest.evidence),
      };
    },
  };
}
