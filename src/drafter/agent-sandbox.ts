import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../lib/package-root.ts';
import { childEntry } from '../lib/process/child-entry.ts';
import { taskMarkerName } from '../lib/process/marker.ts';
import { agentSearchPath } from '../tasks/agents/probe.ts';
import { kindOf, type RunnableAgent } from '../tasks/agents/kinds.ts';
import type { AgentSettings } from '../tasks/run/agent-settings.ts';
import type { Launch } from '../tasks/run/launch.ts';
import type { DraftsmanDeps } from './deps.ts';
import { proveSandbox, probeArgs } from './probe/prove-sandbox.ts';
import { apiPlace } from './proxy/hosts.ts';
import { draftLogin } from './proxy/login.ts';
import { startApiProxy } from './proxy/proxy.ts';
import type { Blocked } from './sandbox/blocked.ts';
import { enterSandbox } from './sandbox/enter.ts';
import type { Bind } from './sandbox/flags.ts';
import { seedHome } from './sandbox/seed-home.ts';
import { pathsIn, programView, visiblePath } from './sandbox/system-view.ts';
import { insidePlaces, viewOf } from './sandbox/views.ts';
import type { Workspace } from './workspace.ts';

/** The sandbox of one draft's agent, with its one way out. */
export interface AgentSandbox {
  /** Tries to get out of it; undefined where that failed in each way. */
  prove(): Promise<Blocked | undefined>;
  enter: (launch: Launch) => Launch;
  settings(budgetUsd: number | undefined): AgentSettings;
  refusedHosts(): string[];
  close(): Promise<void>;
}

export interface AgentSandboxInput {
  workspace: Workspace;
  bwrap: string;
  agent: RunnableAgent;
  repository: string;
  maxBytes: number;
  signal: AbortSignal;
}

const bridge = childEntry(import.meta.url, './inside/bridge.ts');

/** What the agent may do inside: all that needs no network of its own. The sandbox is what holds it, and not this. */
const permission: AgentSettings = {
  permissionMode: 'acceptEdits',
  tools: 'default',
  allowedTools: ['Bash', 'Edit', 'Glob', 'Grep', 'NotebookEdit', 'Read', 'Write'],
  disallowedTools: ['WebFetch', 'WebSearch'],
};

/** Starts the proxy and describes the sandbox around it; see `AgentSandbox`. */
export async function createAgentSandbox(
  deps: DraftsmanDeps,
  { workspace, bwrap, agent, repository, maxBytes, signal }: AgentSandboxInput,
): Promise<AgentSandbox> {
  const { env, settings } = deps;
  const place = apiPlace(env, settings.get('drafter.allowedHosts'));
  const login = draftLogin(env, place, settings.get('drafter.token'));
  const proxy = await startApiProxy({ socket: workspace.socket, place, headers: login.headers, env });
  seedHome(workspace.home);
  const shown = [...programView(programsOf(agent)), ...ownersView(settings.get('drafter.readOnlyPaths'))];
  const view = viewOf(workspace, {
    tree: workspace.tree,
    readOnly: [...shown, { from: workspace.socket, to: insidePlaces.socket }],
  });
  const inside = {
    PATH: visiblePath(agentSearchPath('entry' in agent ? process.execPath : agent.path, env), shown),
    ...named(env),
    ...kindOf(agent).environment,
    ...login.inside,
  };
  const maxFileBytes = maxBytes / 2;
  return {
    prove: () =>
      proveSandbox(
        {
          ...{ programs: deps.programs, bwrap, view, env: inside, folder: workspace.folder, maxFileBytes },
          plantIn: workspace.planted,
          ...outside(deps, workspace, repository),
        },
        signal,
      ),
    enter: (launch) => {
      const marker = launch.env[taskMarkerName];
      const command = {
        command: bridge.command,
        args: [...bridge.args, insidePlaces.socket, launch.command, ...launch.args],
        env: { ...inside, ...(marker !== undefined && { [taskMarkerName]: marker }) },
      };
      return { ...launch, ...enterSandbox(bwrap, view, command, { maxFileBytes }) };
    },
    settings: (budgetUsd) => ({
      ...permission,
      ...(budgetUsd !== undefined && { maxBudgetUsd: budgetUsd }),
    }),
    refusedHosts: () => proxy.refused(),
    close: () => proxy.close(),
  };
}

/** Nothing of the daemon's environment but what says how to speak. */
function named({ LANG, TZ }: DraftsmanDeps['env']): Record<string, string> {
  return {
    HOME: insidePlaces.home,
    USER: 'draft',
    LOGNAME: 'draft',
    SHELL: '/bin/sh',
    TMPDIR: insidePlaces.temporary,
    LANG: LANG ?? 'C.UTF-8',
    ...(TZ !== undefined && { TZ }),
    DISABLE_AUTOUPDATER: '1',
    // Commits of the agent need a name; its own configuration has none.
    GIT_AUTHOR_NAME: 'ninjad',
    GIT_AUTHOR_EMAIL: 'ninjad@localhost',
    GIT_COMMITTER_NAME: 'ninjad',
    GIT_COMMITTER_EMAIL: 'ninjad@localhost',
  };
}

/** All that has to be seen for the agent to run: its program, our node, our bridge, our probe. */
function programsOf(agent: RunnableAgent): string[] {
  const own = [process.execPath, ...pathsIn(bridge.args), ...pathsIn(probeArgs)];
  if (!('entry' in agent)) return [agent.path, ...own];
  const given = agent.entry.args.flatMap((arg) => (arg.startsWith('[') ? namedIn(arg) : [arg]));
  return [...pathsIn(given), ...(agent.kind === 'command' ? [agent.path] : []), ...own];
}

/** Files that the owner's command line names. */
function namedIn(json: string): string[] {
  const words = JSON.parse(json) as string[];
  return words.filter((word) => word.startsWith('/') && word !== '/');
}

/** What the owner wants to be seen besides. */
export function ownersView(paths: readonly string[]): Bind[] {
  return paths.filter((path) => existsSync(path)).map((path) => ({ from: path, to: path }));
}

/** What of this machine the probe tries to touch. */
function outside({ paths, userHome }: DraftsmanDeps, workspace: Workspace, repository: string) {
  const inHome = [
    '.ssh',
    '.gnupg',
    '.aws',
    '.claude',
    '.claude.json',
    '.gitconfig',
    '.config',
    '.netrc',
    '.npmrc',
  ];
  return {
    closed: [paths.home, paths.sockets, repository, packagePath(), userHome, workspace.folder],
    unseen: [
      ...[paths.token, paths.configFile, paths.controlSocket, paths.fifo, paths.pg, paths.journal],
      ...['.git', 'HEAD', 'objects'].map((name) => join(repository, name)),
      ...inHome.map((name) => join(userHome, name)),
      ...[workspace.base, workspace.planted, workspace.socket],
    ],
    pipes: [paths.fifo],
  };
}
