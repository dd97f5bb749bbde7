import { fromPromise } from 'xstate';
import type { RecordDeliveryRequest } from '../../machines/delivery/protocol.ts';
import type { Bus } from '../../src/lib/bus.ts';
import type { ListFacts } from '../../src/lib/operations/facts.ts';
import type { Store, Tx } from '../../src/lib/store/store.ts';
import type { OutboxFacts } from '../../src/outbox/facts.ts';
import { backoffMs, maxPauseMs } from '../../src/outbox/backoff.ts';
import { channelFailures, channelWorks, pauseChannel } from '../../src/outbox/rows/channels.ts';
import type { ClaimedDelivery } from '../../src/outbox/rows/claim-deliveries.ts';
import { markDelivered, markFailed, postponeDelivery } from '../../src/outbox/rows/settle-delivery.ts';
import type { SendResult } from '../../src/outbox/send.ts';
import { type FailureNews, tellFailure } from './tell-failure.ts';

export interface RecordDeliveryDeps {
  store: Store;
  bus: Pick<Bus<OutboxFacts & ListFacts>, 'emit'>;
  random?: () => number;
  now?: () => Date;
}

type Unsent<Kind extends SendResult['kind']> = Extract<SendResult, { kind: Kind }>;

/** Failures without a reason, an hour's worth of them, before a message is thought to be the cause itself. */
const maxUnexplained = 20;

/** Writes down how an attempt ended. Repeating it does no harm. Rejects with `StoreAwayError` while it cannot. */
export function createRecordDelivery(deps: RecordDeliveryDeps) {
  const { store, bus, now = () => new Date() } = deps;
  return fromPromise<undefined, RecordDeliveryRequest>(async ({ input: { delivery, result } }) => {
    const at = now();
    const told = await store.transaction((tx) => record(tx, delivery, { result, at, random: deps.random }));
    if (told !== undefined) {
      bus.emit('owner.told', { origin: 'delivery', ...told });
    }
    bus.emit('list.changed', { list: 'deliveries' });
    return undefined;
  });
}

interface Attempt<Result = SendResult> {
  result: Result;
  at: Date;
  random: (() => number) | undefined;
}

/** Resolves to what the owner is told, if anything. */
async function record(tx: Tx, delivery: ClaimedDelivery, attempt: Attempt): Promise<FailureNews | undefined> {
  const { result, at } = attempt;
  switch (result.kind) {
    case 'delivered':
      await markDelivered(tx, delivery.id, result.answer, at);
      await channelWorks(tx, delivery.channel);
      return undefined;
    case 'away':
      await recordAway(tx, delivery, { ...attempt, result });
      return undefined;
    case 'busy':
      await recordBusy(tx, delivery, { ...attempt, result });
      return undefined;
    case 'refused':
      return fail(tx, delivery, result.reason, at);
    case 'unexplained':
      return recordUnexplained(tx, delivery, { ...attempt, result });
  }
}

async function recordAway(
  tx: Tx,
  delivery: ClaimedDelivery,
  { result: { reason, mayHaveArrived, answer }, at, random }: Attempt<Unsent<'away'>>,
): Promise<void> {
  const waitMs = backoffMs((await channelFailures(tx, delivery.channel)) + 1, undefined, random);
  await pauseChannel(tx, delivery.channel, { until: later(at, waitMs), reason, isFailure: true, now: at });
  await postponeDelivery(tx, delivery, {
    dueAt: at,
    reason,
    failures: delivery.failures,
    mayHaveArrived: delivery.mayBeRepeat || mayHaveArrived,
    answer,
  });
}

async function recordBusy(
  tx: Tx,
  delivery: ClaimedDelivery,
  { result, at }: Attempt<Unsent<'busy'>>,
): Promise<void> {
  const { reason, retryAfterMs, scope, mayHaveArrived, answer } = result;
  const until = later(at, Math.min(maxPauseMs, Math.max(0, retryAfterMs)));
  if (scope === 'channel')
    await pauseChannel(tx, delivery.channel, { until, reason, isFailure: false, now: at });
  await postponeDelivery(tx, delivery, {
    dueAt: scope === 'channel' ? at : until,
    reason,
    failures: delivery.failures,
    mayHaveArrived: delivery.mayBeRepeat || mayHaveArrived,
    answer,
  });
}

async function recordUnexplained(
  tx: Tx,
  delivery: ClaimedDelivery,
  { result: { reason }, at, random }: Attempt<Unsent<'unexplained'>>,
): Promise<FailureNews | undefined> {
  const failures = delivery.failures + 1;
  if (failures >= maxUnexplained) return fail(tx, delivery, `${reason} (${failures} times)`, at);
  await postponeDelivery(tx, delivery, {
    dueAt: later(at, backoffMs(failures, undefined, random)),
    reason,
    failures,
    mayHaveArrived: true,
    answer: null,
  });
  return undefined;
}

async function fail(
  tx: Tx,
  delivery: ClaimedDelivery,
  reason: string,
  at: Date,
): Promise<FailureNews | undefined> {
  if (!(await markFailed(tx, delivery, reason, at))) return undefined;
  return tellFailure(tx, [{ ...delivery, reason }], at);
}

function later(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms);
}
