import { agentSearchPath } from '../tasks/agents/probe.ts';
import { ownersView } from './agent-sandbox.ts';
import type { DraftsmanDeps } from './deps.ts';
import type { Bind } from './sandbox/flags.ts';
import { programView, visiblePath } from './sandbox/system-view.ts';

/** What tests see beside the system: our node, and what the owner names. */
export function testView({ env, settings }: Pick<DraftsmanDeps, 'env' | 'settings'>): {
  readOnly: Bind[];
  searchPath: string;
} {
  const readOnly = [...programView([process.execPath]), ...ownersView(settings.get('drafter.readOnlyPaths'))];
  return { readOnly, searchPath: visiblePath(agentSearchPath(process.execPath, env), readOnly) };
}
