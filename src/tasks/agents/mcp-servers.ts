import { readFileSync } from 'node:fs';
import { asList, asObject, asText, type Json } from './json.ts';

/** An MCP server of a run, as its file tells of it: a program, or an address. */
export type McpServer =
  | { command: string; args: string[]; env: Record<string, string> }
  | { url: string; headers: Record<string, string> };

/** The servers in the file of `AgentSettings.mcpConfig`, for a CLI that wants them in a form of its own. */
export function readMcpServers(path: string): Record<string, McpServer> {
  const servers = asObject(asObject(JSON.parse(readFileSync(path, 'utf8')))?.['mcpServers']) ?? {};
  return Object.fromEntries(
    Object.entries(servers).map(([name, server]) => [name, serverOf(asObject(server) ?? {})]),
  );
}

function serverOf(server: Json): McpServer {
  const url = asText(server['url']);
  if (url !== undefined) return { url, headers: textsOf(server['headers']) };
  const args = asList(server['args']).map((arg) => asText(arg) ?? '');
  return { command: asText(server['command']) ?? '', args, env: textsOf(server['env']) };
}

function textsOf(value: unknown): Record<string, string> {
  const texts = Object.entries(asObject(value) ?? {}).map(([name, text]) => [name, asText(text) ?? '']);
  return Object.fromEntries(texts) as Record<string, string>;
}
