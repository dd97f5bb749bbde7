import { describe, expect, it } from 'vitest';
import { createActor, fromPromise, SimulatedClock } from 'xstate';
import { deliveryMachine } from '../../../machines/delivery/machine.ts';
import type { DeliveryInput, RecordDeliveryRequest } from '../../../machines/delivery/protocol.ts';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import type { ClaimedDelivery } from '../../../src/outbox/rows/claim-deliveries.ts';
import type { SendResult } from '../../../src/outbox/send.ts';
import { withResolvers } from '../../helpers/with-resolvers.ts';
import { eventually } from '../../helpers/eventually.ts';

const delivery = { id: 5, channel: 'test' } as ClaimedDelivery;
const delivered: SendResult = { kind: 'delivered', answer: 'm1' };

function startDelivery() {
  const clock = new SimulatedClock();
  const sends: DeliveryInput[] = [];
  const records: { request: RecordDeliveryRequest; end: ReturnType<typeof withResolvers<undefined>> }[] = [];
  const failures: unknown[] = [];
  const machine = deliveryMachine.provide({
    actors: {
      send: fromPromise(({ input }) => {
        sends.push(input);
        return Promise.resolve(delivered);
      }),
      record: fromPromise<undefined, RecordDeliveryRequest>(({ input }) => {
        const end = withResolvers<undefined>();
        records.push({ request: input, end });
        return end.promise;
      }),
    },
    actions: { reportFailure: (_, { error }) => failures.push(error) },
  });
  const actor = createActor(machine, { clock, input: { delivery } });
  actor.start();
  const reaches = (state: string) => eventually(() => expect(actor.getSnapshot().value).toBe(state));
  return { actor, clock, sends, records, failures, reaches };
}

describe('delivery machine', () => {
  it('sends once and writes down what came of it', async () => {
    const { sends, records, reaches } = startDelivery();
    await reaches('recording');
    expect(records[0]?.request).toEqual({ delivery, result: delivered });
    records[0]?.end.resolve(undefined);
    await reaches('recorded');
    expect(sends).toEqual([{ delivery }]);
  });

  it('keeps the result while the store is away, and does not send again for that', async () => {
    const { clock, sends, records, failures, reaches } = startDelivery();
    await reaches('recording');
    for (let tries = 1; tries <= 3; tries += 1) {
      records[tries - 1]?.end.reject(new StoreAwayError('away'));
      await reaches('waiting');
      clock.increment(2_000);
      expect(records).toHaveLength(tries + 1);
    }
    records[3]?.end.resolve(undefined);
    await reaches('recorded');
    expect(sends).toHaveLength(1);
    expect(failures).toEqual([]);
  });

  it('reports what the store refuses, and tries again after a longer while', async () => {
    const { clock, sends, records, failures, reaches } = startDelivery();
    await reaches('recording');
    records[0]?.end.reject(new Error('refused'));
    await reaches('pausing');
    expect(failures).toEqual([new Error('refused')]);
    clock.increment(29_999);
    expect(records).toHaveLength(1);
    clock.increment(1);
    expect(records).toHaveLength(2);
    expect(sends).toHaveLength(1);
  });

  it('fails loudly when its actors were not provided', async () => {
    const actor = createActor(deliveryMachine, { input: { delivery } });
    const faults: unknown[] = [];
    actor.subscribe({ error: (error) => faults.push(error) });
    actor.start();
    await eventually(() => expect(String(faults[0])).toContain('delivery machine: "send" was not provided'));
  });
});
