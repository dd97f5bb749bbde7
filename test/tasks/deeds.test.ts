import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDeeds } from '../../src/tasks/deeds.ts';
import type { StreamEvent } from '../../src/tasks/run/stream-event.ts';
import { fakeTask } from '../helpers/agent-fixtures.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const call = (id: string, name: string, input: Record<string, unknown>): StreamEvent => ({
  kind: 'message',
  text: '',
  isReply: true,
  calls: [{ id, name, input }],
});
const answer = (id: string): StreamEvent => ({
  kind: 'tool-results',
  results: [{ id, isError: false, text: 'x'.repeat(100_000) }],
});
const folder = () => join(tempDir(), 'deeds');

it('tells what was answered from what nobody knows, after a kill too', () => {
  const dir = folder();
  const task = fakeTask();
  const deeds = createDeeds(dir);
  deeds.note(task, [{ kind: 'init', sessionId: 's-1', model: 'm' }, { kind: 'other' }]);
  deeds.note(task, [call('a', 'Read', { file_path: '/etc/hosts' })]);
  deeds.note(task, [answer('a'), call('b', 'Bash', { command: 'rm -rf build' })]);
  const [name = ''] = readdirSync(dir);
  appendFileSync(join(dir, name), '{"answered":"b');
  expect(createDeeds(dir).read(task)).toEqual({
    sessionId: 's-1',
    done: [{ tool: 'Read', input: '{"file_path":"/etc/hosts"}' }],
    unknown: [{ tool: 'Bash', input: 'rm -rf build' }],
  });
  expect((statSync(join(dir, name)).mode & 0o777).toString(8)).toBe('600');
  expect(statSync(join(dir, name)).size).toBeLessThan(1_000);
});

it('keeps attempts apart, knows nothing of others, and drops what is recorded', () => {
  const dir = folder();
  const deeds = createDeeds(dir);
  const [first, second] = [fakeTask({ worker: 'w' }), fakeTask({ worker: 'w', attempt: 2 })];
  deeds.note(first, [call('a', 'Bash', { command: 'true' })]);
  expect(deeds.read(second)).toEqual({ sessionId: null, done: [], unknown: [] });
  deeds.note(second, [call('a', 'Bash', { command: 'false' })]);
  deeds.drop(first);
  expect(deeds.read(first).unknown).toEqual([]);
  expect(deeds.read(second).unknown).toEqual([{ tool: 'Bash', input: 'false' }]);
  deeds.clear();
  expect(readdirSync(dir)).toEqual([]);
});

it('is bounded, writes nothing for words, and does not mind a folder that cannot be written', () => {
  const dir = folder();
  const deeds = createDeeds(dir);
  const task = fakeTask();
  deeds.note(task, [{ kind: 'text', text: 'words' }, { ...call('x', 'y', {}), calls: [] } as StreamEvent]);
  expect(existsSync(dir)).toBe(false);
  for (let index = 0; index < 50; index += 1)
    deeds.note(task, [call(String(index), 'Bash', { command: `echo ${index} ${'x'.repeat(5_000)}` })]);
  const { unknown } = deeds.read(task);
  expect(unknown).toHaveLength(20);
  expect(unknown.at(-1)?.input).toHaveLength(1_000);
  const file = join(tempDir(), 'file');
  writeFileSync(file, '');
  mkdirSync(folder(), { recursive: true });
  expect(() => createDeeds(file).note(task, [call('a', 'Bash', {})])).not.toThrow();
});

it('hold nothing up where something else stands in the place of their folder', () => {
  const dir = folder();
  writeFileSync(dir, 'the owner’s');
  const task = fakeTask();
  const deeds = createDeeds(dir);
  deeds.note(task, [{ kind: 'init', sessionId: 's' } as never]);
  expect(deeds.read(task)).toEqual({ sessionId: null, done: [], unknown: [] });
  deeds.drop(task);
  deeds.clear();
  expect(readFileSync(dir, 'utf8')).toBe('the owner’s');
});
