import { fromCallback, fromPromise } from 'xstate';
import { createCatchUp } from '../../actors/discord/catch-up.ts';
import type { Connection } from '../../actors/discord/connection.ts';
import { createGateway } from '../../actors/discord/gateway.ts';
import { createPrepare } from '../../actors/discord/prepare.ts';
import { createUpkeep } from '../../actors/discord/upkeep.ts';
import { discordMachine } from '../../machines/discord/machine.ts';
import type { LiveReplyInput } from '../../machines/live-reply/protocol.ts';
import { liveReplyMachine } from '../../machines/live-reply/machine.ts';
import { liveRepliesMachine } from '../../machines/live-replies/machine.ts';
import type { LiveRepliesFact } from '../../machines/live-replies/protocol.ts';
import { endOutage, tellOutage } from '../alerts/tell-outage.ts';
import { admitMessage, messagesPassed } from '../discord/admit.ts';
import { decisionKinds } from '../discord/decisions/kinds.ts';
import { createInbox } from '../discord/inbox.ts';
import { interact } from '../discord/interact.ts';
import { addressOf } from '../discord/keys.ts';
import type { DiscordState } from '../discord/link.ts';
import { createReception } from '../discord/reception.ts';
import { releaseBot } from '../discord/rows/bots.ts';
import { channelOfTask, runningTasksOf } from '../discord/rows/tasks.ts';
import { StoreAwayError } from '../lib/errors.ts';
import { localTime } from '../lib/local-time.ts';
import type { Dispatch } from '../lib/operations/dispatch.ts';
import { commandsOf } from '../lib/reflexes/declaration.ts';
import { declaredReflexes } from '../reflexes.ts';
import type { Services } from '../services.ts';
import { settleDiscordNews, tellOwner } from '../tasks/tell-owner.ts';
import { createLiveReplies } from '../tasks/live-replies.ts';
import { chore } from './chores.ts';

const megabyte = 1_000_000;
const discordHosts = /(?:^|\.)(?:discordapp\.com|discordapp\.net|discord\.com)$/;

/** The connection to Discord, with all that comes by it. */
export function discordLogic(services: Services, { dispatch }: { dispatch: Dispatch }) {
  const { bus, database, discord: link, journal, log, paths, settings, writer, env } = services;
  const { store } = database;
  const now = (): Date => new Date();
  const report = (thrown: unknown, what: string): void => {
    // While the store is away things simply wait.
    if (thrown instanceof StoreAwayError && !thrown.refused) return;
    log.warn({ err: thrown, id: link.facts().botId }, `Discord: ${what} failed`);
  };
  const attachmentsDir = paths.attachments;
  const admission = {
    store,
    link,
    writer,
    report,
    attachments: {
      dir: attachmentsDir,
      maxBytes: () => settings.get('discord.attachmentMaxMb') * megabyte,
      isAllowed: (url: URL) => mayFetch(url, settings.get('discord.apiUrl')),
    },
  };
  let connection: Connection | undefined;
  const inbox = createInbox({
    admit: (message) => admitMessage(admission, message),
    passed: (messages) => messagesPassed(admission, messages),
    onBehind: () => link.behind(),
    onProblem: (thrown) => report(thrown, 'the admission of a message'),
  });
  const cards = { store, link, kinds: decisionKinds, now };
  const reception = createReception({
    ...admission,
    inbox,
    now,
    onPairing: () => bus.emit('list.changed', { list: 'discord.get' }),
    cancelTask: async (id) => {
      await dispatch('task.cancel', { id }, { by: 'discord' });
    },
    interact: (interaction) => interact({ ...cards, writer, dispatch, report }, interaction),
  });
  if (settings.get('discord.token') !== null)
    bus.on('events.recorded', ({ records }) => reception.recorded(records));
  const outages = createOutages(services);
  const letGo = (): void => {
    const { botId } = link.facts();
    if (botId !== null)
      releaseBot(store, botId, journal.uuid).catch((thrown: unknown) =>
        report(thrown, 'letting go of the bot'),
      );
  };

  return discordMachine.provide({
    actors: {
      prepare: createPrepare({
        store,
        link,
        worker: journal.uuid,
        env,
        settings: () => ({
          token: settings.get('discord.token'),
          ownerId: settings.get('discord.ownerId'),
          botId: settings.get('discord.botId'),
          apiUrl: settings.get('discord.apiUrl'),
        }),
        keep: (prepared) => {
          connection = prepared;
        },
      }),
      gateway: createGateway({
        store,
        link,
        report,
        connection: () => {
          if (connection === undefined) throw new Error('no connection to Discord was prepared');
          return connection;
        },
        take: (packet) => reception.take(packet),
        onSession: () => inbox.hold(),
      }),
      catchUp: createCatchUp({
        ...admission,
        inbox,
        now: Date.now,
        ownerId: () => settings.get('discord.ownerId'),
      }),
      upkeep: chore(
        services,
        'the upkeep of Discord failed',
        createUpkeep({
          ...cards,
          worker: journal.uuid,
          commands: commandsOf(declaredReflexes),
          attachmentsDir,
          report,
        }),
        (wake) => listenForDecisions(services, wake),
      ),
      liveReplies: liveRepliesLogic(services, report),
    },
    actions: {
      noteState({ context }, { state }) {
        const { reason } = context;
        outages.note(state);
        link.note({ state, reason });
        bus.emit('discord.state', { state, reason });
        bus.emit('list.changed', { list: 'discord.get' });
        if (state === 'ready') link.back();
        if (state === 'stopped') letGo();
      },
      tellOutage: (_, { reason }) => outages.tell(reason),
      endOutage: () => outages.end(),
      reportFailure: (_, { during, error }) => report(error, during),
    },
  });
}

/** Files of a message lie with Discord; where another API was named, they lie where that says. */
function mayFetch({ protocol, hostname }: URL, apiUrl: string): boolean {
  if (protocol === 'https:' && discordHosts.test(hostname)) return true;
  return !discordHosts.test(new URL(apiUrl).hostname) && /^https?:$/.test(protocol);
}

/** Calls back when there may be another decision to show, or one fewer. */
function listenForDecisions({ bus, discord }: Services, wake: () => void): () => void {
  const lists = new Set(decisionKinds.flatMap((kind) => kind.lists));
  const stops = [
    bus.on('list.changed', ({ list }) => {
      if (lists.has(list)) wake();
    }),
    bus.on('task.state', ({ state }) => {
      if (state !== 'done') wake();
    }),
    discord.onChange(({ state }) => {
      if (state === 'ready') wake();
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

/** Typing and the reply as it is written, for each running task whose reply goes to Discord. */
function liveRepliesLogic(
  { bus, database: { store }, discord: link, discordDrafts: drafts, settings }: Services,
  report: (thrown: unknown, what: string) => void,
) {
  // Without a token nobody follows what tasks write.
  const live = settings.get('discord.token') === null ? undefined : createLiveReplies(bus);
  return liveRepliesMachine.provide({
    actors: {
      listen: fromCallback<LiveRepliesFact>(({ sendBack }) => {
        const tellMachine = (fact: LiveRepliesFact): void => sendBack(fact);
        const begin = (taskId: number, channelId: string): void => {
          drafts.begin(taskId);
          tellMachine({ type: 'live.began', taskId, channelId });
        };
        const look = async (taskId: number): Promise<void> => {
          const channelId = await channelOfTask(store, taskId);
          if (channelId !== undefined && channelId === link.facts().channelId) begin(taskId, channelId);
        };
        const { channelId } = link.facts();
        if (channelId !== null)
          runningTasksOf(store, addressOf(channelId)).then(
            (ids) => ids.forEach((id) => begin(id, channelId)),
            (thrown: unknown) => report(thrown, 'the look for running tasks'),
          );
        return bus.on('task.state', ({ taskId, state }) => {
          if (state === 'running')
            look(taskId).catch((thrown: unknown) => report(thrown, 'the look for the channel of a task'));
          else tellMachine({ type: 'live.ended', taskId });
        });
      }),
      liveReply: liveReplyMachine.provide({
        actors: {
          type: fromPromise<undefined, LiveReplyInput>(async ({ input: { channelId } }) => {
            await link.api()?.hasty.typing(channelId);
            return undefined;
          }),
          edit: fromPromise<undefined, LiveReplyInput>(async ({ input: { taskId, channelId } }) => {
            const text = live?.of(taskId)?.text ?? '';
            if (text.trim() !== '') await drafts.show(taskId, channelId, text);
            return undefined;
          }),
        },
      }),
    },
  });
}

/** Tells by other ways that Discord is down, and that it no longer is. */
function createOutages({ bus, database: { store }, discord: link, paths, settings, log }: Services) {
  const channel = 'discord';
  const deps = {
    keepNews: (text: string) =>
      store.transaction((tx) =>
        tellOwner(tx, { origin: 'discord', text, taskId: null, now: new Date(), except: channel }),
      ),
    settleNews: () => store.transaction((tx) => settleDiscordNews(tx, new Date())),
    alertFile: paths.alert,
    notifyUrl: () => settings.get('alarm.url'),
    report: (problem: string) => log.warn(`the owner could not be told of Discord: ${problem}`),
  };
  let since: number | undefined;
  // One of a life before may still stand.
  let mayStand = true;
  return {
    note(state: DiscordState) {
      if (state === 'ready') since = undefined;
      else since ??= Date.now();
    },
    tell(reason: string | null) {
      mayStand = true;
      const at = since ?? Date.now();
      const text = `Discord is ${link.facts().state} since ${localTime(new Date(at))}: ${reason ?? 'nobody knows why'}.`;
      void tellOutage(deps, { channel, since: at, text }).then(() =>
        bus.emit('owner.told', { origin: 'discord', text, taskId: null }),
      );
    },
    end() {
      if (!mayStand) return;
      mayStand = false;
      void endOutage(deps, channel);
    },
  };
}
