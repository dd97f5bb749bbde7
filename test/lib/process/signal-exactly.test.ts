import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { identityOf, isAlive } from '../../../src/lib/process/identity.ts';
import { signalExactly, signalGroupOf } from '../../../src/lib/process/signal-exactly.ts';
import { endFamilies, startFamily } from '../../fixtures/process/family.ts';

afterEach(endFamilies);

describe('a signal to an exact process', () => {
  it('reaches it, and says so', async () => {
    const { child, root } = await startFamily('echo ready; exec sleep 300');
    expect(signalExactly(root, 'SIGKILL')).toBe('sent');
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    expect(signalExactly(root, 'SIGKILL')).toBe('gone');
  });

  it('never reaches another process under the same pid', async () => {
    const { child, root } = await startFamily('echo ready; exec sleep 300');
    expect(signalExactly({ ...root, startTime: root.startTime + 1 }, 'SIGKILL')).toBe('gone');
    expect(signalExactly({ ...root, bootId: 'another' }, 'SIGKILL')).toBe('gone');
    expect(signalGroupOf({ ...root, startTime: root.startTime + 1 }, 'SIGKILL')).toBe('gone');
    expect(isAlive(root)).toBe(true);
    child.kill('SIGTERM');
    // Had one of the others arrived, it would have been first.
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
  });

  it('is refused for init and for ourselves', () => {
    for (const pid of [0, 1, -1, process.pid]) {
      const identity = { bootId: 'any', pid, startTime: 0 };
      expect(() => signalExactly(identity, 'SIGKILL')).toThrow(RangeError);
    }
  });
});

describe('a signal to a group', () => {
  it('reaches every member of the group that the process leads', async () => {
    const { child, root, member } = await startFamily('sleep 300 & echo other $!; echo ready; wait');
    expect(signalGroupOf(root, 'SIGKILL')).toBe('sent');
    await once(child, 'exit');
    await expect.poll(() => isAlive(member('other'))).toBe(false);
  });

  it('is not sent for a process that leads none: its group may be our own', async () => {
    const { root } = await startFamily('echo ready; exec sleep 300', { detached: false });
    expect(signalGroupOf(root, 'SIGKILL')).toBe('gone');
    expect(isAlive(root)).toBe(true);
  });

  it('is not sent to our own group', () => {
    const self = identityOf(process.pid);
    expect(self && signalGroupOf(self, 'SIGKILL')).toBe('gone');
  });
});
