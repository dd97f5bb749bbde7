import type { AgentChild } from '../actors/tasks/agent-child.ts';
import { type HomePaths, userHomeFrom } from './lib/config/paths.ts';
import { childEntry } from './lib/process/child-entry.ts';
import type { LiveSettings } from './settings.ts';
import { createSpendLedger, type SpendLedger } from './spend/ledger.ts';
import { type AgentBench, createAgentBench } from './tasks/agents/bench.ts';
import { type AgentDirectory, createAgentDirectory } from './tasks/agents/directory.ts';
import { createDeeds, type Deeds } from './tasks/deeds.ts';
import { createMcpDoor, type McpDoor } from './tasks/mcp/door.ts';
import { type AgentPasses, createAgentPasses } from './tasks/mcp/passes.ts';
import { openLanesOf } from './tasks/room/lanes.ts';
import { createStandbyDesk, type StandbyDesk } from './tasks/standby/desk.ts';
import { whyNotStay } from './tasks/standby/memory.ts';
import { createBenchRecord } from './wiring/bench.ts';

/** What the agents of tasks are run with. */
export interface Agents {
  /** Who may answer tasks; as a resolver the default one. */
  agent: AgentDirectory;
  agentBench: AgentBench;
  passes: AgentPasses;
  mcpDoor: McpDoor;
  /** The agent that is started ahead of the owner's next message. */
  standby: StandbyDesk<AgentChild>;
  /** What running agents were seen to do. */
  deeds: Deeds;
  /** What tasks have cost, and whether one more may begin. */
  ledger: SpendLedger;
}

/** Makes what tasks run their agents with. `worker`: UUID of the journal, which their processes are marked with. */
export function openAgents({
  paths,
  settings,
  env,
  store,
  bus,
  log,
  worker,
}: {
  paths: Pick<HomePaths, 'deeds'>;
  settings: LiveSettings;
  env: NodeJS.ProcessEnv;
  worker: string;
} & Parameters<typeof createBenchRecord>[0]): Agents {
  return {
    agent: createAgentDirectory({
      home: userHomeFrom(env),
      env,
      preferred: () => settings.get('agent.default') ?? undefined,
      pathOf: (name) =>
        (name === 'claude' ? settings.get('agent.path') : null) ?? settings.get('agent.paths')[name],
      command: () => settings.get('agent.command') ?? undefined,
      commandEntry: childEntry(import.meta.url, './tasks/agents/command-agent.ts'),
      offlineEntry: childEntry(import.meta.url, './tasks/agents/offline-agent.ts'),
    }),
    agentBench: createAgentBench({ record: createBenchRecord({ store, bus, log }) }),
    passes: createAgentPasses(),
    mcpDoor: createMcpDoor(),
    standby: createStandbyDesk({
      worker,
      whyNotStay: () => whyNotStay(settings.get('agent.standby'), process.availableMemory()),
    }),
    deeds: createDeeds(paths.deeds),
    ledger: createSpendLedger({
      dailyCapUsd: () => settings.get('spend.dailyUsd'),
      monthlyCapUsd: () => settings.get('spend.monthlyUsd'),
      openLanes: () => openLanesOf(settings),
    }),
  };
}
