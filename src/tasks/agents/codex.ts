import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownValue } from '../../lib/own-value.ts';
import { MINUTE } from '../../lib/time.ts';
import type { AgentSettings } from '../run/agent-settings.ts';
import { refusalInWords } from '../run/refusal.ts';
import type { AgentTalk, CliKind, LastWordsMeaning, LoginFinding, TalkTerms } from './agent-kind.ts';
import type { AgentSurroundings } from './cli-program.ts';
import { codexCommandLine, codexHome } from './codex/arguments.ts';
import { createCodexReader } from './codex/read-stream.ts';
import { partialRefusal } from './granted-tools.ts';
import { heldToSession } from './same-session.ts';

/** OpenAI's Codex CLI: `codex exec --json`, a run a turn. */
export const codex: CliKind<'codex'> = {
  title: 'Codex',
  program: {
    name: 'codex',
    versionMs: 15_000,
    behind: programBehind,
    install: 'npm install -g @openai/codex',
    login: 'run `codex login` as the user of the daemon',
  },
  rules: {
    resumes: true,
    forks: true,
    hears: false,
    interrupts: false,
    callsTools: true,
    streams: false,
    seesImages: true,
    tellsCost: false,
    keepsBudget: false,
    tellsUse: false,
    counts: 'session',
  },
  isOwnVariable: (name) => ownVariables.has(name) || name.startsWith('OPENAI_'),
  // It takes 1,048,576, the end of the line among them.
  maxPromptChars: 1_048_000,
  shellMs: 60 * MINUTE,
  whyUnfit,
  whyNoDrafts: 'its login would have to be inside of the sandbox of drafts, where no key may be',
  commandLine: codexCommandLine,
  talk,
  lastWords,
  login,
};

const ownVariables: ReadonlySet<string> = new Set([
  'CODEX_HOME',
  'CODEX_API_KEY',
  'CODEX_ACCESS_TOKEN',
  'CODEX_CA_CERTIFICATE',
  'AZURE_OPENAI_API_KEY',
]);

function whyUnfit(settings: AgentSettings): string | undefined {
  const rule = partialRefusal(settings);
  if (rule !== undefined) return `it knows no rules for parts of a tool, and this task is denied ${rule}`;
  if (settings.maxTurns !== undefined) return 'it cannot be held to a number of turns (task.maxTurns)';
  return undefined;
}

/** It reads its prompt to the end of its input before it begins. */
function talk({ input, resume, model = 'codex', bounds }: TalkTerms): AgentTalk {
  return {
    reader: heldToSession(createCodexReader(model, bounds), resume),
    begin(prompt) {
      input.write(prompt);
      input.end();
    },
  };
}

function lastWords(stderr: string): LastWordsMeaning {
  const refusal = refusalInWords(stderr)?.kind;
  return {
    staleSession: /no rollout found for thread id|no saved session found/i.test(stderr),
    ...(refusal === 'invalid-request' && { isInvalid: true }),
  };
}

/** The program of this platform, which npm's launcher starts as a process of its own. */
function programBehind(path: string): string {
  try {
    const root = dirname(dirname(realpathSync(path)));
    const name = `codex-${process.platform}-${process.arch}`;
    const triple = triples[`${process.platform}-${process.arch}`];
    if (triple === undefined) return path;
    const places = [join(root, 'node_modules', '@openai', name), join(dirname(root), name), root].map(
      (place) => join(place, 'vendor', triple, 'bin', 'codex'),
    );
    return places.find((place) => existsSync(place)) ?? path;
  } catch {
    return path;
  }
}

const triples: Readonly<Record<string, string>> = {
  'linux-x64': 'x86_64-unknown-linux-musl',
  'linux-arm64': 'aarch64-unknown-linux-musl',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
};

function login({ home, env }: Pick<AgentSurroundings, 'home' | 'env'>): LoginFinding {
  const remedy =
    'run `codex login` as the user of the daemon, or give the daemon OPENAI_API_KEY and name the provider in config.toml';
  const folder = codexHome(env, home);
  if (existsSync(join(folder, 'auth.json')))
    return {
      state: 'yes',
      found: `a login in ${folder}; whether it is valid shows with the first task`,
      remedy,
    };
  const key = ['CODEX_API_KEY', 'OPENAI_API_KEY'].find((name) => (ownValue(env, name) ?? '') !== '');
  if (key !== undefined)
    return { state: 'yes', found: `by ${key}; whether it is valid shows with the first task`, remedy };
  return { state: 'no', found: `no login in ${folder} and no key in the environment`, remedy };
}
