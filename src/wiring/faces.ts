import type { ControlService } from '../../actors/control/control-server.ts';
import { createPulse } from '../faces/dashboard/feeds/pulse.ts';
import { openFeeds } from '../faces/dashboard/feeds/open-feeds.ts';
import { hello } from '../faces/dashboard/hello.ts';
import { createMetrics } from '../faces/dashboard/metrics.ts';
import type { DashboardService } from '../faces/dashboard/service.ts';
import type { Status } from '../faces/status/status.ts';
import { shownHosts, statusPage } from '../fleet/status-page.ts';
import { createInspections } from '../inspection/inspection.ts';
import { environmentSecrets } from '../inspection/sanitise.ts';
import { createLiveTree } from '../inspection/tree-watch.ts';
import { createDispatch } from '../lib/operations/dispatch.ts';
import { createMemories } from '../memory/memories.ts';
import { operations } from '../operations.ts';
import { scheduleStatus } from '../schedule/status.ts';
import type { Services } from '../services.ts';
import { createLiveReplies } from '../tasks/live-replies.ts';
import type { AgentTools } from '../tasks/mcp/agent-tools.ts';
import { followTranscript } from '../tasks/transcript-stream.ts';
import { watchEvent } from '../tasks/watch-event.ts';
import { operationNeeds } from './operations.ts';
import type { TreeHandle } from './tree-handle.ts';

/** The parts of the daemon that its faces show. */
export interface FaceSources {
  view: TreeHandle;
  status: () => Promise<Status>;
  agentTools: AgentTools;
}

/** Everything that the dashboard and the control socket serve. It outlives the restarts of their servers. */
export function createFaces(
  services: Services,
  { view, status, agentTools }: FaceSources,
): { dashboard: DashboardService; control: ControlService } {
  const { bus, database, door, log, settings, startedAt } = services;
  const { store } = database;
  const report = (thrown: unknown, what: string): void => log.error({ err: thrown }, `${what} failed`);
  const secrets = (): string[] => [...door.secrets(), ...environmentSecrets(services.env)];
  const liveReplies = createLiveReplies(bus);
  const running = () => view.runningTasks().map((task) => ({ ...task, progress: null, since: null }));
  const pulse = createPulse({ bus, store, status, running, jobs: () => services.schedule.agenda.all() });
  const tree = createLiveTree({
    root: view.root,
    secrets,
    report: (thrown) => report(thrown, 'the inspection of the tree'),
  });
  const needs = operationNeeds(services, { view, status, pulse, tree, liveReplies, agentTools });
  const dispatch = createDispatch(operations, needs, (thrown, name) => report(thrown, name));

  return {
    dashboard: {
      door,
      operations,
      dispatch,
      health: {
        readiness: view.readiness,
        scheduler: () => scheduleStatus(services.schedule, Date.now()),
      },
      metrics: createMetrics(status, services.selfWatch, () => services.standby.counts()),
      fleet: {
        push: (name, token, report) => services.fleet.push(name, token, report),
        statusPage: async () =>
          settings.get('fleet.statusPage')
            ? statusPage(await shownHosts(store, new Date()), new Date())
            : undefined,
      },
      agents: agentTools,
      listening: (url) => (url === null ? services.mcpDoor.closed() : services.mcpDoor.opened(url)),
      hello: () => hello(startedAt),
      openFeeds: (output) =>
        openFeeds(
          {
            bus,
            store,
            settings,
            live: liveReplies,
            pulse,
            tree,
            conversationOf: (taskId) =>
              running().find((task) => task.taskId === taskId)?.conversation ?? null,
            report,
          },
          output,
        ),
      report,
    },
    control: {
      dispatch,
      inspect: createInspections({
        root: view.root,
        secrets,
        report: (thrown) => report(thrown, 'the inspection of the actors'),
      }),
      watch(dedupKey, send) {
        const stopWatching = watchEvent(bus, dedupKey, send);
        const forget = services.acceptance.watch(dedupKey);
        return () => {
          stopWatching();
          forget();
        };
      },
      followTranscript: (taskId, send) =>
        followTranscript({ store, bus, live: (id) => view.tasks.transcript(id) }, taskId, send),
      exportMemories: (filter) => createMemories({ store, bus, by: 'cli' }).export(filter),
    },
  };
}
