import { afterEach, describe, expect, it } from 'vitest';
import { endDaemons, startDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { type ClaudeHome, createClaudeHome } from './claude-home.ts';

leakGuard({ withinMs: 15_000 });
const homes: ClaudeHome[] = [];
afterEach(async () => {
  await endDaemons();
  for (const home of homes.splice(0)) await home.remove();
});

async function start(config: Record<string, unknown>, more: Record<string, string> = {}) {
  const claude = await createClaudeHome();
  homes.push(claude);
  const env = { ...claude.env, ...more, NINJAD_AGENT: claude.path };
  return { claude, daemon: await startDaemon({ config, env }) };
}

describe('the owner of the real CLI', () => {
  it('hears of a model that never answers, may ask again without spending an attempt, and may stop it', async () => {
    const { claude, daemon } = await start({ 'task.silenceMs': 3_000, 'task.killGraceMs': 1_000 });
    daemon.write(`HUMAN|cli||ask|${JSON.stringify({ text: '[[hang]]', dedupKey: 'q' })}\n`);
    let told = '';
    for await (const message of daemon.client.watch('q')) {
      if (message.type !== 'progress' || claude.api.requests.length === 0) continue;
      told = message.progress;
      if (told.startsWith('no word')) break;
    }
    expect(told).toMatch(/^no word from the model for 3 s; it is tried until \d\d:\d\d$/);
    expect((await daemon.ninjad('tasks')).stdout).toContain('no word from the model');
    expect(await daemon.ninjad('task', '1', '--again')).toMatchObject({ code: 0 });
    await until('the model is asked anew', () => claude.api.requests.length === 2);
    expect(await daemon.rows('SELECT state, attempts FROM tasks')).toEqual([['running', 1]]);
    expect(await daemon.ninjad('task', '1', '--cancel')).toMatchObject({ code: 0 });
    await until('it has ended', async () => (await daemon.value('SELECT state FROM tasks')) === 'cancelled');
    expect(claude.api.requests).toHaveLength(2);
  });

  it('chooses what it sends and where it logs in: that reaches it, and none of the secrets beside it', async () => {
    const chosen = {
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      DISABLE_AUTOUPDATER: '1',
      // Off, so that the fake is asked; that they arrive is what counts.
      CLAUDE_CODE_USE_BEDROCK: '0',
      CLAUDE_CODE_USE_VERTEX: '0',
      CLAUDE_CODE_USE_FOUNDRY: '0',
      AWS_REGION: 'eu-west-1',
      CLOUD_ML_REGION: 'europe-west1',
      ANTHROPIC_FOUNDRY_RESOURCE: 'mine',
      CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-a-dummy',
    };
    const kept = {
      CLAUDE_CODE_SSE_PORT: '1234',
      CLAUDE_CODE_SESSION_ID: 'outer',
      CLAUDE_CODE_REMOTE_SESSION_ID: 'outer',
      CLAUDE_CODE_ENABLE_TELEMETRY: '1',
      OTEL_EXPORTER_OTLP_HEADERS: 'secret',
      IMAP_URL: 'imaps://secret',
      GH_TOKEN: 'secret',
    };
    const { claude, daemon } = await start({}, { ...chosen, ...kept });
    const own = `tr '\\0' '\\n' </proc/$PPID/environ`;
    const asked = await daemon.ninjad('ask', `[[bash ${own}]] [[say done]]`);
    expect(asked).toMatchObject({ code: 0, stdout: 'done\n' });
    const lines = (claude.api.requests.at(-1)?.toolResults[0] ?? '').split('\n');
    expect(lines).toEqual(
      expect.arrayContaining(Object.entries(chosen).map(([name, value]) => `${name}=${value}`)),
    );
    const names = new Set(lines.map((line) => line.split('=')[0] ?? ''));
    expect(Object.keys(kept).filter((name) => names.has(name))).toEqual([]);
  });
});
