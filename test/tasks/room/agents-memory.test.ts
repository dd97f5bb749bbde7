import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { expect, it, vi } from 'vitest';
import { endMarked } from '../../../src/tasks/abandoned.ts';
import { standbyTaskId, taskMarker } from '../../../src/lib/process/marker.ts';
import { measureAgents } from '../../../src/tasks/room/agents-memory.ts';
import { MIB } from '../../../src/tasks/room/room.ts';

const task = (taskId: number, ahead?: number) => ({ taskId, cgroups: [], ahead });

it('measures each task by its own pages, with all that it started and the agent that it claimed, and nobody else', async () => {
  const worker = randomUUID();
  const run = (taskId: number, attempt: number, command: string) => {
    const { name, value } = taskMarker({ worker, taskId, attempt });
    return spawn('/bin/bash', ['-c', command], { env: { PATH: process.env['PATH'], [name]: value } });
  };
  const large = '{ head -c 60M /dev/zero; sleep 600; } | tail';
  const children = [
    run(7, 1, `${large} & ${large}`),
    run(8, 1, 'sleep 600; true'),
    run(9, 1, 'sleep 600; true'),
    // One has been claimed by a task, the other one waits.
    run(standbyTaskId, 3, large),
    run(standbyTaskId, 4, large),
  ];
  const tasks = [task(7), task(8), task(9, 3)];
  try {
    await vi.waitFor(async () => {
      const memory = await measureAgents(worker, tasks);
      expect(memory.get(7)).toBeGreaterThan(115 * MIB);
      expect(memory.get(9)).toBeGreaterThan(58 * MIB);
    }, 60_000);
    const memory = await measureAgents(worker, tasks);
    expect([...memory.keys()]).toEqual([7, 8, 9]);
    expect(memory.get(7)).toBeLessThan(250 * MIB);
    expect(memory.get(8)).toBeLessThan(30 * MIB);
    expect(memory.get(9)).toBeLessThan(100 * MIB);
    expect(await measureAgents(randomUUID(), [task(7)])).toEqual(new Map([[7, 0]]));
  } finally {
    const gone = children.map((child) => once(child, 'exit'));
    await endMarked(worker, 0);
    await Promise.all(gone);
  }
});
