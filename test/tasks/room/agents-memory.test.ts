import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { expect, it, vi } from 'vitest';
import { taskMarker } from '../../../src/lib/process/marker.ts';
import { measureAgents } from '../../../src/tasks/room/agents-memory.ts';
import { MIB } from '../../../src/tasks/room/room.ts';

it('measures each task by its own pages, with all that it started, and nobody else', async () => {
  const worker = randomUUID();
  const run = (taskId: number, command: string) => {
    const { name, value } = taskMarker({ worker, taskId, attempt: 1 });
    return spawn('/bin/bash', ['-c', command], { env: { PATH: process.env['PATH'], [name]: value } });
  };
  const large = '{ head -c 60M /dev/zero; sleep 600; } | tail';
  const children = [run(7, `${large} & ${large}`), run(8, 'sleep 600; true')];
  try {
    await vi.waitFor(
      async () => expect((await measureAgents(worker)).get(7) ?? 0).toBeGreaterThan(115 * MIB),
      60_000,
    );
    const memory = await measureAgents(worker);
    expect([...memory.keys()].sort()).toEqual([7, 8]);
    expect(memory.get(7)).toBeLessThan(250 * MIB);
    expect(memory.get(8)).toBeLessThan(30 * MIB);
    expect(await measureAgents(randomUUID())).toEqual(new Map());
  } finally {
    const { endMarked } = await import('../../../src/tasks/abandoned.ts');
    const gone = children.map((child) => once(child, 'exit'));
    await endMarked(worker, 0);
    await Promise.all(gone);
  }
});
