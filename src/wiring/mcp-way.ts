import { childEntry } from '../lib/process/child-entry.ts';
import type { EnvironmentMarker } from '../lib/process/marker.ts';
import type { Services } from '../services.ts';
import type { McpWay } from '../tasks/mcp/run-config.ts';

/**
 * How an agent reaches our tools: the server of the daemon itself, which is there at once and takes no process, where the
 * agent can reach it; else a process that the agent starts.
 */
export function mcpWay(
  { env, mcpDoor, paths }: Pick<Services, 'env' | 'mcpDoor' | 'paths'>,
  marker: EnvironmentMarker,
): McpWay {
  return {
    url: mcpDoor.urlFor(env),
    home: paths.home,
    marker,
    entry: childEntry(import.meta.url, '../main.ts'),
  };
}
