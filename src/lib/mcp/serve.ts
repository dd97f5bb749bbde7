import { once } from 'node:events';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { ControlClient } from '../control/client.ts';
import { messageOf } from '../errors.ts';
import { packageVersion } from '../version.ts';
import { mcpServerName } from './run-config.ts';
import { type AgentTool, agentTools } from './tools.ts';

/**
 * Serves the tools of one running task on stdin and stdout until stdin ends. Rejects where the daemon does not take
 * the token; what goes wrong later is the answer to the call that met it.
 */
export async function serveMcp(
  client: Pick<ControlClient, 'openAgent' | 'callAgentTool'>,
  token: string,
): Promise<void> {
  const { session, tools } = await client.openAgent(token);
  const server = new McpServer({ name: mcpServerName, version: packageVersion() });
  for (const tool of tools) register(server, tool, (input) => client.callAgentTool(session, tool, input));
  await server.connect(new StdioServerTransport());
  // The transport does not notice the end of its input, and an agent may die without a word.
  await once(process.stdin, 'close');
  await server.close();
}

function register(
  server: McpServer,
  tool: AgentTool,
  call: (input: unknown) => Promise<{ text: string }>,
): void {
  const { title, description, input } = agentTools[tool];
  server.registerTool(tool, { title, description, inputSchema: input }, async (given: unknown) => {
    try {
      return { content: [{ type: 'text' as const, text: (await call(given)).text }] };
    } catch (thrown) {
      return { isError: true, content: [{ type: 'text' as const, text: messageOf(thrown) }] };
    }
  });
}
