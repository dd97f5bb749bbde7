import { isLoopback } from '../../lib/loopback.ts';
import { bareHost, isSpared, namesProxy } from '../../lib/proxies.ts';

/** The path of our MCP server on the dashboard's port. */
export const mcpPath = '/mcp';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where agents find the MCP server that the daemon itself serves: on the dashboard's port, while that is open. */
export interface McpDoor {
  /** The dashboard listens there. */
  opened(dashboardUrl: string): void;
  closed(): void;
  /** An agent did not find the way there: it is not offered any more. True where it was. */
  avoid(): boolean;
  /**
   * The address for an agent with the proxies of this environment. Undefined while there is none, where the dashboard is not on the
   * loopback, and where the agent sends what it asks of the loopback to a proxy.
   */
  urlFor(environment: Environment): string | undefined;
}

/** See `McpDoor`. */
export function createMcpDoor(): McpDoor {
  let url: URL | undefined;
  let isAvoided = false;
  return {
    opened(dashboardUrl) {
      url = new URL(mcpPath, dashboardUrl);
    },
    closed() {
      url = undefined;
    },
    avoid() {
      const wasOffered = url !== undefined && !isAvoided;
      isAvoided = true;
      return wasOffered;
    },
    urlFor(environment) {
      if (isAvoided || url === undefined) return undefined;
      const destination = { host: bareHost(url.hostname), port: Number(url.port || 80) };
      if (!isLoopback(destination.host)) return undefined;
      return namesProxy(environment) && !isSpared(environment, destination) ? undefined : url.href;
    },
  };
}

/** Whether a connection from this address comes from this machine. */
export function isFromHere(address: string): boolean {
  return isLoopback(address.replace(/^::ffff:/i, ''));
}
