import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownValue } from '../../lib/own-value.ts';
import { unknownModel } from '../../spend/model-usage.ts';
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
import { whyUnfitForWholeTools } from './granted-tools.ts';
import { asObject, parseObject } from './json.ts';
import { readMcpServers } from './mcp-servers.ts';
import { heldToSession } from './same-session.ts';
import { opencodePermissions, opencodeServer } from './opencode/config.ts';
import { createOpencodeParser } from './opencode/stream.ts';

/** Keys of the providers that most people use; further ones are named in `agent.environment`. */
const providerKeys = new Set([
  'ANTHROPIC_API_KEY',
  'OPENAI_API_KEY',
  'GEMINI_API_KEY',
  'GOOGLE_GENERATIVE_AI_API_KEY',
  'OPENROUTER_API_KEY',
  'GROQ_API_KEY',
  'MISTRAL_API_KEY',
  'DEEPSEEK_API_KEY',
  'XAI_API_KEY',
]);

/** opencode: `opencode run --format json`, one process a turn, with its own store of sessions. */
export const opencode: CliKind<'opencode'> = {
  title: 'opencode',
  program: {
    name: 'opencode',
    versionMs: 30_000,
    folders: ({ home }) => [join(home, '.opencode/bin')],
    install: 'npm install -g opencode-ai',
    login: 'run `opencode auth login` as the user of the daemon',
  },
  rules: {
    resumes: true,
    forks: true,
    hears: false,
    interrupts: false,
    callsTools: true,
    streams: false,
    seesImages: false,
    tellsCost: true,
    keepsBudget: false,
    tellsUse: true,
    counts: 'run',
  },
  environment: { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1' },
  isOwnVariable: (name) => name.startsWith('OPENCODE_') || providerKeys.has(name),
  whyUnfit: whyUnfitForWholeTools,
  whyNoDrafts:
    'its providers and their keys would have to be inside of the sandbox of drafts, where no key may be',
  commandLine,
  talk,
  lastWords,
  login,
};

/** A turn works in the folder that its session belongs to: from elsewhere it would say nothing and never end. */
function commandLine({ path }: { path: string }, { session, settings, cwd, folder, env }: Turn): CommandLine {
  const servers = settings.mcpConfig === undefined ? {} : readMcpServers(settings.mcpConfig);
  let secrets = 0;
  const secret = (value: string): string => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, `secret-${secrets++}`);
    writeFileSync(file, value, { mode: 0o600 });
    return `{file:${file}}`;
  };
  const mcp = Object.fromEntries(
    Object.entries(servers).map(([name, server]) => [name, opencodeServer(server, secret)]),
  );
  const owners = parseObject(env['OPENCODE_CONFIG_CONTENT'] ?? '') ?? {};
  const content = { ...owners, mcp: { ...asObject(owners['mcp']), ...mcp } };
  return {
    command: path,
    args: [
      'run',
      '--format',
      'json',
      '--dir',
      cwd,
      // Without one the model is asked for a title first.
      '--title',
      'ninjad',
      ...('create' in session
        ? []
        : 'fork' in session
          ? ['-s', session.fork, '--fork']
          : ['-s', session.resume]),
      ...(settings.model === undefined ? [] : ['-m', settings.model]),
    ],
    env: {
      OPENCODE_CONFIG_CONTENT: JSON.stringify(content),
      OPENCODE_PERMISSION: JSON.stringify(opencodePermissions(settings, Object.keys(servers))),
    },
  };
}

function talk({ input, resume, model, bounds }: TalkTerms): AgentTalk {
  const parser = createOpencodeParser(model ?? unknownModel);
  const reader = createLineReader(
    (line) => parser.parseLine(line),
    bounds,
    () => parser.atEnd(),
  );
  return {
    reader: heldToSession(reader, resume),
    begin(prompt) {
      input.write(prompt);
      input.end();
    },
  };
}

function lastWords(stderr: string): LastWordsMeaning {
  return { staleSession: /Session not found/.test(stderr) };
}

function login({ home, env }: Pick<AgentSurroundings, 'home' | 'env'>): LoginFinding {
  const remedy =
    'run `opencode auth login` as the user of the daemon, or give the daemon the key of a provider';
  const file = join(env['XDG_DATA_HOME'] ?? join(home, '.local/share'), 'opencode/auth.json');
  const key = [...providerKeys].find((name) => (ownValue(env, name) ?? '') !== '');
  if (key !== undefined) return { state: 'yes', found: `${key} is set`, remedy };
  if (existsSync(file)) return { state: 'yes', found: `logins in ${file}`, remedy };
  return {
    state: 'unknown',
    found: `no ${file}; its configuration may name a provider that needs none`,
    remedy,
  };
}
