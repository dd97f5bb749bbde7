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

/** What the MCP server of a run is started with. */
export interface McpServerStart {
  home: string;
  token: string;
  /** By which the server is found with the other processes of the task. */
  marker: EnvironmentMarker;
  /** The command that runs `ninjad`. */
  entry: ChildEntry;
}

/**
 * Writes the file for `--mcp-config` and returns its path. A file and not an argument, since everybody can read those;
 * the agent's whole environment is given by the file, since agents pass on but a few names of their own.
 */
export function writeMcpConfig(
  dir: string,
  owner: Owner,
  { home, token, marker, entry }: McpServerStart,
): string {
  const path = configPath(dir, owner);
  const server = {
    type: 'stdio',
    // A current CLI looks tools up when it needs them: without this none of ours is in its first request.
    alwaysLoad: true,
    command: entry.command,
    args: [...entry.args, 'mcp'],
    env: { NINJAD_HOME: home, [tokenVariable]: token, [marker.name]: marker.value },
  };
  writeFileSync(path, JSON.stringify({ mcpServers: { [mcpServerName]: server } }), { mode: 0o600 });
  return path;
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
