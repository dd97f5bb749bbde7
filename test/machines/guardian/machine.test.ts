import { expect, it } from 'vitest';
import { createActor, fromCallback, SimulatedClock } from 'xstate';
import { guardianMachine } from '../../../machines/guardian/machine.ts';
import type { GuardianCommand, GuardianFact } from '../../../machines/guardian/protocol.ts';

function start() {
  const clock = new SimulatedClock();
  const heard: GuardianCommand[] = [];
  const reported: string[] = [];
  const posted: ((fact: GuardianFact) => void)[] = [];
  const process = fromCallback<GuardianCommand>(({ sendBack, receive }) => {
    posted.push(sendBack);
    receive((command) => heard.push(command));
  });
  const machine = guardianMachine.provide({
    actors: { process },
    actions: { announceReady: () => {}, reportLoss: (_, { reason }) => void reported.push(reason) },
  });
  const actor = createActor(machine, { clock });
  actor.start();
  const tell = (fact: GuardianFact) => posted.at(-1)?.(fact);
  return { actor, clock, heard, reported, posted, tell, value: () => actor.getSnapshot().value };
}

it('watches, and is dismissed when the daemon ends in order', () => {
  const { actor, heard, reported, tell, value } = start();
  expect(value()).toEqual({ serving: 'posting' });
  tell({ type: 'guardian.watching' });
  expect(value()).toEqual({ serving: 'watching' });
  actor.send({ type: 'child.stop' });
  expect([value(), heard]).toEqual([{ serving: 'dismissing' }, [{ type: 'guardian.dismiss' }]]);
  tell({ type: 'guardian.lost', reason: 'it ended (0)' });
  expect([actor.getSnapshot().status, reported]).toEqual(['done', []]);
});

it('is replaced after a second when it is lost, and says so', () => {
  const { clock, reported, posted, tell, value } = start();
  tell({ type: 'guardian.watching' });
  tell({ type: 'guardian.lost', reason: 'it ended (SIGKILL)' });
  expect([value(), reported]).toEqual(['resting', ['it ended (SIGKILL)']]);
  clock.increment(999);
  expect(posted).toHaveLength(1);
  clock.increment(1);
  expect([value(), posted.length]).toEqual([{ serving: 'posting' }, 2]);
});

it('ends at once while there is none', () => {
  const { actor, tell } = start();
  tell({ type: 'guardian.lost', reason: 'there is no /bin/sh' });
  actor.send({ type: 'child.stop' });
  expect(actor.getSnapshot().status).toBe('done');
});
