import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { childEntry } from '../../../src/lib/process/child-entry.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { allEnd, deliveries, keepReply, startOutbox } from '../../helpers/outbox.ts';
import { type TempDatabase, tempDatabase } from '../../helpers/temp-database.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { testChannel } from '../../helpers/test-channel.ts';

let database: TempDatabase;
beforeAll(async () => {
  database = await tempDatabase();
});
afterAll(() => database.stop());
leakGuard();

it('a process that is killed between sending and writing down sends one message twice, known by its token', async () => {
  const worker = randomUUID();
  const otherSide = join(tempDir(), 'messages');
  for (const text of ['first', 'second']) await keepReply(database.store, { text });

  const { command, args } = childEntry(import.meta.url, '../../fixtures/outbox/dies-before-recording.ts');
  const child = spawn(command, [...args, database.socketDir, worker, otherSide], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  const seen = readFileSync(otherSide, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { token: string; text: string; mayBeRepeat: boolean });
  expect(seen).toMatchObject([{ text: 'first', mayBeRepeat: false }]);
  expect((await deliveries(database.store)).map(({ state }) => state)).toEqual(['sending', 'pending']);

  const channel = testChannel();
  const outbox = startOutbox({ store: database.store, channels: [channel], worker });
  expect((await allEnd(database.store)).map(({ state, attempts }) => [state, attempts])).toEqual([
    ['delivered', 2],
    ['delivered', 1],
  ]);
  expect(channel.sent.map(({ text, mayBeRepeat }) => [text, mayBeRepeat])).toEqual([
    ['first', true],
    ['second', false],
  ]);
  expect(channel.sent[0]?.token).toBe(seen[0]?.token);
  expect(channel.sent[1]?.token).not.toBe(seen[0]?.token);
  await outbox.stop();
});
