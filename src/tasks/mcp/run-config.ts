import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentMarker } from '../../lib/process/marker.ts';
import type { ChildEntry } from '../../lib/process/child-entry.ts';

/** The name of our server for the agent; permission rules call its tools `mcp__ninjad__…`. */
export const mcpServerName = 'ninjad';

/** The rule that allows every tool of our server. */
export const mcpRule = `mcp__${mcpServerName}`;

/** The environment variable that carries a run's token to its MCP server. */
export const tokenVariable = 'NINJAD_MCP_TOKEN';

/** Whose file it is: a task by its number, or an agent that waits for one. */
type Owner = number | `standby-${number}`;

/** How an agent reaches our server. */
export interface McpWay {
  /** Of the daemon's own server, where the agent can reach that; it is taken before a process. */
  url?: string | undefined;
  home: string;
  /** By which the server is found with the other processes of the task. */
  marker: EnvironmentMarker;
  /** The command that runs `ninjad`. */
  entry: ChildEntry;
}

/**
 * Writes the file for `--mcp-config` and returns its path. A file and not an argument, since everybody can read those;
 * a server's whole environment is given by the file, since agents pass on but a few names of their own.
 */
export function writeMcpConfig(dir: string, owner: Owner, token: string, way: McpWay): string {
  const path = configPath(dir, owner);
  const server = {
    // A current CLI looks tools up when it needs them: without this none of ours is in its first request.
    alwaysLoad: true,
    // For an agent that knows no HTTP the process stands there too; the token is good for one of them.
    ...overStdio(token, way),
    ...(way.url !== undefined && overHttp(token, way.url)),
  };
  writeFileSync(path, JSON.stringify({ mcpServers: { [mcpServerName]: server } }), { mode: 0o600 });
  return path;
}

function overHttp(token: string, url: string) {
  return { type: 'http', url, headers: { Authorization: `Bearer ${token}` } };
}

function overStdio(token: string, { home, marker, entry }: McpWay) {
  return {
    type: 'stdio',
    command: entry.command,
    args: [...entry.args, 'mcp'],
    env: { NINJAD_HOME: home, [tokenVariable]: token, [marker.name]: marker.value },
  };
}

/** Path of the folder for what an owner's agent reads besides; nobody has made it yet. */
export function filesFolder(dir: string, owner: Owner): string {
  return join(dir, `${nameOf(owner)}.files`);
}

/** Removes the files of an owner that does not run any more; what is not there is fine. */
export function removeMcpConfig(dir: string, owner: Owner): void {
  rmSync(configPath(dir, owner), { force: true });
  rmSync(filesFolder(dir, owner), { recursive: true, force: true });
}

/** Removes what a former life has left. */
export function clearMcpConfigs(dir: string): void {
  for (const name of readdirSync(dir)) rmSync(join(dir, name), { recursive: true, force: true });
}

function configPath(dir: string, owner: Owner): string {
  return join(dir, `${nameOf(owner)}.json`);
}

function nameOf(owner: Owner): string {
  return typeof owner === 'number' ? `task-${owner}` : owner;
}
