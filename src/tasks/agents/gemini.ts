import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { userHomeFrom } from '../../lib/config/paths.ts';
import { ownValue } from '../../lib/own-value.ts';
import { createLineReader } from '../run/stream-reader.ts';
import type {
  AgentTalk,
  CliKind,
  CommandLine,
  LastWordsMeaning,
  LoginFinding,
  TalkTerms,
  Turn,
} from './agent-kind.ts';
import type { AgentSurroundings } from './cli-program.ts';
import { makeGeminiHome } from './gemini/home.ts';
import { createGeminiParser } from './gemini/stream.ts';
import { geminiPolicy } from './gemini/tools.ts';
import { whyUnfitForWholeTools } from './granted-tools.ts';
import { readMcpServers } from './mcp-servers.ts';
import { heldToSession } from './same-session.ts';

const keys = ['GEMINI_API_KEY', 'GOOGLE_API_KEY'] as const;
const cloud = [
  'GOOGLE_APPLICATION_CREDENTIALS',
  'GOOGLE_CLOUD_ACCESS_TOKEN',
  'GOOGLE_CLOUD_LOCATION',
  'GOOGLE_CLOUD_PROJECT',
  'GOOGLE_GENAI_API_VERSION',
  'GOOGLE_GENAI_USE_GCA',
  'GOOGLE_GENAI_USE_VERTEXAI',
  'GOOGLE_GEMINI_BASE_URL',
  'GOOGLE_VERTEX_BASE_URL',
];
const ownVariables: ReadonlySet<string> = new Set([...keys, ...cloud]);

/**
 * It puts the contents of a file where a prompt names it behind an `@`, an address in a mail among it, whatever the tools of the
 * run are; not behind a backslash.
 */
const mention = /(?<!\\)@/g;

/** Exits by which the CLI says what is wrong, where its stream does not. */
const exits: ReadonlyMap<number, LastWordsMeaning['refusal']> = new Map([
  [41, 'not-logged-in'],
  [53, 'max-turns'],
]);

/** Gemini CLI: `gemini -o stream-json` without a terminal, one process a turn. */
export const gemini: CliKind<'gemini'> = {
  title: 'Gemini CLI',
  program: {
    name: 'gemini',
    versionMs: 45_000,
    install: 'npm install -g @google/gemini-cli',
    login: 'run `gemini` as the user of the daemon and choose how to log in',
  },
  rules: {
    resumes: true,
    forks: false,
    hears: false,
    interrupts: false,
    callsTools: true,
    streams: true,
    seesImages: false,
    tellsCost: false,
    keepsBudget: false,
    tellsUse: false,
    counts: 'run',
  },
  // Else it starts itself a second time, with a bigger heap, and the first one is deaf to signals.
  environment: { GEMINI_CLI_NO_RELAUNCH: 'true' },
  isOwnVariable: (name) => name.startsWith('GEMINI_') || ownVariables.has(name),
  // It repeats the prompt before its reply and does not wait until that is read: of 1 MB the reply was lost each time, of half of
  // that never.
  maxPromptChars: 400_000,
  whyUnfit: whyUnfitForWholeTools,
  whyNoDrafts: 'its login would have to be inside of the sandbox of drafts, where no key may be',
  commandLine,
  talk,
  lastWords,
  login,
};

function commandLine({ path }: { path: string }, { session, settings, folder, env }: Turn): CommandLine {
  const servers = settings.mcpConfig === undefined ? {} : readMcpServers(settings.mcpConfig);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const hasKey = keys.some((name) => (ownValue(env, name) ?? '') !== '');
  makeGeminiHome(folder, { owners: geminiFolder(userHomeFrom(env), env), settings, servers, hasKey });
  const policy = join(folder, 'policy.toml');
  writeFileSync(policy, geminiPolicy(settings, Object.keys(servers)), { mode: 0o600 });
  return {
    command: path,
    args: [
      '--skip-trust',
      '-o',
      'stream-json',
      '--approval-mode',
      'default',
      '--policy',
      policy,
      ...sessionArguments(session),
      ...(settings.model === undefined ? [] : ['-m', settings.model]),
    ],
    env: { GEMINI_CLI_HOME: folder },
  };
}

/** It cannot copy a session: what would go on in a copy begins anew, told what was said. */
function sessionArguments(session: Turn['session']): string[] {
  if ('create' in session) return ['--session-id', session.create];
  return 'resume' in session ? ['-r', session.resume] : [];
}

function talk({ input, resume, bounds }: TalkTerms): AgentTalk {
  return {
    reader: heldToSession(createLineReader(createGeminiParser(), bounds), resume),
    begin(prompt) {
      input.write(prompt.replaceAll(mention, '\\@'));
      input.end();
    },
  };
}

/** Its exit after a refusal of the API is the status, cut to a byte, which the stream says whole. */
function lastWords(stderr: string, exitCode?: number | null): LastWordsMeaning {
  const refusal = exits.get(exitCode ?? 0);
  const staleSession = /Invalid session identifier|No previous sessions found/.test(stderr);
  return { staleSession, ...(refusal !== undefined && { refusal }) };
}

function login({ home, env }: Pick<AgentSurroundings, 'home' | 'env'>): LoginFinding {
  const remedy = 'run `gemini` as the user of the daemon and log in, or give the daemon GEMINI_API_KEY';
  const named = [...keys, 'GOOGLE_GENAI_USE_VERTEXAI'].find((name) => (ownValue(env, name) ?? '') !== '');
  if (named !== undefined) return { state: 'yes', found: `${named} is set`, remedy };
  const file = join(geminiFolder(home, env), 'oauth_creds.json');
  if (existsSync(file)) return { state: 'yes', found: `credentials in ${file}`, remedy };
  return { state: 'no', found: `no ${file} and no key in the environment`, remedy };
}

function geminiFolder(home: string, env: AgentSurroundings['env']): string {
  return join(env['GEMINI_CLI_HOME'] ?? home, '.gemini');
}
