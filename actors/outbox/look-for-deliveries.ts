import { fromPromise } from 'xstate';
import type { LookRequest, LookResult } from '../../machines/outbox/protocol.ts';
import type { Bus } from '../../src/lib/bus.ts';
import type { Store } from '../../src/lib/store/store.ts';
import type { OutboxFacts } from '../../src/outbox/facts.ts';
import { type Channel, defaultDeadlineMs } from '../../src/outbox/channel.ts';
import { announceChannels, channelWorks } from '../../src/outbox/rows/channels.ts';
import { claimDeliveries, untilNextDelivery } from '../../src/outbox/rows/claim-deliveries.ts';
import { giveUpDeliveries, type LostDelivery } from '../../src/outbox/rows/give-up.ts';
import { type FailureNews, tellFailure } from './tell-failure.ts';

export interface LookDeps {
  store: Store;
  bus: Pick<Bus<OutboxFacts>, 'emit'>;
  channels: readonly Channel[];
  /** The UUID of this daemon's journal. */
  worker: string;
  /** How old a delivery may become; asked at each look. */
  giveUpMs: () => number;
  /** Takes the names of the channels that have said since the last call that they are back. */
  takeBack?: () => readonly string[];
  /** Whether anything may be given up for its age by this reading of the clock. Default: yes. */
  mayGiveUp?: (now: Date) => Promise<boolean>;
  now?: () => Date;
}

/** Longest time between two looks: other daemons write rows too, and tell nobody. */
const maxRestMs = 10_000;
/** What is given up need not be looked for at each look. */
const upkeepMs = 5_000;
const announceMs = 60_000;
/** From a message's deadline to the end of its lease, in which its result is written down. */
const leaseMarginMs = 60_000;

/** Claims what is due and room for, and now and then says who serves here and gives up what has waited in vain. */
export function createLookForDeliveries(deps: LookDeps) {
  const { store, channels, worker, now = () => new Date() } = deps;
  const leases = new Map(
    channels.map(({ name, deadlineMs = defaultDeadlineMs }) => [name, deadlineMs + leaseMarginMs]),
  );
  const announce = createAnnounce(deps);
  let back: readonly string[] = [];
  let upkeptAt = -Infinity;
  return fromPromise<LookResult, LookRequest>(async ({ input: { rooms, inHand } }) => {
    const at = now();
    back = [...new Set([...back, ...(deps.takeBack?.() ?? [])])];
    if (Math.abs(at.getTime() - upkeptAt) >= upkeepMs) {
      await announce(at);
      await giveUp(deps, at);
      upkeptAt = at.getTime();
    }
    for (const name of back) await channelWorks(store, name);
    back = [];
    const names = channels.map(({ name }) => name);
    const dueMs = (await untilNextDelivery(store, names, at)) ?? maxRestMs;
    const open = rooms.map(({ name, room }) => ({ name, room, leaseMs: leases.get(name) ?? leaseMarginMs }));
    // Nothing may fail from here on: a delivery that is claimed and not sent would look as if it had been.
    const claimed = await claimDeliveries(store, { worker, channels: open, inHand, now: at });
    return { claimed, restMs: Math.min(dueMs, maxRestMs) };
  });
}

/** Says who serves here, where that is news or a minute old. */
function createAnnounce({ store, channels, worker }: LookDeps) {
  let said = '';
  let saidAt = -Infinity;
  return async (now: Date): Promise<void> => {
    const served = channels.map(({ name, ownerAddress }) => ({
      name,
      ownerAddress: ownerAddress?.() ?? null,
    }));
    const words = JSON.stringify(served);
    if (words === said && Math.abs(now.getTime() - saidAt) < announceMs) return;
    await announceChannels(store, { worker, channels: served, now });
    said = words;
    saidAt = now.getTime();
  };
}

async function giveUp({ store, bus, giveUpMs, mayGiveUp }: LookDeps, now: Date): Promise<void> {
  // By a clock that has jumped everything would be too old.
  const isBelieved = (await mayGiveUp?.(now)) ?? true;
  const bound = isBelieved ? new Date(now.getTime() - giveUpMs()) : new Date(0);
  const told = await store.transaction(async (tx) => {
    const news: FailureNews[] = [];
    for (const lost of lostTogether(await giveUpDeliveries(tx, { bound, now })))
      news.push(await tellFailure(tx, lost, now));
    return news;
  });
  for (const news of told) bus.emit('owner.told', { origin: 'delivery', ...news });
}

/** Those of one kind that were lost in the same channel for the same reason. */
function lostTogether(lost: readonly LostDelivery[]): [LostDelivery, ...LostDelivery[]][] {
  const groups = new Map<string, [LostDelivery, ...LostDelivery[]]>();
  for (const delivery of lost) {
    const key = JSON.stringify([delivery.channel, delivery.kind, delivery.reason]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [delivery]);
    else group.push(delivery);
  }
  return [...groups.values()];
}
