import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { refusalInWords } from '../run/refusal.ts';
import { createLineReader } from '../run/stream-reader.ts';
import type { AgentTalk, CliKind, LastWordsMeaning, LoginFinding, TalkTerms } from './agent-kind.ts';
import type { AgentSurroundings } from './cli-program.ts';
import { agentArguments, interruptLine, userLine } from './claude/arguments.ts';
import { isClaudeVariable, loginIn } from './claude/login-variables.ts';
import { parseStreamLine, saysStaleSession } from './claude/parse-line.ts';

/** Claude Code: `claude -p` with stream-json on both sides. */
export const claude: CliKind<'claude'> = {
  title: 'Claude Code',
  program: {
    name: 'claude',
    folders: ({ home }) => [join(home, '.claude/local')],
    install: 'npm install -g @anthropic-ai/claude-code',
    login: 'run claude, then /login, as the user of the daemon',
  },
  rules: {
    resumes: true,
    forks: true,
    hears: true,
    interrupts: true,
    callsTools: true,
    streams: true,
    seesImages: true,
    tellsCost: true,
    keepsBudget: true,
    tellsUse: true,
    counts: 'session',
  },
  // A turn that leaves work in the background is no answer; the CLI's documentation names this for headless runs.
  environment: { CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1' },
  isOwnVariable: isClaudeVariable,
  commandLine: ({ path }, { session, settings }) => ({
    command: path,
    args: agentArguments(session, settings),
  }),
  talk: streamJsonTalk,
  lastWords: streamJsonLastWords,
  login,
};

/** The talk with whatever speaks stream-json on both sides; its input stays open for further messages. */
export function streamJsonTalk({ input, bounds }: TalkTerms): AgentTalk {
  return {
    reader: createLineReader(parseStreamLine, bounds),
    begin: (prompt) => input.write(userLine(prompt)),
    say: (text, uuid) => input.write(userLine(text, uuid)),
    interrupt: () => input.write(interruptLine(randomUUID())),
  };
}

/** What its standard error says; its exit status says nothing that the result does not. */
export function streamJsonLastWords(stderr: string): LastWordsMeaning {
  const isInvalid = refusalInWords(stderr)?.kind === 'invalid-request';
  return { staleSession: saysStaleSession(stderr), ...(isInvalid && { isInvalid }) };
}

function login({ home, env }: Pick<AgentSurroundings, 'home' | 'env'>): LoginFinding {
  const folder = env['CLAUDE_CONFIG_DIR'] ?? join(home, '.claude');
  const remedy =
    'run claude, then /login, as the user of the daemon; or `claude setup-token`, and give the daemon CLAUDE_CODE_OAUTH_TOKEN';
  const said = loginIn(env);
  if (said !== undefined)
    return { state: 'yes', found: `${said}; whether it is valid shows with the first task`, remedy };
  if (existsSync(join(folder, '.credentials.json')))
    return {
      state: 'yes',
      found: `credentials in ${folder}; whether they are valid shows with the first task`,
      remedy,
    };
  if (process.platform === 'darwin')
    return {
      state: 'unknown',
      found: 'kept in the keychain, if at all; it shows with the first task',
      remedy,
    };
  return { state: 'no', found: `no credentials in ${folder} and no key in the environment`, remedy };
}
