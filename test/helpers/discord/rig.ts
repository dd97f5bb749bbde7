import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createActor } from 'xstate';
import { createBus, type DaemonBus } from '../../../src/bus.ts';
import { createDiscordChannel } from '../../../src/discord/channel.ts';
import { createDrafts } from '../../../src/discord/drafts.ts';
import { createDiscordLink, type DiscordLink } from '../../../src/discord/link.ts';
import type { Dispatch } from '../../../src/lib/operations/dispatch.ts';
import type { Store } from '../../../src/lib/store/store.ts';
import type { NewEvent } from '../../../src/lib/wire/put-event.ts';
import type { Channel } from '../../../src/outbox/channel.ts';
import type { Services } from '../../../src/services.ts';
import { createSettings } from '../../../src/settings.ts';
import { discordLogic } from '../../../src/wiring/discord.ts';
import type { FakeDiscord } from './fake-discord.ts';

/** The events that Discord has put into the pipe, with the parts of their payload that tests look at. */
export interface PutEvent extends Omit<NewEvent, 'payload'> {
  payload: {
    text: string;
    conversation: string;
    replyTo: string;
    dedupKey: string;
    discord?: Record<string, unknown>;
  };
}

export interface DiscordRig {
  link: DiscordLink;
  channel: Channel;
  bus: DaemonBus;
  events: PutEvent[];
  /** While it is false, nothing that is put is accepted. */
  accepting: { isOpen: boolean };
  warnings: unknown[];
  dispatched: { name: string; input: unknown }[];
  home: string;
  stop(): void;
}

/** The concern of Discord with the real discord.js on a fake one: everything but the rest of the daemon. */
export function startDiscordRig(
  fake: FakeDiscord,
  {
    store,
    home,
    env = {},
    worker = '00000000-0000-4000-8000-000000000001',
    dispatch,
    config = {},
  }: {
    store: Store;
    home: string;
    env?: Record<string, string>;
    worker?: string;
    dispatch?: Dispatch;
    config?: Record<string, unknown>;
  },
): DiscordRig {
  const events: PutEvent[] = [];
  const warnings: unknown[] = [];
  const dispatched: DiscordRig['dispatched'] = [];
  const accepting = { isOpen: true };
  const bus = createBus((thrown) => {
    throw thrown;
  });
  const link = createDiscordLink();
  const drafts = createDrafts({ store, link });
  writeFileSync(join(home, 'config.json'), JSON.stringify({ 'discord.attachmentMaxMb': 1, ...config }));
  const settings = createSettings({
    configFile: join(home, 'config.json'),
    env: { DISCORD_TOKEN: fake.token, DISCORD_OWNER_ID: fake.ownerId, DISCORD_API_URL: fake.url, ...env },
  });
  mkdirSync(join(home, 'spool'), { recursive: true });
  const services = {
    bus,
    database: { store },
    discord: link,
    discordDrafts: drafts,
    journal: { uuid: worker },
    log: {
      warn: (...words: unknown[]) => warnings.push(words),
      error: (...words: unknown[]) => warnings.push(words),
      info: () => undefined,
    },
    paths: { attachments: join(home, 'spool', 'discord'), alert: join(home, 'alert') },
    settings,
    env: {},
    writer: {
      putAccepted(event: NewEvent, dedupKey: string, onWritten?: () => void) {
        if (!accepting.isOpen) return Promise.reject(new Error('not accepted'));
        if (!events.some(({ payload }) => payload.dedupKey === dedupKey)) events.push(event as never);
        onWritten?.();
        return Promise.resolve();
      },
    },
  } as unknown as Services;
  const actor = createActor(
    discordLogic(services, {
      dispatch:
        dispatch ??
        ((name, input) => {
          dispatched.push({ name, input });
          return Promise.resolve({ status: 200, answer: { ok: true, data: {} } });
        }),
    }),
  );
  actor.start();
  return {
    link,
    channel: createDiscordChannel({ store, link, drafts }),
    bus,
    events,
    accepting,
    warnings,
    dispatched,
    home,
    stop() {
      if (actor.getSnapshot().status !== 'active') return;
      actor.send({ type: 'child.stop' });
      actor.stop();
    },
  };
}
