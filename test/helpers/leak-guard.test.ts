import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { leakedProcesses, leakGuard } from './leak-guard.ts';

const patience = { timeout: 30_000 };
const leaks = leakGuard();
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function run(command: string, args: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, ...env } });
  started.push(child);
  return child;
}

describe('leak guard', () => {
  it('sees a child and a grandchild until they are gone', async () => {
    const child = run('sh', ['-c', 'sleep 314 & wait']);
    const family = [
      { pid: child.pid, command: 'sh -c sleep 314 & wait' },
      { pid: expect.any(Number) as number, command: 'sleep 314' },
    ];
    await vi.waitFor(() => expect(leakedProcesses()).toEqual(family), patience);
    const [, sleep] = leakedProcesses();
    process.kill(sleep?.pid ?? NaN);
    await once(child, 'exit');
    expect(leakedProcesses()).toEqual([]);
  });

  it('sees what left the tree by its marker, and nothing else', async () => {
    const marker = `LEAK_GUARD_TEST=${process.pid}`;
    leaks.watch(marker);
    const child = run('setsid', ['-f', 'sleep', '315'], { LEAK_GUARD_TEST: `${process.pid}` });
    await once(child, 'exit');
    const orphans = [{ pid: expect.any(Number) as number, command: 'sleep 315' }];
    await vi.waitFor(() => expect(leakedProcesses(new Set([marker]))).toEqual(orphans), patience);
    expect(leakedProcesses(new Set([`${marker}0`]))).toEqual([]);
    process.kill(leakedProcesses(new Set([marker]))[0]?.pid ?? NaN);
    await vi.waitFor(() => expect(leakedProcesses(new Set([marker]))).toEqual([]), patience);
  });

  it('leaves alone what ran before the tests', async () => {
    const child = run('sleep', ['316']);
    await vi.waitFor(() => expect(leakedProcesses()).toHaveLength(1), patience);
    expect(leakedProcesses(new Set(), new Set([child.pid ?? NaN]))).toEqual([]);
  });
});
