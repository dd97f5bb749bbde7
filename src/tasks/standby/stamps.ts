import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownValue } from '../../lib/own-value.ts';

/** Where the CLI keeps its files. */
export interface AgentFiles {
  /** `~/.claude`, or what `CLAUDE_CONFIG_DIR` names. */
  folder: string;
  /** `.claude.json`, beside that folder or in the named one. */
  state: string;
  /** The folder of what an administrator has set for everybody. */
  managed: string;
}

/** Parts of the state file by which the CLI is logged in; the rest of it changes with every run. */
const loginKeys = ['oauthAccount', 'primaryApiKey', 'customApiKeyResponses'];
const settingsFiles = ['settings.json', 'settings.local.json'];
const instructionFiles = ['CLAUDE.md', 'CLAUDE.local.md'];
const managedFiles = ['managed-settings.json', 'CLAUDE.md'];
const extensionFolders = ['agents', 'commands', 'skills', 'rules', 'output-styles'];
/** A skill is a folder in one of them, and may have folders of its own. */
const maxDepth = 4;
const maxEntries = 1_000;
const nothing = 'none';

/** The files of the CLI by the environment that it gets. */
export function agentFiles(userHome: string, configDir: string | undefined): AgentFiles {
  return {
    folder: configDir ?? join(userHome, '.claude'),
    state: join(configDir ?? userHome, '.claude.json'),
    managed: '/etc/claude-code',
  };
}

/** Tells one state of a file from another without reading it. */
export function fileStamp(path: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(path);
    return `${ino}.${size}.${mtimeMs}`;
  } catch {
    return nothing;
  }
}

/** How far a session has gone by the CLI's own file, which it touches when it reads it; `none` where there is none to be found. */
export function sessionStamp({ folder }: AgentFiles, cwd: string, sessionId: string): string {
  const project = cwd.replace(/[^a-zA-Z0-9]/g, '-');
  try {
    return String(statSync(join(folder, 'projects', project, `${sessionId}.jsonl`)).size);
  } catch {
    return nothing;
  }
}

/** By what the CLI is logged in: a digest, which tells no secret. */
export function loginStamp({ folder, state }: AgentFiles): string {
  return digestOf([contentOf(join(folder, '.credentials.json')), loginPartOf(contentOf(state))]);
}

/** What the CLI reads of its settings, instructions and extensions when it starts in a folder: a digest. */
export function settingsStamp({ folder, managed }: AgentFiles, cwd: string): string {
  const places = [folder, join(cwd, '.claude')];
  const files = [
    ...managedFiles.map((name) => join(managed, name)),
    ...places.flatMap((place) => settingsFiles.map((name) => join(place, name))),
    ...[folder, ...placesUp(cwd)].flatMap((place) => instructionFiles.map((name) => join(place, name))),
  ];
  const trees = [
    join(managed, 'managed-settings.d'),
    ...places.flatMap((place) => extensionFolders.map((name) => join(place, name))),
  ];
  return digestOf([...files.map(contentOf), ...trees.map(treeStamp)]);
}

/** Tells one state of a folder and all in it from another without reading the files; of a very large one, the first entries. */
function treeStamp(top: string): string {
  const stamps: string[] = [];
  const visit = (path: string, depth: number): void => {
    if (stamps.length >= maxEntries) return;
    stamps.push(`${path} ${fileStamp(path)}`);
    if (depth < maxDepth) for (const name of namesIn(path)) visit(join(path, name), depth + 1);
  };
  visit(top, 0);
  return stamps.join('\n');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function placesUp(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...placesUp(above)];
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return nothing;
  }
}

function loginPartOf(state: string): string {
  const known = objectIn(state);
  return JSON.stringify(loginKeys.map((key) => ownValue(known, key) ?? null));
}

/** The CLI makes the file at its first start, which logs nobody in. */
function objectIn(state: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(state) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function digestOf(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}
