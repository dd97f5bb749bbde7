import { createChatSender } from '../chat/sender.ts';
import { userHomeFrom } from '../lib/config/paths.ts';
import { hello } from '../faces/dashboard/hello.ts';
import type { Pulse } from '../faces/dashboard/feeds/pulse.ts';
import type { Status } from '../faces/status/status.ts';
import type { LiveTree } from '../inspection/tree-watch.ts';
import { afterInHand } from '../memory/keep/in-hand.ts';
import type { OperationNeeds } from '../operations.ts';
import { commandList, ruleHouse } from '../reflexes.ts';
import { keepingRuleVersions } from '../rules/keep-set-rules.ts';
import type { Services } from '../services.ts';
import { agentWays } from '../tasks/agents/known-kind.ts';
import { retryTask } from '../tasks/commands.ts';
import type { LiveReplies } from '../tasks/live-replies.ts';
import type { AgentTools } from '../tasks/mcp/agent-tools.ts';
import { readGeneration } from '../upkeep/generation.ts';
import { createRestart } from '../upkeep/restart.ts';
import { taskProcesses } from '../tasks/task-processes.ts';
import { storageNeeds } from './storage.ts';
import type { TreeHandle } from './tree-handle.ts';

/** The parts of the daemon that operations use beside its services. */
export interface OperationSources {
  view: TreeHandle;
  status: () => Promise<Status>;
  pulse: Pulse;
  tree: LiveTree;
  liveReplies: LiveReplies;
  agentTools: AgentTools;
}

/** All that the handlers of the table of operations need. */
export function operationNeeds(
  services: Services,
  { view, status, pulse, tree, liveReplies, agentTools }: OperationSources,
): OperationNeeds {
  const {
    backupHold,
    bus,
    database,
    discord,
    door,
    fleet,
    fleetKeys,
    draftDesk,
    draftsman,
    hits,
    inHand,
    inference,
    journal,
    lookout,
    mailDesk,
    memoryBoard,
    paths,
    recaller,
    rules,
    schedule,
    sensors,
    settings,
    startedAt,
    writer,
  } = services;
  // What Postgres says of the owner's own statement is for the owner to read.
  const store = database.asked;
  const now = (): Date => new Date();
  const { tasks } = view;
  return {
    store,
    background: services.rightOfWay.after(store),
    agents: services.agent,
    agentBench: services.agentBench,
    agentFallback: () => settings.get('agent.fallback') ?? undefined,
    agentSurroundings: { env: services.env, home: userHomeFrom(services.env) },
    console: database.console,
    bus,
    now,
    discord,
    mailDesk,
    draftDesk,
    draftsman,
    settings,
    onSetting: keepingRuleVersions(settings),
    rules,
    schedule,
    ruleHouse,
    hits,
    permissionCategories: () => Object.keys(settings.get('permissions.byCategory')),
    wakeTasks: () => view.wakeTasks(),
    writer,
    sensorDesk: sensors.desk,
    lookout,
    fleetDesk: {
      service: fleet,
      acceptKey: fleetKeys,
      rawDays: () => settings.get('fleet.rawDays'),
    },
    tasks,
    retryTask: (taskId, caller) => retryTask({ store, tasks, now }, caller, taskId),
    sendMessage: createChatSender({ store, writer, attachmentsDir: paths.attachments }),
    attachmentsDir: paths.attachments,
    commands: commandList,
    liveReplies,
    agentWays,
    processesOf: (taskId) => taskProcesses(journal.uuid, taskId, services.standby.markOf({ id: taskId })),
    recaller: { explain: afterInHand((query) => recaller.explain(query), inHand) },
    models: () => ({
      builtIn: inference.builtIn(),
      embedder: inference.embedder(),
      reranker: inference.reranker(),
      ner: inference.ner(),
    }),
    memoryProgress: () => memoryBoard.progress(),
    status,
    hello: () => hello(startedAt),
    pulse,
    tree,
    door,
    dashboardUrl: () => view.dashboard().url,
    agentTools,
    backupHold,
    storage: storageNeeds(services),
    databaseKind: database.input.kind,
    flushDatabase: () => database.flush(),
    generation: () => readGeneration(paths.home)?.generation ?? 1,
    restart: createRestart({
      pid: process.pid,
      command: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
      env: services.env,
    }),
  };
}
