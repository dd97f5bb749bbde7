import type { AgentName } from '../lib/wire/agent-names.ts';
import type { AgentSettings } from '../tasks/run/agent-settings.ts';
import type { Launch, RunRequest } from '../tasks/run/launch.ts';

/** How the agent of one draft is run: in a sandbox, whatever its task says. */
export interface DraftRun {
  /** Folder that it is started from, outside. */
  cwd: string;
  timeoutMs: number;
  /** The agent that the sandbox is made for: no other is started in it. */
  agent: AgentName;
  settings: AgentSettings;
  /** The same launch, inside of the sandbox. */
  enter: (launch: Launch, request: RunRequest) => Launch;
}

/** The drafts at work, by the source of their events. */
export interface DraftRuns {
  begin(source: string, run: DraftRun): void;
  end(source: string): void;
  /** What is known of a task: `none` where it is no draft's, `over` where its draft is not at work (any more). */
  of(task: { source: string }): DraftRun | 'none' | 'over';
}

/** Sources of drafts begin with it. */
export const draftSource = 'drafter';

/** See `DraftRuns`. A draft lives in this process alone: after a restart each task of one is over, and none runs outside. */
export function createDraftRuns(): DraftRuns {
  const runs = new Map<string, DraftRun>();
  return {
    begin: (source, run) => void runs.set(source, run),
    end: (source) => void runs.delete(source),
    of({ source }) {
      const name = source.toLowerCase();
      if (name !== draftSource && !name.startsWith(`${draftSource}:`)) return 'none';
      return runs.get(source) ?? 'over';
    },
  };
}

/** In place of an agent whose draft is over: it says so and changes nothing. */
export function overLaunch(launch: Launch): Launch {
  const says = 'echo "the draft that this task belongs to is over: draft the wish again" >&2; exit 1';
  return { ...launch, command: '/bin/sh', args: ['-c', says] };
}
