import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { endDaemons, newHome, startDaemon } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

vi.setConfig({ testTimeout: 300_000 });
leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

it('gives what the owner once said, in their words, to the agent of another conversation after a restart', async () => {
  const home = await newHome();
  const agent = join(home, 'answer');
  const seen = join(home, 'prompt');
  writeFileSync(agent, `#!/bin/sh\ncat > ${seen}\necho Fine.\n`, { mode: 0o755 });
  writeFileSync(join(home, 'config.json'), JSON.stringify({ 'agent.command': [agent] }));

  const first = await startDaemon({ home });
  expect(await first.ninjad('ask', 'the spare key is with Ulla in the blue house')).toMatchObject({
    code: 0,
  });
  await first.kill('SIGTERM');

  const second = await startDaemon({ home });
  expect(await second.ninjad('ask', 'who has the spare key?')).toMatchObject({ code: 0 });
  const prompt = readFileSync(seen, 'utf8');
  expect(prompt).toContain('| the spare key is with Ulla in the blue house\n');
  expect(prompt).toContain('trust: owner');
  expect(await second.rows('SELECT content, origin, kind, trust FROM memory_embeddings ORDER BY id')).toEqual(
    [['the spare key is with Ulla in the blue house', 'extraction', 'note', 'owner']],
  );
});
