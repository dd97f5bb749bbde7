import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DaemonOptions, endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { type FakeDiscord, startFakeDiscord } from '../helpers/discord/fake-discord.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

vi.setConfig({ testTimeout: 300_000 });
leakGuard({ withinMs: 15_000 });

let fake: FakeDiscord;
beforeEach(async () => {
  fake = await startFakeDiscord();
});
afterEach(async () => {
  await endDaemons();
  await fake.stop();
});

const env = () => ({
  DISCORD_TOKEN: fake.token,
  DISCORD_OWNER_ID: fake.ownerId,
  DISCORD_API_URL: fake.url,
});
const view = async (daemon: TestDaemon) =>
  JSON.parse((await daemon.ninjad('discord', '--json')).stdout) as Record<string, unknown>;
const start = async (options: DaemonOptions = {}): Promise<TestDaemon> => {
  const daemon = await startDaemon({ ...options, env: { ...env(), ...options.env } });
  await until('Discord is ready', async () => (await daemon.client.ask('discord.get', {})).state === 'ready');
  return daemon;
};

describe('Discord through the whole daemon', () => {
  it('a DM becomes a reply, a stranger gets nothing, and it ends with the daemon', async () => {
    const daemon = await start();
    fake.say('let me in', { userId: '1400000000000000004' });
    fake.say('/remember the garden hose is blue');
    await until('the reply', () => fake.replies().length === 1);
    expect(fake.replies()[0]?.content).toBe('I will remember that.');
    const dm = fake.say('what colour is the garden hose?');
    await until('the second reply', () => fake.replies().length === 2);
    expect(fake.replies()[1]?.content).toContain('I am the offline agent');
    expect(fake.messages.filter(({ channel_id: id }) => id === fake.dm('1400000000000000004'))).toHaveLength(
      1,
    );
    expect(await view(daemon)).toMatchObject({
      state: 'ready',
      botId: fake.botId,
      ownerId: fake.ownerId,
      lastAckAt: expect.any(String) as string,
      lastMessageAt: expect.any(String) as string,
      cursor: dm.id,
      identifiesLeft: 49,
      reason: null,
      ignored: { strangers: 1 },
    });
    expect((await daemon.ninjad('discord')).stdout).toMatch(/state +ready\nbot +ninja/);
    const { rows } = { rows: await daemon.rows(`SELECT DISTINCT source, category, priority FROM events`) };
    expect(rows).toEqual([['discord', 'chat', 0]]);
    expect((await daemon.kill('SIGTERM')).code).toBe(0);
  });

  it('a DM while the conversation runs steers it, and both are answered by the one reply', async () => {
    const daemon = await start({
      env: { NINJAD_AGENT: packagePath('test', 'fixtures', 'agents', 'listens.sh') },
      config: { 'task.killGraceMs': 300 },
    });
    fake.say('tell me about garden hoses');
    await until(
      'it listens',
      async () => (await daemon.value(`SELECT process IS NOT NULL FROM tasks WHERE id = 1`)) === true,
    );
    fake.say('and the small one, that is all');
    await until(
      'both have ended',
      async () => (await daemon.value(`SELECT count(*)::int FROM tasks WHERE state = 'done'`)) === 2,
    );
    expect(await daemon.rows('SELECT outcome, reply, steered_into FROM tasks ORDER BY id')).toEqual([
      ['succeeded', 'told: small', null],
      ['steered', 'told: small', 1],
    ]);
    await until('the reply', () => fake.replies().some(({ content }) => content.includes('told: small')));
    await until(
      'nothing is left',
      async () =>
        (await daemon.value(`SELECT count(*)::int FROM deliveries WHERE state <> 'delivered'`)) === 0,
    );
    // The reply stands once in the channel, however many messages it answers.
    expect(fake.replies().filter(({ content }) => content.includes('told: small'))).toHaveLength(1);
  });

  it('200 messages over a cut line, a SIGKILL and a restart end as 200 replies, each once', async () => {
    const first = await start();
    const texts = Array.from({ length: 200 }, (_, index) => `/remember fact ${index}`);
    const say = (from: number, to: number) => texts.slice(from, to).map((text) => fake.say(text).id);
    say(0, 60);
    fake.gateway.cut();
    say(60, 120);
    await until('some are answered', () => fake.replies().length > 20);
    const near = say(120, 160).at(-20) ?? '';
    // More than 50 would only be listed: fewer than that are not heard before the end.
    await until('most are safe', async () => {
      const { cursor } = await first.client.ask('discord.get', {});
      return cursor !== null && BigInt(cursor) >= BigInt(near);
    });
    await first.kill('SIGKILL');
    say(160, 190);
    const second = await start({ home: first.home });
    say(190, 200);
    await until('all are answered', () => fake.replies().length >= 200, 60_000);
    await until(
      'nothing is left',
      async () => (await second.value(`SELECT count(*) FROM deliveries WHERE state <> 'delivered'`)) === 0,
    );
    expect(fake.replies()).toHaveLength(200);
    expect(
      await second.rows(`SELECT count(*), count(DISTINCT dedup_key) FROM events WHERE source = 'discord'`),
    ).toEqual([[200, 200]]);
    expect(
      await second.value(`SELECT count(DISTINCT content) FROM memory_embeddings WHERE content LIKE 'fact %'`),
    ).toBe(200);
  });
});
