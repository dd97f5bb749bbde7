import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { currentRow, firstLifeJudge, identityOf, isAlive } from '../../../src/lib/process/identity.ts';
import { endFamilies, startFamily } from '../../fixtures/process/family.ts';

afterEach(endFamilies);

function self() {
  const identity = identityOf(process.pid);
  if (identity === undefined) throw new Error('we do not exist');
  return identity;
}

describe('process identity', () => {
  it('is alive while its process runs and not after', async () => {
    const { child, root } = await startFamily('echo ready; exec sleep 300');
    expect(isAlive(root)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(root)).toBe(false);
    expect(identityOf(root.pid)).toBeUndefined();
  });

  it('survives being stored as JSON', () => {
    expect(isAlive(JSON.parse(JSON.stringify(self())) as ReturnType<typeof self>)).toBe(true);
  });

  it('is not the process that has its pid but another start time, nor one of another boot', () => {
    expect(isAlive({ ...self(), startTime: self().startTime - 1 })).toBe(false);
    expect(isAlive({ ...self(), bootId: '00000000-0000-0000-0000-000000000000' })).toBe(false);
  });

  it('of a zombie can be told, and is dead', async () => {
    // The shell becomes a sleep, which never collects the child it inherits.
    const { member } = await startFamily('sleep 0.2 & echo zombie $!; echo ready; exec sleep 300');
    const zombie = member('zombie');
    await vi.waitFor(() => expect(currentRow(zombie.pid)?.state).toBe('Z'), 20_000);
    expect(identityOf(zombie.pid)).toMatchObject({ pid: zombie.pid, startTime: zombie.startTime });
    expect(isAlive(zombie)).toBe(false);
  });

  it('of a pid that nobody has is undefined', () => {
    expect(identityOf(2 ** 30)).toBeUndefined();
  });
});

describe('first life of a pid', () => {
  it('is certain while the machine has not started half as many processes as there are pids', () => {
    const isInFirstLife = firstLifeJudge();
    expect(isInFirstLife(self())).toBe(true);
    expect(isInFirstLife({ ...self(), forksSinceBoot: -(2 ** 30) })).toBe(false);
  });

  it('is unknown without a count, and after another boot', () => {
    const { bootId, pid, startTime } = self();
    const isInFirstLife = firstLifeJudge();
    expect(isInFirstLife({ bootId, pid, startTime })).toBe(false);
    expect(isInFirstLife({ ...self(), bootId: 'another' })).toBe(false);
  });
});
