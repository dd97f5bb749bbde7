import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RecordRequest } from '../../machines/task/protocol.ts';
import { createHeldOutcomes } from '../../src/tasks/held-outcomes.ts';
import { tempDir } from '../helpers/temp-dir.ts';

it('says what it cannot delete, and takes no recorded outcome for an unrecorded one', () => {
  const dir = tempDir();
  const task = { id: 7, attempt: 1, worker: 'w' } as RecordRequest['task'];
  mkdirSync(join(dir, '7.1.w.json'));
  const problems: string[] = [];
  createHeldOutcomes(dir, (problem) => problems.push(problem)).drop(task);
  expect(problems).toEqual([expect.stringContaining('7.1.w.json cannot be deleted: ')]);
});

it('keeps an outcome as soon as there is room for it, having said once that there was none', () => {
  const dir = join(tempDir(), 'outcomes');
  // What is in the way of the folder is in the way of every write, as a full disk is.
  writeFileSync(dir, '');
  const problems: string[] = [];
  const held = createHeldOutcomes(dir, (problem) => problems.push(problem));
  const request = { task: { id: 7, attempt: 1, worker: 'w' } } as RecordRequest;
  for (let time = 0; time < 3; time += 1) held.keep(request);
  expect(problems).toEqual([expect.stringContaining('the outcome of task 7 waits in memory only: ')]);
  rmSync(dir);
  held.keep(request);
  expect(held.all()).toEqual([request]);
});

it('removes at the start what a life that was killed had begun to write', () => {
  const dir = tempDir();
  writeFileSync(join(dir, '7.1.w.json.new'), '{"task":');
  const held = createHeldOutcomes(dir, (problem) => expect.unreachable(problem));
  expect(held.all()).toEqual([]);
  expect(readdirSync(dir)).toEqual([]);
});
