import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type DaemonOptions, endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { type ClaudeHome, createClaudeHome } from './claude-home.ts';

leakGuard({ withinMs: 15_000 });
const homes: ClaudeHome[] = [];
afterEach(async () => {
  await endDaemons();
  for (const home of homes.splice(0)) await home.remove();
});

async function start(options: DaemonOptions = {}): Promise<{ claude: ClaudeHome; daemon: TestDaemon }> {
  const claude = await createClaudeHome();
  homes.push(claude);
  const env = { ...claude.env, NINJAD_AGENT: claude.path, NINJAD_STANDBY: '1', ...options.env };
  return { claude, daemon: await startDaemon({ ...options, env }) };
}

describe('smoke', () => {
  it('is used', async () => {
    const { daemon } = await start();
    const tree = async () => JSON.stringify((await daemon.status()).children.find(({ id }) => id === 'standby'));
    for (const w of ['one', 'two', 'three']) {
      const t0 = Date.now();
      const asked = await daemon.ninjad('ask', '--conversation', 'garden', `[[bash echo $NINJAD_TASK]] [[say ${w}]]`);
      console.log(asked, Date.now() - t0);
      console.log(await daemon.rows('SELECT id, attempts, state, process, reason FROM tasks'));
      await new Promise((r) => setTimeout(r, 6000));
      console.log(await tree());
    }
    console.log(daemon.log().slice(-2000));
  });
});
