import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ModelApis, startModelApis } from '../fixtures/model-apis/server.ts';
import type { AgentName } from './fetch-agents.ts';

/** A real CLI in a home of its own, set up as its owner would, with the fake services behind it and no way out of this machine. */
export interface AgentHome {
  name: AgentName;
  path: string;
  /** The CLI's HOME; its `work` is a working directory. */
  home: string;
  api: ModelApis;
  env: Record<string, string>;
  remove(): Promise<void>;
}

/** The model that each is set up with. */
export const models: Readonly<Record<AgentName, string>> = {
  claude: 'claude-opus-5-5',
  codex: 'gpt-5.1-codex',
  gemini: 'gemini-2.5-flash',
  opencode: 'fake/model-1',
};

/** Nothing listens there: whatever does not go to loopback goes nowhere. */
const deadProxy = 'http://127.0.0.1:9';

/** The program that the suite's entry has found; undefined where it could not be had. */
export function agentPath(name: AgentName): string | undefined {
  return process.env[`NINJAD_TEST_${name.toUpperCase()}`];
}

/** Starts the fake services and makes a home for the CLI. */
export async function createAgentHome(name: AgentName): Promise<AgentHome> {
  const path = agentPath(name);
  if (path === undefined) throw new Error(`${name} is not there: start the suite by npm run test:agents`);
  const api = await startModelApis();
  const home = mkdtempSync(join(tmpdir(), `njd-${name}-`));
  for (const folder of ['work', 'tmp']) mkdirSync(join(home, folder));
  const setup = setups[name](api.url);
  for (const [file, text] of Object.entries(setup.files)) {
    mkdirSync(dirname(join(home, file)), { recursive: true });
    writeFileSync(join(home, file), text);
  }
  return {
    name,
    path,
    home,
    api,
    env: {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: home,
      TMPDIR: join(home, 'tmp'),
      LANG: 'C.UTF-8',
      HTTPS_PROXY: deadProxy,
      HTTP_PROXY: deadProxy,
      NO_PROXY: '127.0.0.1',
      ...setup.env,
    },
    async remove() {
      await api.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

interface Setup {
  /** Files below the home, by their path. */
  files: Record<string, string>;
  env?: Record<string, string>;
}

const setups: Readonly<Record<AgentName, (url: string) => Setup>> = {
  claude: (url) => ({
    files: {
      '.claude/settings.json': JSON.stringify({
        env: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', CLAUDE_CODE_MAX_RETRIES: '1' },
      }),
    },
    env: {
      ANTHROPIC_API_KEY: 'sk-ant-a-dummy',
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_MODEL: models.claude,
      DISABLE_AUTOUPDATER: '1',
    },
  }),
  codex: (url) => ({
    files: {
      '.codex/config.toml': [
        `model = "${models.codex}"`,
        'model_provider = "fake"',
        'check_for_update_on_startup = false',
        '[analytics]',
        'enabled = false',
        '[features]',
        'plugins = false',
        'apps = false',
        '[model_providers.fake]',
        'name = "fake"',
        `base_url = "${url}/v1"`,
        'wire_api = "responses"',
        'env_key = "OPENAI_API_KEY"',
        '',
      ].join('\n'),
    },
    env: { OPENAI_API_KEY: 'a-dummy' },
  }),
  gemini: (url) => ({
    files: {
      '.gemini/settings.json': JSON.stringify({
        security: { auth: { selectedType: 'gemini-api-key' } },
        model: { name: models.gemini },
        privacy: { usageStatisticsEnabled: false },
        general: { enableAutoUpdate: false },
      }),
    },
    env: { GEMINI_API_KEY: 'a-dummy', GOOGLE_GEMINI_BASE_URL: url },
  }),
  opencode: (url) => ({
    files: {
      '.config/opencode/opencode.json': JSON.stringify({
        model: models.opencode,
        provider: {
          fake: {
            npm: '@ai-sdk/openai-compatible',
            options: { baseURL: `${url}/v1`, apiKey: 'a-dummy' },
            models: {
              'model-1': {
                limit: { context: 200_000, output: 8_192 },
                cost: { input: 3, output: 15, cache_read: 1 },
              },
            },
          },
        },
      }),
    },
  }),
};
