import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ModelApis, startModelApis } from '../fixtures/model-apis/server.ts';
import type { Usage } from '../fixtures/model-apis/usage.ts';

/** The real CLI in a home of its own, with the fake service behind it and no way out of this machine. */
export interface ClaudeHome {
  path: string;
  /** The CLI's HOME; its `work` is a working directory. */
  home: string;
  api: ModelApis;
  env: Record<string, string>;
  remove(): Promise<void>;
}

export interface ClaudeHomeOptions {
  /** How the CLI is logged in: by a key, with a subscription, or not at all. */
  login?: 'key' | 'subscription' | 'none';
  /** Tools that need no approval. */
  allow?: string[];
}

/** Nothing listens there: whatever does not go to loopback goes nowhere. */
const deadProxy = 'http://127.0.0.1:9';

/** The program that the suite's entry has found. */
export function claudePath(): string {
  const path = process.env['NINJAD_TEST_CLAUDE'];
  if (path === undefined)
    throw new Error('NINJAD_TEST_CLAUDE is not set: start the suite by npm run test:claude');
  return path;
}

/** Starts the fake service and makes a home for the CLI. */
export async function createClaudeHome({
  login = 'key',
  allow = ['Bash'],
}: ClaudeHomeOptions = {}): Promise<ClaudeHome> {
  const api = await startModelApis();
  const home = mkdtempSync(join(tmpdir(), 'njd-claude-'));
  for (const folder of ['.claude', 'work', 'tmp']) mkdirSync(join(home, folder));
  const settings = { env: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' }, permissions: { allow } };
  writeFileSync(join(home, '.claude', 'settings.json'), JSON.stringify(settings));
  if (login === 'subscription')
    writeFileSync(join(home, '.claude', '.credentials.json'), JSON.stringify(subscription));
  return {
    path: claudePath(),
    home,
    api,
    env: {
      PATH: '/usr/bin:/bin',
      HOME: home,
      TMPDIR: join(home, 'tmp'),
      LANG: 'C.UTF-8',
      DISABLE_AUTOUPDATER: '1',
      HTTPS_PROXY: deadProxy,
      HTTP_PROXY: deadProxy,
      NO_PROXY: '127.0.0.1',
      ANTHROPIC_BASE_URL: api.url,
      ...(login === 'key' && { ANTHROPIC_API_KEY: 'sk-ant-a-dummy' }),
    },
    async remove() {
      await api.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

const subscription = {
  claudeAiOauth: {
    accessToken: 'sk-ant-oat01-a-dummy',
    refreshToken: 'sk-ant-ort01-a-dummy',
    expiresAt: Date.UTC(2100, 0, 1),
    scopes: ['user:inference', 'user:profile'],
    subscriptionType: 'max',
  },
};

/** US dollars a million tokens, by model, as the pinned version counts them. */
const prices: Readonly<Record<string, Usage>> = {
  'claude-opus-5-5': { inputTokens: 4, outputTokens: 20, cacheReadTokens: 0.2, cacheWriteTokens: 5 },
};

/** What the service has charged, in US dollars at the prices that the pinned CLI knows. */
export function chargedUsd(api: ModelApis): number {
  const kinds = ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens'] as const;
  return [...api.chargedByModel()].reduce((sum, [model, usage]) => {
    const price = prices[model];
    if (price === undefined) throw new Error(`the price of ${model} is not known here`);
    return sum + kinds.reduce((part, kind) => part + (usage[kind] * price[kind]) / 1e6, 0);
  }, 0);
}
