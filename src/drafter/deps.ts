import { mkdirSync } from 'node:fs';
import type { LiveSettings } from '../lib/config/live-settings.ts';
import type { HomePaths } from '../lib/config/paths.ts';
import type { Logger } from '../lib/log.ts';
import type { ProgramRunner } from '../lib/process/run-program.ts';
import type { AgentDirectory } from '../tasks/agents/directory.ts';
import type { DraftRuns } from './draft-runs.ts';
import type { DraftTask, TaskEnd } from './run-task.ts';
import type { DrafterValues } from './settings.ts';
import { createWorkspace, temporaryRoots, type Workspace } from './workspace.ts';

/** The parts of the daemon that drafting uses. */
export interface DraftsmanDeps {
  settings: Pick<LiveSettings<DrafterValues>, 'get'>;
  /** The daemon's environment: where the agent's API is, and how to log in. */
  env: Readonly<Record<string, string | undefined>>;
  paths: HomePaths;
  userHome: string;
  programs: ProgramRunner;
  agent: Pick<AgentDirectory, 'preferred' | 'of'>;
  runs: DraftRuns;
  /** Has an agent's run done as a task; resolves when that is over. */
  runTask: (task: DraftTask, signal: AbortSignal) => Promise<TaskEnd>;
  now: () => Date;
  log: Pick<Logger, 'warn' | 'info'>;
  platform?: NodeJS.Platform;
}

/** A temporary folder where the settings want it. */
export function openWorkspace({ settings, paths }: Pick<DraftsmanDeps, 'settings' | 'paths'>): Workspace {
  const configured = settings.get('drafter.folder');
  const [root = '/tmp'] = temporaryRoots(configured);
  if (configured !== null) mkdirSync(configured, { recursive: true, mode: 0o700 });
  return createWorkspace(root, paths.home);
}
