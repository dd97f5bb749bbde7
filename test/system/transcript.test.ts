import { afterEach, expect, it, vi } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';
import type { TranscriptMessage } from '../../src/tasks/transcript-stream.ts';
import { endDaemons, startDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

vi.setConfig({ testTimeout: 180_000 });
leakGuard({ withinMs: 15_000 });
afterEach(endDaemons);

it('shows what a task does while it runs and after, each entry once, with attempts and cost', async () => {
  const daemon = await startDaemon({
    env: { NINJAD_AGENT: packagePath('test', 'fixtures', 'agents', 'listens.sh') },
  });
  const say = (text: string) => daemon.client.ask('task.steer', { id: 1, text });
  daemon.write('HUMAN|cli||ask|tell me\n');
  await until(
    'it listens',
    async () => (await daemon.client.ask('task.get', { id: 1 }).catch(() => undefined))?.task.agent != null,
  );
  await say('use the blue one');
  await until(
    'it was told',
    async () => (await daemon.client.ask('task.transcript', { id: 1 })).attempts.length === 1,
  );
  expect(await daemon.client.ask('task.transcript', { id: 1 })).toMatchObject({
    state: 'running',
    attempts: [{ attempt: 1, recordedAt: null, entries: [{ kind: 'steered', text: 'use the blue one' }] }],
  });

  const messages: TranscriptMessage[] = [];
  for await (const message of daemon.client.followTranscript(1)) {
    messages.push(message);
    if (message.type === 'transcript') await say('and the small one, that is all');
  }
  expect(messages).toMatchObject([
    { type: 'transcript', transcript: { attempts: [{ entries: [{ text: 'use the blue one' }] }] } },
    { type: 'entries', attempt: 1, entries: [{ text: 'and the small one, that is all' }] },
    { type: 'ended', state: 'done' },
  ]);
  expect(await daemon.client.ask('task.transcript', { id: 1 })).toMatchObject({
    state: 'done',
    attempts: [{ attempt: 1, entries: [{ kind: 'steered' }, { kind: 'steered' }] }],
  });
  const { stdout } = await daemon.ninjad('task', '1');
  expect(stdout).toMatch(/^1 \S+Z succeeded \$0\.250 task 1 is done$/m);
  expect(await daemon.ninjad('task', '99', '--follow')).toMatchObject({ code: 1 });
});
