import { afterEach, describe, expect, it, vi } from 'vitest';
import { isAlive } from '../../../src/lib/process/identity.ts';
import { terminateFamily } from '../../../src/lib/process/kill-family.ts';
import { endFamilies, newMarker, startFamily } from '../../fixtures/process/family.ts';

const denied = vi.hoisted(() => ({ pid: 0 }));

// A process that we may not signal needs a second user, which a test machine may not have: the kernel's answer is played.
vi.mock(import('../../../src/lib/process/signal-exactly.ts'), async (original) => {
  const real = await original();
  return {
    ...real,
    signalExactly: (identity, signal) =>
      identity.pid === denied.pid ? 'not-permitted' : real.signalExactly(identity, signal),
  };
});

afterEach(async () => {
  denied.pid = 0;
  await endFamilies();
});

describe('terminating a family with a member that cannot be signalled', () => {
  it('ends the others, gives up at its deadline and says who is left and why', async () => {
    const marker = newMarker();
    const family = await startFamily(
      // Only once it has a session of its own does a signal to the group not reach it.
      'setsid sleep 300 & p=$!; until [ $(ps -o sid= -p $p) = $p ]; do :; done; echo setuid $p; sleep 300 & echo child $!; echo ready; wait',
      { marker },
    );
    const { pid } = family.member('setuid');
    denied.pid = pid;
    const phases: string[] = [];
    const onProgress = ({ phase, alive }: { phase: string; alive: number }) =>
      phases.push(`${phase} ${alive}`);
    const report = await terminateFamily({
      root: family.root,
      marker,
      graceMs: 50,
      killMs: 1_500,
      onProgress,
    });
    expect(report.left).toEqual([{ pid, command: 'sleep 300', reason: 'not permitted to signal it' }]);
    expect(report.killed).toEqual([]);
    expect(report.rounds).toBeGreaterThanOrEqual(1);
    expect(phases.at(-1)).toBe('gave-up 1');
    expect([family.root, family.member('child'), family.member('setuid')].map(isAlive)).toEqual([
      false,
      false,
      true,
    ]);
  });
});
