import { expect, it } from 'vitest';
import { NinjadError, UsageError } from '../../../src/lib/errors.ts';
import { startOrPark } from '../../../src/upkeep/service/park.ts';

function manager({ isDeaf = false } = {}) {
  const heard: string[] = [];
  const complaints: string[] = [];
  const notifier = {
    watchdogMs: 120_000,
    send: (words: readonly string[]) => {
      if (isDeaf) return Promise.reject(new Error('nobody listens'));
      heard.push(words.join(';'));
      return Promise.resolve();
    },
  };
  return { notifier, heard, complaints, complain: (reason: string) => void complaints.push(reason) };
}

/** A start that meets each fault once and then succeeds. */
function startAfter(...faults: Error[]) {
  const left = [...faults];
  return () => {
    const fault = left.shift();
    return fault === undefined ? Promise.resolve('started') : Promise.reject(fault);
  };
}

const taken = new NinjadError('HOME_LOCKED', 'another ninjad runs');

it('stays up with its reason, alive for the watchdog, until the start succeeds; says each reason once', async () => {
  const { notifier, heard, complaints, complain } = manager();
  const start = startAfter(taken, taken, new UsageError('config.json\nis not JSON'));
  expect(await startOrPark(start, { notifier, complain, restMs: 1 })).toBe('started');
  expect(heard).toEqual([
    'READY=1;WATCHDOG=1;STATUS=cannot start: another ninjad runs',
    'READY=1;WATCHDOG=1;STATUS=cannot start: another ninjad runs',
    'READY=1;WATCHDOG=1;STATUS=cannot start: config.json is not JSON',
  ]);
  expect(complaints).toEqual(['another ninjad runs', 'config.json\nis not JSON']);
});

it('goes on trying where its word does not arrive', async () => {
  const { notifier, complain } = manager({ isDeaf: true });
  expect(await startOrPark(startAfter(taken), { notifier, complain, restMs: 1 })).toBe('started');
});

it('ends at once without a manager, and with one at what nobody can mend', async () => {
  const { notifier, heard, complain } = manager();
  await expect(startOrPark(startAfter(taken), { notifier: undefined, complain })).rejects.toBe(taken);
  for (const fault of [new Error('a bug'), new NinjadError('LOCK_UNAVAILABLE', 'no flock')])
    await expect(startOrPark(startAfter(fault), { notifier, complain })).rejects.toBe(fault);
  expect(heard).toEqual([]);
});
