import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentSettings } from '../../run/agent-settings.ts';
import { ownValue } from '../../../lib/own-value.ts';
import { asObject, type Json } from '../json.ts';
import type { McpServer } from '../mcp-servers.ts';
import { geminiTools } from './tools.ts';

/** What belongs to a run alone, and what the owner's rules could widen. */
const notLinked = new Set(['settings.json', 'policies']);
/** Made in the owner's home where they are missing, so that what a run leaves there stays. */
const kept = ['tmp', 'history'];

export interface GeminiHomeOptions {
  /** The `.gemini` of the owner. */
  owners: string;
  settings: AgentSettings;
  servers: Readonly<Record<string, McpServer>>;
  /** True where the environment holds a key. */
  hasKey: boolean;
}

/**
 * Makes a home for one run in `folder`: the owner's `.gemini`, linked, with settings of the run's own. The CLI takes MCP
 * servers from settings only, and those of the system only from root.
 */
export function makeGeminiHome(
  folder: string,
  { owners, settings, servers, hasKey }: GeminiHomeOptions,
): void {
  const own = join(folder, '.gemini');
  // That of a start before, in the same run; what its links lead to stays.
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { recursive: true, mode: 0o700 });
  for (const name of kept) mkdirSync(join(owners, name), { recursive: true, mode: 0o700 });
  for (const name of readdirSync(owners)) {
    if (!notLinked.has(name)) symlinkSync(join(owners, name), join(own, name));
  }
  const text = JSON.stringify(
    withOurs(readSettings(join(owners, 'settings.json')), { settings, servers, hasKey }),
  );
  writeFileSync(join(own, 'settings.json'), text, { mode: 0o600 });
}

function withOurs(owners: Json, { settings, servers, hasKey }: Omit<GeminiHomeOptions, 'owners'>): Json {
  const part = (name: string): Json => asObject(ownValue(owners, name)) ?? {};
  const { auth, ...security } = part('security');
  const login = { ...(hasKey && { selectedType: 'gemini-api-key' }), ...asObject(auth) };
  return {
    ...owners,
    // A task is tried again by ninjad, which knows when; ten attempts take minutes in which nothing is said.
    general: {
      maxAttempts: 3,
      ...part('general'),
      enableAutoUpdate: false,
      enableAutoUpdateNotification: false,
    },
    security: { ...security, auth: login },
    tools: { ...part('tools'), core: geminiTools(settings) },
    mcpServers: Object.fromEntries(Object.entries(servers).map(([name, server]) => [name, serverOf(server)])),
  };
}

function serverOf(server: McpServer): object {
  if ('url' in server) return { httpUrl: server.url, headers: server.headers, trust: true };
  return { ...server, trust: true };
}

/** The owner's settings, which may hold comments; empty where there are none. */
function readSettings(path: string): Json {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  const bare = text.replace(/"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (part) =>
    part.startsWith('"') ? part : '',
  );
  return asObject(JSON.parse(bare)) ?? {};
}
